"""Pages of the state's map."""
