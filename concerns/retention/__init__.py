"""How long concerns are kept, what holds them longer, and how two people let them go."""
