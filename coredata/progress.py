"""How far the checking of a file is, for whoever looks at its page.

Kept in the cache: a transaction shows nothing before it ends. Without a cache a file is loaded all the same.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import astuple, dataclass

from django.core.cache import cache
from redis.exceptions import RedisError

KEPT = 3600  # seconds: longer than any file takes


@dataclass(frozen=True, slots=True)
class Progress:
    """`is_checked`: every rule was looked at. `stored`: so many rows are, which count once all are."""

    is_checked: bool
    stored: int


NOTHING_YET = Progress(is_checked=False, stored=0)


def begin(upload_id: int) -> None:
    """Nothing is done yet: of an earlier try nothing counts."""
    with suppress(RedisError):
        cache.delete(_key(upload_id))


def note(upload_id: int, progress: Progress) -> None:
    with suppress(RedisError):
        cache.set(_key(upload_id), astuple(progress), timeout=KEPT)


def progress_of(upload_id: int) -> Progress:
    noted = None
    with suppress(RedisError):
        noted = cache.get(_key(upload_id))
    return Progress(*noted) if noted else NOTHING_YET


def _key(upload_id: int) -> str:
    return f"core-data:{upload_id}:progress"
