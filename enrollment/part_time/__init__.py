"""A family asks for courses, the district decides each one."""
