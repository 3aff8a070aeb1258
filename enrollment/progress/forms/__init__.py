"""What people type about progress and assessments."""
