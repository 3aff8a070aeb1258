"""Who may teach what: authorizations, courses, agreements."""
