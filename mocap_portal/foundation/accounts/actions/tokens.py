"""Secrets that travel in an address. The database keeps only their hashes."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored of a token. It is as random as a key, so one round of SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
