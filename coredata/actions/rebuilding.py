"""What is derived from certified files, derived anew."""

from __future__ import annotations

from ..layouts import Cycle, Kind
from ..models import Upload, UploadState
from ..store import student_courses


def rebuild_student_courses(*, lea_id: int | None = None, year: int | None = None) -> tuple[int, int]:
    """Build the student-courses of each LEA and school year anew: how many pairs of files, how many rows.

    One pair after the other, each in a transaction of its own: killed and started again, it ends the same.
    """
    students = Upload.objects.filter(
        state=UploadState.CERTIFIED, collection__cycle=Cycle.OCTOBER, collection__kind=Kind.STU_ASSIGN
    )
    if lea_id is not None:
        students = students.filter(lea=lea_id)
    if year is not None:
        students = students.filter(collection__school_year=year)
    pairs = students.order_by("collection__school_year", "lea").values_list("lea", "collection__school_year")
    counts = [student_courses.rebuild(lea, of_year) for lea, of_year in list(pairs)]
    return len(counts), sum(counts)
