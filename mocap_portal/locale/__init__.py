"""The portal's languages other than English: their sentences, and how they write numbers."""
