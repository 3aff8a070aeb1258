"""Somebody writes to the state office."""
