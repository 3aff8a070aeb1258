"""How far the checking of a file is, for whoever looks at its page.

Kept in the cache: a transaction shows nothing before it ends. Without a cache a file is loaded all the same.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

KEPT = 3600  # seconds: longer than any file takes


@dataclass(frozen=True, slots=True)
class Progress:
    """`is_checked`: every rule was looked at. `stored`: so many rows are, which count once all are."""

    is_checked: bool
    stored: int


def note_checked(upload_id: int) -> None:
    with suppress(RedisError):
        cache.set(_key(upload_id, "checked"), True, timeout=KEPT)


def note_stored(upload_id: int, rows: int) -> None:
    with suppress(RedisError):
        cache.set(_key(upload_id, "stored"), rows, timeout=KEPT)


def begin(upload_id: int) -> None:
    """Nothing is done yet: of an earlier try nothing counts."""
    with suppress(RedisError):
        cache.delete_many([_key(upload_id, "checked"), _key(upload_id, "stored")])


def progress_of(upload_id: int) -> Progress:
    found = {}
    with suppress(RedisError):
        found = cache.get_many([_key(upload_id, "checked"), _key(upload_id, "stored")])
    return Progress(
        bool(found.get(_key(upload_id, "checked"))), int(found.get(_key(upload_id, "stored")) or 0)
    )


def _key(upload_id: int, what: str) -> str:
    return f"core-data:{upload_id}:{what}"
