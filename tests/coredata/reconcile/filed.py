"""Rows of files that are really stored, so that what certifying derives is derived from them."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from coredata.models import Upload, UploadState
from coredata.store.rows import make_room

from .world import CERTIFIED_AT


def store(upload: Upload, *rows: dict[str, Any], state: str = UploadState.CERTIFIED) -> None:
    """These are the rows of the file, from line 2 on; then it is in this state."""
    stored = upload.collection
    assert stored is not None
    with transaction.atomic():
        make_room(stored)
    Upload.objects.filter(pk=upload.pk).update(state=UploadState.PARSED, certified_at=None)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('coredata.loading', %s, true)", [str(upload.pk)])
        lines: dict[str, list[int]] = {}
        for line, row in enumerate(rows, start=2):
            given = {"collection_id": stored.pk, "upload_id": upload.pk, "line": line, **row}
            cursor.execute(
                f"INSERT INTO coredata_{stored.kind} ({', '.join(given)})"
                f" VALUES ({', '.join(['%s'] * len(given))})",
                list(given.values()),
            )
            if "mosis_id" in row:
                lines.setdefault(row["mosis_id"], []).append(line)
        cursor.executemany(
            "INSERT INTO coredata_student_lines (collection_id, upload_id, mosis_id, lines)"
            " VALUES (%s, %s, %s, %s)",
            [(stored.pk, upload.pk, mosis_id, on) for mosis_id, on in lines.items()],
        )
    Upload.objects.filter(pk=upload.pk).update(
        state=state, certified_at=CERTIFIED_AT if state == UploadState.CERTIFIED else None
    )
