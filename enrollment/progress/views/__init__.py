"""Pages about progress: lists, a student, a report, files, assessments."""
