"""The relevant student-courses of an LEA and how they ended, out of the rows of its files. Set-based."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from enrollment.part_time.models import APPROVED_LINES, Basis
from providers.models import PROGRAM_CODES

from ..layouts import Cycle, Kind
from ..models import ReportState, StudentCourse, StudentOutcome, Upload, UploadState

DELIVERIES = ("V", "S", "VH")  # Core Data Exhibit 34: everything that is taught through technology
FEW = 20  # LEAs
COURSES_FIRST = (Kind.CRS_ASSIGN, Kind.STU_ASSIGN)

# Whose every course matters: who has an approved course, is in a full-time program, or is reported by a provider.
# `{of_student}`, `{reported}`: what else is asked of their rows. `reports`: which count; NULL for the accepted ones.
_KNOWN = """
SELECT student.mosis_id FROM part_time_courseline AS line
    JOIN part_time_courserequest AS request ON request.id = line.request_id
    JOIN directory_term AS term ON term.id = request.term_id AND term.school_year_id = %(year)s
    JOIN records_claim AS claim ON claim.id = request.claim_id
    JOIN records_student AS student ON student.id = claim.student_id
    WHERE line.state = ANY(%(approved)s) AND line.basis <> %(private)s AND {of_student}
UNION SELECT student.mosis_id FROM full_time_schedule AS schedule
    JOIN full_time_programenrollment AS enrollment ON enrollment.id = schedule.enrollment_id
    JOIN records_student AS student ON student.id = enrollment.student_id
    WHERE schedule.school_year_id = %(year)s AND {of_student}
UNION SELECT reported.mosis_id FROM coredata_reportrow AS reported
    JOIN coredata_providerreport AS report ON report.id = reported.report_id
    WHERE report.school_year_id = %(year)s AND {reported} AND CASE
        WHEN %(reports)s::bigint[] IS NULL THEN report.state = %(accepted)s ELSE report.id = ANY(%(reports)s::bigint[])
    END
"""
KNOWN = _KNOWN.format(of_student="student.mosis_id IS NOT NULL", reported="reported.mosis_id <> ''")
# The same of the students in some files.
HERE = """
WITH here AS MATERIALIZED (
    SELECT DISTINCT lines.mosis_id FROM coredata_student_lines AS lines
    JOIN unnest(%(collections)s::bigint[], %(uploads)s::bigint[]) AS file(collection_id, upload_id)
        USING (collection_id, upload_id)
    WHERE lines.collection_id = ANY(%(collections)s) AND lines.mosis_id <> ''
)
"""
KNOWN_IN_FILES = HERE + _KNOWN.format(
    of_student="student.mosis_id IN (SELECT mosis_id FROM here)",
    reported="reported.mosis_id IN (SELECT mosis_id FROM here)",
)

# Student rows meet course rows by the seven parts of DESE's key; year and district are the same in both files. Of
# several teachers of one course the one on the first line stands for all.
OCTOBER = """
WITH known AS MATERIALIZED ({known})
INSERT INTO {into} (
    lea_id, school_year_id, mosis_id, course_code, semester, school_code, program_code, delivery_system,
    units_of_credit, minutes_per_week, grade_level, birth_date, sending_district_code, receiving_district_code,
    teachers, educators, sections, student_line, course_line, student_upload_id, course_upload_id, every_course
)
SELECT DISTINCT ON (mosis_id, course_code, semester)
    %(lea)s, %(year)s, mosis_id, course_code, semester, school_code, program_code, delivery_system,
    units_of_credit, minutes_per_week, grade_level, birth_date, sending_district_code, receiving_district_code,
    count(*) OVER same, count(educator) OVER same,
    -- counted from both ends: the database counts no different values over a window
    dense_rank() OVER (same ORDER BY school_code, assignment_number)
    + dense_rank() OVER (same ORDER BY school_code DESC, assignment_number DESC) - 1,
    student_line, course_line, %(students)s, %(courses)s, every_course
