"""How many students a full-time program has on a day: its host counts and sends, DESE reviews (5 CSR 20-100.230)."""
