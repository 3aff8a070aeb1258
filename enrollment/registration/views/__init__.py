"""Pages of the registration: the district's, the provider's, and those of both and of families."""
