"""The page each hat lands on; public pages; health."""
