"""What stored files say of one student, across collections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from psycopg import sql

from ..layouts import Kind, layout
from ..models import Upload, UploadQuerySet, UploadState
from . import columns


@dataclass(frozen=True)
class Said:
    """One file, and its rows of the student in their order: the line, and values by field, None for an empty one."""

    upload: Upload
    rows: list[dict[str, Any]]


def of_student(mosis_id: str, uploads: UploadQuerySet) -> list[Said]:
    """The rows of a student in those of these files that count now: trials and certified versions, the newest first.

    Two queries, and one for each kind of file that has any.
    """
    lines = _lines(mosis_id)
    standing = uploads.filter(pk__in=lines, state__in=[UploadState.TRIAL, UploadState.CERTIFIED])
    found = list(standing.select_related("collection", "lea__organization").order_by("-sent_at", "-pk"))
    rows: dict[int, list[dict[str, Any]]] = {}
    for kind in Kind:
        of_kind = [upload for upload in found if upload.collection and upload.collection.kind == kind]
        if of_kind:
            rows |= _read(kind, of_kind, lines)
    return [Said(upload, rows[upload.pk]) for upload in found if upload.pk in rows]


def _lines(mosis_id: str) -> dict[int, list[int]]:
    """The files in which a student stands, each with the lines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT upload_id, lines FROM coredata_student_lines WHERE mosis_id = %s", [mosis_id])
        return dict(cursor.fetchall())


def _read(
    kind: Kind, uploads: Sequence[Upload], lines: Mapping[int, list[int]]
) -> dict[int, list[dict[str, Any]]]:
    """The rows on these lines of files of one kind."""
    stored = [upload.collection for upload in uploads if upload.collection]
    names = columns.fields(layout(kind, max(collection.school_year_id for collection in stored)))
    parts, parameters = [], list[Any]()
    for upload, collection in zip(uploads, stored, strict=True):
        on = lines[upload.pk]
        parts.append(_part(columns.partition(collection), tuple(names)))
        parameters += [upload.pk, on[0], on[-1], on]
    found: dict[int, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY 1, 2", parameters)
        for upload_id, line, *values in cursor.fetchall():
            found.setdefault(upload_id, []).append({"line": line, **dict(zip(names, values, strict=True))})
    return found


@cache
def _part(partition: str, names: tuple[str, ...]) -> str:
    """Rows of one file: its key, the first and the last line, the lines."""
    # First and last line lead through the block range index, once. Which lines between them, the array says: as a plain
    # condition it would send the database through that index again for each line.
    query = sql.SQL(
        "SELECT upload_id, line, {names} FROM {partition}"
        " WHERE upload_id = %s AND line BETWEEN %s AND %s AND (line = ANY(%s)) IS TRUE"
    ).format(names=sql.SQL(", ").join(map(sql.Identifier, names)), partition=sql.Identifier(partition))
    return query.as_string(connection.connection)


def rows_on(upload: Upload, lines: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of a stored file on these lines, in their order: the line, and values by field."""
    assert upload.collection is not None
    if not lines:
        return []
    on = sorted(lines)
    return _read(Kind(upload.collection.kind), [upload], {upload.pk: on}).get(upload.pk, [])
