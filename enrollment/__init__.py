"""A family asks, a district decides: one small app per case."""