FROM (
    SELECT
        s.mosis_id, s.school_code, s.birth_date, s.line AS student_line, c.line AS course_line, c.educator,
        c.assignment_number,
        coalesce(c.course_code, s.course_code, '') AS course_code, coalesce(c.semester, '') AS semester,
        coalesce(c.program_code, '') AS program_code, coalesce(c.delivery_system, '') AS delivery_system,
        coalesce(s.grade_level, '') AS grade_level, c.units_of_credit, c.minutes_per_week,
        coalesce(s.sending_district_code, c.sending_district_code, '') AS sending_district_code,
        coalesce(s.receiving_district_code, c.receiving_district_code, '') AS receiving_district_code,
        s.mosis_id IN (SELECT mosis_id FROM known) AS every_course
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
            OR s.mosis_id IN (SELECT mosis_id FROM known)
        )
) AS found
WINDOW same AS (PARTITION BY mosis_id, course_code, semester)
ORDER BY mosis_id, course_code, semester, student_line
"""

JUNE = """
WITH known AS MATERIALIZED ({known})
INSERT INTO {into} (
    lea_id, school_year_id, mosis_id, course_code, semester, school_code, program_code, delivery_system, grade_earned,
    credits_earned, grade_level, birth_date, sending_district_code, receiving_district_code, sections, line, upload_id,
    every_course
)
SELECT DISTINCT ON (mosis_id, course_code, semester)
    %(lea)s, %(year)s, mosis_id, course_code, semester, school_code, program_code, delivery_system, grade_earned,
    credits_earned, grade_level, birth_date, sending_district_code, receiving_district_code,
    dense_rank() OVER (same ORDER BY school_code, assignment_number)
    + dense_rank() OVER (same ORDER BY school_code DESC, assignment_number DESC) - 1,
    line, %(june)s, every_course
FROM (
    SELECT
        mosis_id, school_code, birth_date, line, credits_earned, assignment_number,
        coalesce(course_code, '') AS course_code, coalesce(semester, '') AS semester,
        coalesce(program_code, '') AS program_code, coalesce(delivery_system, '') AS delivery_system,
        coalesce(grade_earned, '') AS grade_earned, coalesce(grade_level, '') AS grade_level,
        coalesce(sending_district_code, '') AS sending_district_code,
        coalesce(receiving_district_code, '') AS receiving_district_code,
        mosis_id IN (SELECT mosis_id FROM known) AS every_course
    FROM coredata_stu_crs_comp
    WHERE collection_id = %(june_collection)s AND upload_id = %(june)s AND mosis_id IS NOT NULL
        AND (
            program_code = ANY(%(programs)s) OR delivery_system = ANY(%(deliveries)s)
            OR mosis_id IN (SELECT mosis_id FROM known)
            OR (mosis_id, course_code) IN (
                SELECT mosis_id, course_code FROM {october}
                WHERE lea_id = %(lea)s AND school_year_id = %(year)s AND program_code = ANY(%(programs)s)
            )
        )
) AS found
WINDOW same AS (PARTITION BY mosis_id, course_code, semester)
ORDER BY mosis_id, course_code, semester, line
"""

# LEAs with students who are known by now, of whom the derived rows lack some or all; and with those who no longer are,
# of whom there is too much: what is derived follows from what is stored, whatever came first.
STALE = """
WITH known AS MATERIALIZED ({known})
SELECT DISTINCT upload.lea_id
FROM coredata_upload AS upload
JOIN coredata_storedcollection AS stored ON stored.id = upload.collection_id AND stored.school_year_id = %(year)s
    AND stored.kind IN (%(students)s, %(june)s)
JOIN coredata_student_lines AS lines ON lines.collection_id = stored.id AND lines.upload_id = upload.id
JOIN known ON known.mosis_id = lines.mosis_id
WHERE upload.state = %(certified)s AND upload.lea_id = ANY(%(leas)s) AND NOT CASE stored.kind
    WHEN %(students)s THEN EXISTS (
        SELECT FROM coredata_studentcourse AS derived
        WHERE derived.mosis_id = known.mosis_id AND derived.student_upload_id = upload.id AND derived.every_course
    )
    ELSE EXISTS (
        SELECT FROM coredata_studentoutcome AS derived
        WHERE derived.mosis_id = known.mosis_id AND derived.upload_id = upload.id AND derived.every_course
    )
END
UNION SELECT lea_id FROM coredata_studentcourse AS derived
    WHERE school_year_id = %(year)s AND lea_id = ANY(%(leas)s) AND every_course
        AND NOT EXISTS (SELECT FROM known WHERE known.mosis_id = derived.mosis_id)
UNION SELECT lea_id FROM coredata_studentoutcome AS derived
    WHERE school_year_id = %(year)s AND lea_id = ANY(%(leas)s) AND every_course
        AND NOT EXISTS (SELECT FROM known WHERE known.mosis_id = derived.mosis_id)
