"""The state's map: organizations, schools, years, terms, closed days, legal values."""
