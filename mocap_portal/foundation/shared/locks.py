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
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
