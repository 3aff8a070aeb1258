"""Lists of the full-time track."""
