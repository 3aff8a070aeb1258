"""What `./portal` does: running the demo's servers, the tests, the checks. No page and no task lives here."""
