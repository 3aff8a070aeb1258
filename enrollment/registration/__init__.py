"""What a provider was told about an approved course, and what it answered."""
