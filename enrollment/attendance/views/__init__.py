"""Pages about attendance: the host's, and those that resident district and family see too."""
