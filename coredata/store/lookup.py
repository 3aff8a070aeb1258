"""What stored files say of one student, across collections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
    places = _places(mosis_id)
    standing = uploads.filter(pk__in=places, state__in=[UploadState.TRIAL, UploadState.CERTIFIED])
    found = list(standing.select_related("collection", "lea__organization").order_by("-sent_at", "-pk"))
    rows: dict[int, list[dict[str, Any]]] = {}
    for kind in Kind:
        of_kind = [upload for upload in found if upload.collection and upload.collection.kind == kind]
        if of_kind:
            _read(kind, mosis_id, of_kind, rows)
    return [Said(upload, rows[upload.pk]) for upload in found if upload.pk in rows]


def _places(mosis_id: str) -> list[int]:
    """The files in which a student stands."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT upload_id FROM coredata_student_lines WHERE mosis_id = %s", [mosis_id])
        return [upload_id for (upload_id,) in cursor.fetchall()]


def _read(
    kind: Kind, mosis_id: str, uploads: Iterable[Upload], rows: dict[int, list[dict[str, Any]]]
) -> None:
    names = columns.fields(
        layout(kind, max(upload.collection.school_year_id for upload in uploads if upload.collection))
    )
    # The first and last line bring the block range index in; which lines exactly, the array says.
    query = sql.SQL(
        "SELECT place.upload_id, kept.line, {names} FROM {places} AS place JOIN {table} AS kept"
        " ON kept.collection_id = place.collection_id AND kept.upload_id = place.upload_id"
        " AND kept.line BETWEEN place.lines[1] AND place.lines[array_length(place.lines, 1)]"
        " AND kept.line = ANY(place.lines)"
        " WHERE place.mosis_id = {mosis_id} AND place.upload_id = ANY({uploads}) ORDER BY 1, 2"
    ).format(
        names=sql.SQL(", ").join(sql.Identifier("kept", name) for name in names),
        places=sql.Identifier(columns.LINES),
        table=sql.Identifier(columns.table(kind)),
        mosis_id=sql.Literal(mosis_id),
        uploads=sql.Literal([upload.pk for upload in uploads]),
    )
    with connection.cursor() as cursor:
        cursor.execute(query.as_string(connection.connection))
        for upload_id, line, *values in cursor.fetchall():
            rows.setdefault(upload_id, []).append({"line": line, **dict(zip(names, values, strict=True))})
