"""The demo: invented people signed in by one click, their mailbox, and the state they find. Never in production."""
