"""Forms of attendance letters."""
