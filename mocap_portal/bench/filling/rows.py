"""Rows by the hundred thousand: one INSERT … SELECT for each table, with expressions by the names of the fields."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, models

# What is added to the number of a row to make its primary key: migrations have rows of their own below it.
BASE = 1_000_000

# The same number for the same row and question each time, spread evenly over 0 … size - 1.
PICK = """
CREATE OR REPLACE FUNCTION pg_temp.pick(nth bigint, question int, size bigint) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT mod(hashint8extended(nth, question) & 9223372036854775807, size)::int $$
"""

INDEXES = """
SELECT pg_index.indexrelid::regclass::text, pg_get_indexdef(pg_index.indexrelid)
FROM pg_index JOIN pg_class ON pg_class.oid = pg_index.indrelid
    LEFT JOIN pg_constraint ON pg_constraint.conindid = pg_index.indexrelid
WHERE pg_class.relname = ANY(%(tables)s) AND pg_constraint.oid IS NULL
    AND pg_class.relnamespace = current_schema()::regnamespace
ORDER BY 1
"""


def execute(sql: str, values: Mapping[str, Any] | None = None) -> int:
    """Run one statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def count_all() -> None:
    """Let the planner know how many rows every table has, the small ones too. Measurements only.

    Where a test is rolled back the rows go, and what is known of them stays: the next tests' plans would go by it.
    """
    if settings.PLANNER_COUNTS:
        execute("ANALYZE")


def make(name: str, select: str, values: Mapping[str, Any] | None = None, *, key: str) -> None:
    """A temporary table with what `select` gives, looked up by `key`."""
    execute(f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS {select}", values)
    execute(f"CREATE UNIQUE INDEX ON {name} ({key})")
    execute(f"ANALYZE {name}")


def insert(
    model: type[models.Model],
    source: str,
    columns: Mapping[str, str],
    values: Mapping[str, Any] | None = None,
) -> int:
    """Add to `model` a row for each row of `source`, the rest of a SELECT after FROM; returns how many.

    `columns` are SQL expressions by the name of a field (or `id`). Every other field gets its default, so that a
    field that came later needs a word here only where it has none.
    """
    fields = [
        field for field in model._meta.concrete_fields if field.name in columns or not _is_identity(field)
    ]
    unknown = set(columns) - {field.name for field in fields}
    if unknown:
        raise LookupError(f"{model.__name__} has no field {', '.join(sorted(unknown))}.")
    told = dict(values or {})
    expressions = []
    for field in fields:
        if field.name in columns:
            expressions.append(columns[field.name])
        else:
            told[f"default_{field.name}"] = field.get_db_prep_save(field.get_default(), connection)
            expressions.append(f"CAST(%(default_{field.name})s AS {field.db_type(connection)})")
    names = ", ".join(f'"{field.column}"' for field in fields)
    table = model._meta.db_table
    return execute(f'INSERT INTO "{table}" ({names}) SELECT {", ".join(expressions)} FROM {source}', told)


def _is_identity(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.AutoField | models.GeneratedField)  # the database gives them their value


def go_on_counting(filled: list[type[models.Model]]) -> None:
    """Let the next row of each table get the number after the highest one."""
    for sql in connection.ops.sequence_reset_sql(no_style(), filled):
        execute(sql)


@contextlib.contextmanager
def without_indexes(filled: list[type[models.Model]]) -> Iterator[None]:
    """Build the indexes of these tables when their rows are there: in one go, several times as fast.

    Those of primary keys and unique constraints stay, for they refuse rows.
    """
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, {"tables": [model._meta.db_table for model in filled]})
        indexes = cursor.fetchall()
    for name, _definition in indexes:
        execute(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        execute(definition)


def one_of(words: list[str], index: str) -> str:
    """An SQL expression: the word at an index that counts from 0."""
    quoted = ", ".join("'" + word.replace("'", "''") + "'" for word in words)
    return f"(ARRAY[{quoted}])[1 + {index}]"


def day(value: dt.date) -> str:
    """A date as SQL."""
    return f"DATE '{value.isoformat()}'"
