"""Rows into their table and out again, whole files at a time: by COPY."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Literal, TypeVar

import polars as pl
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from ..checks.case import NUMBER, Case
from ..layouts import Kind, Layout, Type
from ..models import StoredCollection, Upload
from ..reading import LINE
from . import columns

PIECE = 25_000  # rows
Thing = TypeVar("Thing")

# What of a prepared case is stored under which name, where it is not the text itself.
MEANT = {"mosis_id": "student", "grade_level": "grade"}


def typed(case: Case, wrong: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The rows as they are kept, in pieces: what is no date or number, and each value that is wrong, is null or empty.

    `wrong`: problems, with columns line and column (the layout's name; None: the whole row).
    """
    bad = {
        column.field: found.implode()
        for (name,), problems in wrong.drop_nulls(["line", "column"]).group_by("column")
        if (column := case.layout.named(str(name)))
        for found in [problems["line"].unique()]
    }
    for piece in case.rows.iter_slices(PIECE):
        yield _typed(case, piece, bad)
    if case.ragged:
        # A row that does not fit the header is there, and nothing in it can be trusted.
        yield pl.DataFrame({LINE: list(case.ragged)}, schema={LINE: pl.Int64})


def _typed(case: Case, rows: pl.DataFrame, bad: Mapping[str, pl.Series]) -> pl.DataFrame:
    kept = [name for name in columns.fields(case.layout) if case.has(name)]
    values = {name: _as_kept(case, name) for name in kept}
    for name, lines in bad.items():
        if name in values:
            values[name] = pl.when(~pl.col(LINE).is_in(lines)).then(values[name])
    return rows.select(pl.col(LINE), **values)


def _as_kept(case: Case, name: str) -> pl.Expr:
    """A value as PostgreSQL reads it; a text as it is."""
    meant = pl.col(MEANT.get(name, name))
    match case.layout.column(name).type:
        case Type.TEXT:
            return meant
        case Type.DATE:
            return case.date(name)
        case Type.INTEGER:
            return pl.when(meant.str.contains(r"^[0-9]{1,9}$")).then(meant)
        case Type.DECIMAL:
            return pl.when(meant.str.contains(NUMBER)).then(meant)


@transaction.atomic(savepoint=False)
def keep(
    upload: Upload,
    stored: StoredCollection,
    case: Case,
    wrong: pl.DataFrame,
    *,
    when_stored: Callable[[int], None] = lambda rows: None,
) -> None:
    """Copy the rows of a file, and where each student stands, into their tables. All or none.

    They take the file they belong to from the setting coredata.loading, which ends with the transaction. `wrong`: the
    problems for which a value is not kept. `when_stored` is told after each piece how many rows are there.
    """
    make_room(stored)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('coredata.loading', %s, true)", [str(upload.pk)])
        # Into the very table the rows end in: otherwise the database would look for it for each row.
        table = _shelf(cursor, columns.partition(stored), upload.pk)
    collection = pl.lit(stored.pk).alias("collection_id")
    count = 0

    def when_copied(more: int) -> None:
        nonlocal count
        count += more
        when_stored(count)

    for names, alike in groupby(typed(case, wrong), key=lambda piece: piece.columns):
        of_collection = (piece.with_columns(collection) for piece in alike)
        copy_rows(table, [*names, "collection_id"], of_collection, when_copied=when_copied)
    if case.has("mosis_id"):
        places = _places(case).with_columns(collection)
        copy_rows(columns.lines_partition(stored), places.columns, [places])


def _places(case: Case) -> pl.DataFrame:
    """The students of a file, each with the lines they stand on, as PostgreSQL writes an array."""
    students = (
        case.rows.lazy().filter(pl.col("student").is_not_null()).group_by("student", maintain_order=True)
    )
    lines = students.agg(pl.col(LINE).cast(pl.String).str.join(","))
    as_array = pl.concat_str(pl.lit("{"), pl.col(LINE), pl.lit("}"))
    return lines.select(pl.col("student").alias("mosis_id"), as_array.alias("lines")).collect()


def _shelf(cursor: CursorWrapper, partition: str, upload_id: int) -> str:
    """The part of a partition in which the rows of a file stand."""
    cursor.execute(
        "SELECT remainder FROM pg_class, generate_series(0, %s - 1) AS remainder"
        " WHERE pg_class.oid = %s::regclass AND relkind = 'p'"
        " AND satisfies_hash_partition(pg_class.oid, %s, remainder, %s::bigint)",
        [columns.SHELVES, partition, columns.SHELVES, upload_id],
    )
    found = cursor.fetchone()
    return f"{partition}_{found[0]}" if found else partition  # one from before there were shelves is whole


