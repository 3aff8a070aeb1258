"""The pages about June: the list, filling it in, and what is missing and extra in a June file."""
