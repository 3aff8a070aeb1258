"""Plain modules without tables."""
