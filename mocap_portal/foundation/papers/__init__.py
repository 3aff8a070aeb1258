"""What is kept and what is sent: documents, letters, notices, digests."""
