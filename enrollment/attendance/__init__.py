"""What full-time students do day by day, and what follows when they do not."""
