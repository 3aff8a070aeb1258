"""What a provider's own program can do: send its reports, read what became of them, send them to the state office."""
