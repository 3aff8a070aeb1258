"""Which applications, students and records requests a page shows."""
