"""The ground every app stands on."""
