"""Every part of the look on one page, for tests and for people who write pages. No user ever sees it."""
