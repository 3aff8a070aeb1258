"""One worker at a time, over more than one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from zlib import crc32

from django.db import connection


@contextmanager
def held(name: str) -> Iterator[None]:
    """Hold the lock of this name; whoever else wants it waits. It is let go with the block, or with the connection.

    It is taken before a transaction begins, so that what another has done meanwhile is seen in it.
    """
    key = crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        _let_go(key)


@contextmanager
def held_if_free(name: str) -> Iterator[bool]:
    """Hold the lock of this name, unless somebody else does: then False, at once. Inside, `held` may hold it again.

    For what is begun again a minute later: it need not stand in the way of other work meanwhile.
    """
    key = crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        is_free: bool = cursor.fetchone()[0]
    try:
        yield is_free
    finally:
        if is_free:
            _let_go(key)


def _let_go(key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
