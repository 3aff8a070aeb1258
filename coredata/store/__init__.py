"""Where core data lies: typed rows in PostgreSQL, and the bytes of files, encrypted, as long as they are needed."""
