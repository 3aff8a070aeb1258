"""What the person who asks fills in, and what the office does."""
