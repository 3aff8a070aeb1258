"""How things look: template tags, the form pack's Python side, table look. It has no tables of its own."""
