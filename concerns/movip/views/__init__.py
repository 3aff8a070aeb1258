"""Pages of the public, and of the state office."""
