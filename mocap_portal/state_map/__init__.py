"""Pages on which DESE and districts keep the state's map: legal values, codes, terms, closed days, policies."""
