"""The pages about mismatches."""
