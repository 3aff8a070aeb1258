"""An attendance file comes: it is stored as a whole, or nothing of it is."""

import datetime as dt
import hashlib

import polars as pl
from django.db import transaction

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.shared.tabular import UnreadableFile

from .. import file as files
from ..models import AttendanceFile, AttendanceProblem, FileState
from .locking import locked_program

MOST_KEPT = 5_000  # problems: who has more has sent another file than they meant


@transaction.atomic
def receive_file(
    data: bytes, *, name: str, program_id: int, by: Membership, at: dt.datetime
) -> AttendanceFile:
    """Store the days of a file, or only what is wrong in it. The same file again changes nothing.

    Raises NotYourProgram.
    """
    program = locked_program(program_id, by=by)
    received = AttendanceFile(
        program=program,
        name=one_line(name)[-120:] or "attendance.csv",
        sha256=hashlib.sha256(data).hexdigest(),
        sent_by=by,
        sent_at=at,
        state=FileState.REFUSED,
    )
    try:
        records = files.read(data)
    except UnreadableFile as error:
        received.refusal = str(error)[:300]
        received.save()
        return received
    received.rows = records.rows.height + len(records.ragged)
    known = files.Known(program.pk, by.user_id)
    judged = files.judge(records, known, today=central_date(at))
    if judged.problems.height:
        return _refuse(received, judged.problems)
    planned = files.plan(judged.entries, known)
    if planned.problems.height:
        return _refuse(received, planned.problems)
    received.state = FileState.STORED
    received.first_day, received.last_day = _days(judged.entries)
    received.save()
    counts = files.store(planned, file_id=received.pk, by_id=by.pk, at=at)
    received.added, received.changed, received.same = counts.added, counts.changed, counts.same
    received.save()
    return received


def _refuse(received: AttendanceFile, problems: pl.DataFrame) -> AttendanceFile:
    received.problems = problems.height
    received.save()
    AttendanceProblem.objects.bulk_create(
        AttendanceProblem(file=received, **row) for row in problems.head(MOST_KEPT).iter_rows(named=True)
    )
    return received


def _days(entries: pl.DataFrame) -> tuple[dt.date, dt.date]:
    first, last = entries["date"].min(), entries["date"].max()
    assert isinstance(first, dt.date) and isinstance(last, dt.date)
    return first, last
