"""Rows into their table and out again, whole files at a time: by COPY."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal

import polars as pl
from django.db import connection, transaction
from psycopg import sql

from ..checks.case import ISO, NUMBER, Case, as_date
from ..layouts import Kind, Layout, Type
from ..models import StoredCollection, Upload
from ..reading import LINE
from . import columns

PIECE = 25_000  # rows

# What of a prepared case is stored under which name, where it is not the text itself.
MEANT = {"mosis_id": "student", "grade_level": "grade"}


def typed(case: Case, wrong: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows as they are kept, in pieces: what is no date or number, and each value with an error, is null.

    `wrong`: the problems of severity E, columns line and column (the layout's name; None: the whole row).
    """
    lines = wrong["line"].drop_nulls().unique().to_list()
    for piece in case.rows.iter_slices(PIECE):
        yield _typed(case, piece, wrong, lines)
    if case.ragged:
        # A row that does not fit the header is there, and nothing in it can be trusted.
        yield pl.DataFrame({LINE: list(case.ragged), "has_error": True}, schema_overrides={LINE: pl.Int64})


def _typed(case: Case, rows: pl.DataFrame, wrong: pl.DataFrame, lines: list[int]) -> pl.DataFrame:
    for (name,), problems in wrong.drop_nulls(["line", "column"]).group_by("column"):
        column = case.layout.named(str(name))
        if column and case.has(column.field):
            meant = MEANT.get(column.field, column.field)
            is_wrong = pl.col(LINE).is_in(problems["line"].unique().to_list())
            rows = rows.with_columns(pl.when(is_wrong).then(None).otherwise(pl.col(meant)).alias(meant))
    kept = [
        _text(case.layout.column(name).type, name) for name in columns.fields(case.layout) if case.has(name)
    ]
    return rows.select(pl.col(LINE), pl.col(LINE).is_in(lines).alias("has_error"), *kept)


def _text(kind: Type, name: str) -> pl.Expr:
    """A value as PostgreSQL reads it. Null for an empty one."""
    if kind is Type.DATE:
        return as_date(name).dt.strftime(ISO).alias(name)
    form = {Type.INTEGER: r"^[0-9]{1,9}$", Type.DECIMAL: NUMBER, Type.TEXT: "."}[kind]
    meant = pl.col(MEANT.get(name, name))
    return pl.when(meant.str.contains(f"(?s){form}")).then(meant).alias(name)


@transaction.atomic
def keep(upload: Upload, stored: StoredCollection, pieces: Iterable[pl.DataFrame]) -> None:
    """Copy the rows of `typed` into the table of their kind. All or none.

    They take the file they belong to from the setting coredata.loading, which ends with the transaction.
    """
    make_room(stored)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('coredata.loading', %s, true)", [str(upload.pk)])
    for names, alike in groupby(pieces, key=lambda piece: piece.columns):
        of_collection = (piece.with_columns(pl.lit(stored.pk).alias("collection_id")) for piece in alike)
        copy_rows(columns.table(Kind(stored.kind)), [*names, "collection_id"], of_collection)


def make_room(stored: StoredCollection) -> None:
    """Make the partition of a collection, unless it is there."""
    name = columns.partition(stored)
    statement = sql.SQL("CREATE TABLE {} PARTITION OF {} FOR VALUES IN ({})").format(
        sql.Identifier(name), sql.Identifier(columns.table(Kind(stored.kind))), sql.Literal(stored.pk)
    )
    with connection.cursor() as cursor:
        # One at a time: the collection's own row is the lock.
        StoredCollection.objects.select_for_update(of=("self",)).get(pk=stored.pk)
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone() == (None,):
            cursor.execute(statement.as_string(connection.connection))
            cursor.execute("SELECT coredata_guard(%s)", [name])


def detach(stored: StoredCollection) -> int:
    """Take the partition of a collection away whole; how many rows it had."""
    name = columns.partition(stored)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [name])
        if cursor.fetchone() == (None,):
            return 0
        own, whole = sql.Identifier(name), sql.Identifier(columns.table(Kind(stored.kind)))
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(own).as_string(connection.connection))
        count = int(cursor.fetchone()[0])
        for statement in ("ALTER TABLE {whole} DETACH PARTITION {own}", "DROP TABLE {own}"):
            query = sql.SQL(statement).format(whole=whole, own=own)
            cursor.execute(query.as_string(connection.connection))
    return count


def drop(upload: Upload) -> None:
    """Delete the rows of a trial. The database refuses it for a certified file."""
    assert upload.collection is not None
    table = sql.Identifier(columns.table(upload.collection.collection.kind))
    query = sql.SQL("DELETE FROM {} WHERE collection_id = {} AND upload_id = {}").format(
        table, sql.Literal(upload.collection_id), sql.Literal(upload.pk)
    )
    with connection.cursor() as cursor:
        cursor.execute(query.as_string(connection.connection))


def read_back(upload: Upload, kept: Layout) -> pl.DataFrame:
    """The kept rows of a file as texts by field, nothing as an empty one, with their line."""
    assert upload.collection is not None
    fields = columns.fields(kept)
    rows = "SELECT line, {} FROM {} WHERE collection_id = {} AND upload_id = {} ORDER BY line"
    query = sql.SQL(f"COPY ({rows}) TO STDOUT (FORMAT csv)").format(
        sql.SQL(", ").join(map(sql.Identifier, fields)),
        sql.Identifier(columns.table(upload.collection.collection.kind)),
        sql.Literal(upload.collection_id),
        sql.Literal(upload.pk),
    )
    out = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for piece in copy:
            out.write(piece)
    schema = {LINE: pl.Int64, **dict.fromkeys(fields, pl.String)}
    if not out.tell():
        return pl.DataFrame(schema=schema)
    out.seek(0)
    return pl.read_csv(out, has_header=False, schema=schema, empty_string_is_null=False).with_columns(
        pl.col(fields).fill_null("")
    )


def copy_rows(
    table: str, names: list[str], pieces: Iterable[pl.DataFrame], *, has_empty_texts: bool = False
) -> None:
    """Copy frames with these columns into a table. Null stays null; so does an empty text, unless there are any.

    Piece by piece: while the database takes one in, the next is made.
    """
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    # To COPY an unquoted nothing is null.
    style: Literal["non_numeric", "necessary"] = "non_numeric" if has_empty_texts else "necessary"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for piece in pieces:
            copy.write(piece.write_csv(include_header=False, null_value="", quote_style=style))
