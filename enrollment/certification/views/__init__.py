"""Pages of attendance letters."""
