"""What is derived from certified files, derived anew."""

from __future__ import annotations

from ..layouts import Kind
from ..models import Upload, UploadState
from ..store import student_courses


def rebuild_student_courses(*, lea_id: int | None = None, year: int | None = None) -> tuple[int, int]:
    """Build the student-courses and outcomes of each LEA and school year anew: how many of them, how many rows.

    One after the other, each in a transaction of its own: killed and started again, it ends the same.
    """
    certified = Upload.objects.filter(
        state=UploadState.CERTIFIED, collection__kind__in=[Kind.STU_ASSIGN, Kind.STU_CRS_COMP]
    )
    if lea_id is not None:
        certified = certified.filter(lea=lea_id)
    if year is not None:
        certified = certified.filter(collection__school_year=year)
    pairs = certified.order_by("collection__school_year", "lea").values_list("lea", "collection__school_year")
    pairs = pairs.distinct()
    counts = [student_courses.rebuild(lea, of_year) for lea, of_year in list(pairs)]
    return len(counts), sum(counts)
