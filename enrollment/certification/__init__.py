"""The attendance letter that a federal office can rely on: its facts, who issues it, and whether they still stand."""
