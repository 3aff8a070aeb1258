"""The table of relevant student-courses, built for one LEA from its two certified October files. Set-based."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction

from enrollment.part_time.models import APPROVED_LINES, Basis, CourseLine
from providers.models import PROGRAM_CODES

from ..layouts import Cycle, Kind
from ..models import StudentCourse, Upload, UploadState

DELIVERIES = ("V", "S", "VH")  # Core Data Exhibit 34: everything that is taught through technology
COURSES_FIRST = (Kind.CRS_ASSIGN, Kind.STU_ASSIGN)

# Student rows meet course rows by the seven parts of DESE's key; year and district are the same in both files. Of
# several teachers of one course the one on the first line stands for all.
BUILD = """
INSERT INTO coredata_studentcourse (
    lea_id, school_year_id, mosis_id, course_code, semester, school_code, program_code, delivery_system,
    units_of_credit, minutes_per_week, grade_level, birth_date, teachers, student_line, course_line,
    student_upload_id, course_upload_id
)
SELECT DISTINCT ON (mosis_id, course_code, semester)
    %(lea)s, %(year)s, mosis_id, course_code, semester, school_code, program_code, delivery_system,
    units_of_credit, minutes_per_week, grade_level, birth_date,
    count(*) OVER (PARTITION BY mosis_id, course_code, semester), student_line, course_line,
    %(students)s, %(courses)s
FROM (
    SELECT
        s.mosis_id, s.school_code, s.birth_date, s.line AS student_line, c.line AS course_line,
        coalesce(c.course_code, s.course_code, '') AS course_code, coalesce(c.semester, '') AS semester,
        coalesce(c.program_code, '') AS program_code, coalesce(c.delivery_system, '') AS delivery_system,
        coalesce(s.grade_level, '') AS grade_level, c.units_of_credit, c.minutes_per_week
    FROM coredata_stu_assign AS s
    JOIN coredata_crs_assign AS c
        ON c.school_code = s.school_code AND c.assignment_number = s.assignment_number
        AND c.position_code = s.position_code
        AND coalesce(c.educator, '') = coalesce(s.educator, '')
        AND coalesce(c.cte_program_type, '') = coalesce(s.cte_program_type, '')
    WHERE s.collection_id = %(student_collection)s AND s.upload_id = %(students)s
        AND c.collection_id = %(course_collection)s AND c.upload_id = %(courses)s
        AND s.mosis_id IS NOT NULL
        AND (
            c.program_code = ANY(%(programs)s) OR c.delivery_system = ANY(%(deliveries)s)
            OR s.mosis_id IN ({known})
        )
) AS found
ORDER BY mosis_id, course_code, semester, student_line
"""


@transaction.atomic
def rebuild(lea_id: int, year: int) -> int:
    """Build an LEA's relevant student-courses of a school year anew; how many there are. None without both files."""
    StudentCourse.objects.filter(lea=lea_id, school_year=year).delete()
    certified = Upload.objects.filter(
        lea=lea_id,
        collection__school_year=year,
        collection__cycle=Cycle.OCTOBER,
        collection__kind__in=COURSES_FIRST,
        state=UploadState.CERTIFIED,
    ).select_related("collection")
    files = {upload.collection.kind: upload for upload in certified if upload.collection}
    if set(files) != set(COURSES_FIRST):
        return 0
    courses, students = (files[kind] for kind in COURSES_FIRST)
    known, parameters = _known(year)
    with connection.cursor() as cursor:
        cursor.execute(
            BUILD.format(known=known),
            {
                "lea": lea_id,
                "year": year,
                "courses": courses.pk,
                "students": students.pk,
                "course_collection": courses.collection_id,
                "student_collection": students.collection_id,
                "programs": list(PROGRAM_CODES.values()),
                "deliveries": list(DELIVERIES),
                **parameters,
            },
        )
        return int(cursor.rowcount)


def _known(year: int) -> tuple[str, dict[str, Any]]:
    """The MOSIS IDs of students for whom any district has approved a course of that year, as a part of a query."""
    lines = CourseLine.objects.filter(
        state__in=APPROVED_LINES,
        request__term__school_year=year,
        request__claim__student__mosis_id__isnull=False,
    ).exclude(basis=Basis.PRIVATE)
    sql, values = lines.order_by().values("request__claim__student__mosis_id").query.sql_with_params()
    names = [f"known{place}" for place in range(len(values))]
    return sql % tuple(f"%({name})s" for name in names), dict(zip(names, values, strict=True))
