"""A test that commits leaves the database as the migrations made it, whichever test comes next.

Django empties every table and loads the rows of the migrations through the ORM: three seconds each time, with the
histories written once more. Here only tables that hold rows are emptied, and PostgreSQL takes back its own copy.
"""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker


class Laid:
    """The rows of a database as they are now, by table, as PostgreSQL copies them out."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname FROM pg_class WHERE relpersistence = 't'"
            )  # gone with their connection
            passing = {table for (table,) in cursor.fetchall()}
            self.tables = sorted({*connection.introspection.table_names(cursor)} - passing)
            self.rows = {table: self._copied(table) for table in self._filled()}

    def restore(self) -> None:
        """Everything that was written since goes, what was deleted comes back; no trigger and no foreign key looks.

        Sequences stay where they are: behind every number that is laid.
        """
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in self._filled():
                cursor.execute(f'DELETE FROM "{table}"')
            for table, rows in self.rows.items():
                with cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)
            # Within a test that is rolled back the transaction goes on.
            cursor.execute("SET LOCAL session_replication_role = origin")

    def _filled(self) -> list[str]:
        looks = [f"""SELECT '{table}' WHERE EXISTS (SELECT FROM "{table}")""" for table in self.tables]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(looks))
            return [table for (table,) in cursor.fetchall()]

    def _copied(self, table: str) -> bytes:
        with connection.cursor() as cursor:
            # A table in partitions holds no rows itself; a generated column is not copied out, nor may it come in.
            cursor.execute("SELECT relkind FROM pg_class WHERE oid = %s::regclass", [f'"{table}"'])
            is_whole = cursor.fetchone() == ("p",)
            source = f'(SELECT * FROM "{table}")' if is_whole else f'"{table}"'
            with cursor.copy(f"COPY {source} TO STDOUT") as copy:
                return b"".join(bytes(part) for part in copy)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """pytest-django's own, and how a test that commits is cleaned up after."""
    with django_db_blocker.unblock():
        laid = Laid()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: laid.restore())
        yield