def make_room(stored: StoredCollection) -> None:
    """Make the partitions of a collection, unless they are there."""
    kind = Kind(stored.kind)
    partitions = {columns.partition(stored): columns.table(kind)}
    if columns.has_students(kind):
        partitions[columns.lines_partition(stored)] = columns.LINES
    with connection.cursor() as cursor:
        if _exist(cursor, *partitions):
            return
        # Made one at a time: the collection's own row is the lock. Whoever finds them made waits for nobody.
        StoredCollection.objects.select_for_update(of=("self",)).get(pk=stored.pk)
        for name, whole in partitions.items():
            if not _exist(cursor, name):
                shelves = 0 if whole == columns.LINES else columns.SHELVES
                _make_partition(cursor, stored, whole, name, shelves=shelves)


def _exist(cursor: CursorWrapper, *tables: str) -> bool:
    cursor.execute(
        "SELECT bool_and(to_regclass(name) IS NOT NULL) FROM unnest(%s::text[]) AS name", [list(tables)]
    )
    return bool(cursor.fetchone()[0])


def _make_partition(
    cursor: CursorWrapper, stored: StoredCollection, whole: str, name: str, *, shelves: int = 0
) -> None:
    statement = f"CREATE TABLE {{name}} PARTITION OF {{whole}} FOR VALUES IN ({stored.pk})"
    statement += " PARTITION BY HASH (upload_id)" if shelves else ""
    cursor.execute(_composed(statement, name=name, whole=whole))
    for remainder in range(shelves):
        shelf = f"{name}_{remainder}"
        values = f"(MODULUS {shelves}, REMAINDER {remainder})"
        statement = f"CREATE TABLE {{shelf}} PARTITION OF {{name}} FOR VALUES WITH {values}"
        cursor.execute(_composed(statement, shelf=shelf, name=name))
        cursor.execute("SELECT coredata_guard(%s)", [shelf])
    cursor.execute("SELECT coredata_guard(%s)", [name])


def detach(stored: StoredCollection) -> int:
    """Take the partitions of a collection away whole; how many rows it had."""
    kind, count = Kind(stored.kind), 0
    pairs = [
        (columns.LINES, columns.lines_partition(stored)),
        (columns.table(kind), columns.partition(stored)),
    ]
    with connection.cursor() as cursor:
        for whole, name in pairs:
            if _exist(cursor, name):
                cursor.execute(_composed("SELECT count(*) FROM {name}", name=name))
                count = int(cursor.fetchone()[0])
                cursor.execute(
                    _composed("ALTER TABLE {whole} DETACH PARTITION {name}", whole=whole, name=name)
                )
                cursor.execute(_composed("DROP TABLE {name}", name=name))
    return count


def _composed(statement: str, **names: str) -> str:
    """A statement with these tables' names in their places."""
    quoted = {place: sql.Identifier(name) for place, name in names.items()}
    return sql.SQL(statement).format(**quoted).as_string(connection.connection)


def drop(upload: Upload) -> None:
    """Delete the rows of a trial. The database refuses it for a certified file."""
    assert upload.collection is not None
    tables = [columns.table(upload.collection.collection.kind), columns.LINES]
    with connection.cursor() as cursor:
        for table in tables:
            statement = _composed("DELETE FROM {table}", table=table)
            cursor.execute(
                f"{statement} WHERE collection_id = %s AND upload_id = %s", [upload.collection_id, upload.pk]
            )


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
    table: str,
    names: list[str],
    pieces: Iterable[pl.DataFrame],
    *,
    has_empty_texts: bool = False,
    when_copied: Callable[[int], None] = lambda count: None,
) -> None:
    """Copy frames with these columns into a table. Null stays null; so does an empty text, unless there are any.

    Piece by piece: while the database takes one in, the next is made. `when_copied` is told each one's rows.
    """
    # To COPY an unquoted nothing is null, and an empty text in quotes is one unless it is told otherwise.
    columns_of_table = sql.SQL(", ").join(map(sql.Identifier, names))
    empty_is_null = sql.SQL("") if has_empty_texts else sql.SQL(", FORCE_NULL ({})").format(columns_of_table)
    query = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv{})").format(
        sql.Identifier(table), columns_of_table, empty_is_null
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for text, count in _ahead((_as_csv(piece, has_empty_texts), piece.height) for piece in pieces):
            copy.write(text)
            when_copied(count)


def _as_csv(piece: pl.DataFrame, has_empty_texts: bool) -> str:
    style: Literal["non_numeric", "necessary"] = "non_numeric" if has_empty_texts else "necessary"
    return piece.write_csv(include_header=False, null_value="", quote_style=style)


def _ahead(things: Iterator[Thing]) -> Iterator[Thing]:
    """The same, the next one made in another thread while this one is used."""
    with ThreadPoolExecutor(max_workers=1) as maker:
        waiting = maker.submit(next, things, None)
        while (thing := waiting.result()) is not None:
            waiting = maker.submit(next, things, None)
            yield thing
