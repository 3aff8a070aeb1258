"""The only writers of concerns, of what is said about them and of their files."""
