"""The district's part, a module for each case: what waits, one request, the team, advice, the decision, its mending."""
