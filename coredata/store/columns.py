"""The tables in which rows are kept: one for each kind, its columns those that its layout keeps.

A collection is a partition of its kind's table: it is made when the first file of it is stored, without a migration,
and can be taken away whole.
"""

from __future__ import annotations

from ..layouts import Kind, Layout, Type, layout
from ..models import StoredCollection

# Told by the collection or the report, for every row the same.
OF_THE_COLLECTION = ("collection_version", "school_year", "format_version", "provider_code", "as_of_date")
SHELVES = 16  # parts of a collection, each with the files of some districts: so few pages are looked through for one
LINES = "coredata_student_lines"  # a row for each student of a file, with the lines on which they stand
OWN = {"collection_id": "bigint", "upload_id": "bigint", "line": "integer"}
TYPES = {Type.TEXT: "text", Type.INTEGER: "integer", Type.DECIMAL: "numeric", Type.DATE: "date"}


def table(kind: Kind) -> str:
    return f"coredata_{kind}"


def partition(stored: StoredCollection) -> str:
    """The name of the partition of a collection."""
    return f"{table(Kind(stored.kind))}_{stored.school_year_id}_{stored.cycle.lower()}_{stored.pk}"


def lines_partition(stored: StoredCollection) -> str:
    """The name of the partition that says where the students of a collection stand in it."""
    return f"{LINES}_{stored.school_year_id}_{stored.cycle.lower()}_{stored.pk}"


def has_students(kind: Kind) -> bool:
    return kind is not Kind.CRS_ASSIGN


def fields(kept: Layout) -> list[str]:
    """The columns of a kind's table that come out of a file."""
    return [column.field for column in kept.columns if column.field not in OF_THE_COLLECTION]


def types(kind: Kind, year: int) -> dict[str, str]:
    """Each column of a kind's table with its type in PostgreSQL."""
    kept = layout(kind, year)
    return OWN | {name: TYPES[kept.column(name).type] for name in fields(kept)}
