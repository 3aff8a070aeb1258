"""The only writers of the full-time track, a module for each case."""
