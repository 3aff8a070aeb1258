"""October builds June: which student-courses the June file has to have, and with which outcome.

Nothing of it is kept: the list follows from the certified October files, the district's own records and what providers
report.
"""
