"""Mails of the full-time track. None names the child, the MOSIS ID or the birth date (R-31)."""