ORDER BY lea_id
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file whose rows are stored: ids of its upload and of its collection."""

    upload: int
    collection: int

    @classmethod
    def of(cls, upload: Upload) -> File:
        assert upload.collection_id is not None
        return cls(upload.pk, upload.collection_id)


def lay_known(
    into: str, year: int, *, files: Sequence[File] | None = None, reports: Sequence[int] | None = None
) -> None:
    """Put the students whose every course matters into a table of one column, for many builds to ask.

    `files`: of the students in these only. `reports`: who is known if these counted, instead of the accepted ones.
    """
    values: dict[str, Any] = {"year": year, **_counting(reports)}
    if files is not None:
        values |= _places(files)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {into} {KNOWN if files is None else KNOWN_IN_FILES}", values)
        cursor.execute(f"ANALYZE {into}")


def build_october(
    into: str, lea_id: int, year: int, *, courses: File, students: File, known: str = KNOWN
) -> int:
    """Put the student-courses that these two files make into a table like StudentCourse's; how many.

    `known`: a query for the students whose every course matters.
    """
    files = {
        "courses": courses.upload,
        "course_collection": courses.collection,
        "students": students.upload,
        "student_collection": students.collection,
    }
    return _insert(OCTOBER.format(into=into, known=known), lea_id, year, files)


def build_june(into: str, lea_id: int, year: int, *, june: File, october: str, known: str = KNOWN) -> int:
    """Put the outcomes of this file into a table like StudentOutcome's; how many.

    `october`: the table in which the LEA's student-courses are. `known`: as for October.
    """
    files = {"june": june.upload, "june_collection": june.collection}
    return _insert(JUNE.format(into=into, october=october, known=known), lea_id, year, files)


def _insert(statement: str, lea_id: int, year: int, files: Mapping[str, int]) -> int:
    values: dict[str, Any] = {
        "lea": lea_id,
        "year": year,
        "programs": list(PROGRAM_CODES.values()),
        "deliveries": list(DELIVERIES),
        **_counting(None),
        **files,
    }
    with connection.cursor() as cursor:
        # Of rows that came in a moment ago the planner knows nothing, and would look each up in all others.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(statement, values)
        count = int(cursor.rowcount)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return count


def _counting(reports: Sequence[int] | None) -> dict[str, Any]:
    """What KNOWN asks for."""
    return {
        "reports": None if reports is None else list(reports),
        "approved": [state.value for state in APPROVED_LINES],
        "private": Basis.PRIVATE.value,
        "accepted": ReportState.ACCEPTED.value,
    }


@transaction.atomic
def rebuild(lea_id: int, year: int) -> int:
    """Build an LEA's relevant student-courses of a school year anew, and how they ended; how many there are.

    There are none without both October files, and no outcomes without June's.
    """
    StudentCourse.objects.filter(lea=lea_id, school_year=year).delete()
    StudentOutcome.objects.filter(lea=lea_id, school_year=year).delete()
    certified = Upload.objects.filter(
        lea=lea_id, collection__school_year=year, state=UploadState.CERTIFIED
    ).select_related("collection")
    files = {
        (upload.collection.cycle, upload.collection.kind): File.of(upload)
        for upload in certified
        if upload.collection
    }
    courses, students = (files.get((Cycle.OCTOBER, kind)) for kind in COURSES_FIRST)
    june = files.get((Cycle.JUNE, Kind.STU_CRS_COMP))
    october = StudentCourse._meta.db_table  # noqa: SLF001
    count = 0
    if courses and students:
        count = build_october(october, lea_id, year, courses=courses, students=students)
    if june:
        outcomes = StudentOutcome._meta.db_table  # noqa: SLF001
        build_june(outcomes, lea_id, year, june=june, october=october)
    return count


def _places(files: Iterable[File]) -> dict[str, Any]:
    found = list(files)
    return {
        "collections": [file.collection for file in found],
        "uploads": [file.upload for file in found],
    }


def stale(leas: Sequence[int], year: int, *, reports: Sequence[int] | None = None) -> list[int]:
    """The LEAs among these with students who have become known since their student-courses were derived, or unknown.

    `reports`: who would, if these counted instead of the accepted ones.
    """
    if not leas:
        return []
    values: dict[str, Any] = {
        "leas": list(leas),
        "year": year,
        "students": Kind.STU_ASSIGN.value,
        "june": Kind.STU_CRS_COMP.value,
    }
    query = STALE.format(known=KNOWN)
    if (
        len(leas) <= FEW
    ):  # of one LEA it would take longer to say who is known in the whole state than to compare it
        query = STALE.format(known=KNOWN_IN_FILES)
        files = Upload.objects.filter(
            lea__in=leas,
            state=UploadState.CERTIFIED,
            collection__school_year=year,
            collection__kind__in=[Kind.STU_ASSIGN, Kind.STU_CRS_COMP],
        )
        values |= _places(File.of(upload) for upload in files)
    with connection.cursor() as cursor:
        cursor.execute(query, {**values, **_counting(reports), "certified": UploadState.CERTIFIED.value})
        return [lea for (lea,) in cursor.fetchall()]
