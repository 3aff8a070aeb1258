"""How students get on: progress reports four times a year, state assessments, and who is behind."""
