"""Legal clocks: start, due, pauses, moves, chasing."""
