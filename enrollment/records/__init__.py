"""A child's identity: claims, students, guardians, disclosures."""
