"""People and their hats; invitations; sign-in."""
