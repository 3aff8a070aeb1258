"""What district, provider and family answer about a course that goes on."""
