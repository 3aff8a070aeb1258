"""Numbers as Spanish speakers in the United States write them. Django's Spanish has Spain's comma."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
