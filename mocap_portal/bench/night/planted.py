"""A whole state's approvals, October, June and provider reports in an empty database: always the same rows.

Set-based statements write them, with triggers off, as for the pages (bench.filling). What they say of a student is laid
down once, in temporary tables, and each source is written from these; most agree, and of each thing that may disagree a
few rows in a thousand do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import connection, models, transaction

from coredata.layouts import Cycle, Kind
from coredata.models import ProviderReport, ReportedEnrollment, ReportRow, StoredCollection, Upload
from coredata.store import columns, student_courses
from coredata.store.rows import make_room
from coredata.synthesis.sizes import codes, sizes
from enrollment.part_time.models import CourseLine, CourseRequest, Decision
from enrollment.records.models import Claim, Student
from enrollment.registration.models import RosterLine
from mocap_portal.bench.filling.catalog import courses
from mocap_portal.bench.filling.places import FIRST_PROVIDER, PROVIDERS, person
from mocap_portal.bench.filling.rows import (
    BASE,
    PICK,
    count_all,
    execute,
    go_on_counting,
    insert,
    make,
    one_of,
    without_indexes,
)
from mocap_portal.bench.filling.sketch import FIRST_NAMES, LAST_NAMES
from mocap_portal.command.state import say
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea, Organization, Provider, School

YEAR = 2027
LEAS = 555
LISTINGS = 20_000
FIRST_LEA = 3 * BASE  # an LEA's key is this and its number, and so are its school's and its clerk's
# Of 160 October rows how many approvals, and of as many approvals how many students.
APPROVALS, COURSES_OF_A_STUDENT = 3, 2.5
ROWS_OF_A_STUDENT = 9.2
SUMMER = dt.datetime(2026, 8, 1, 15, tzinfo=dt.UTC)
CERTIFIED = {Cycle.OCTOBER: dt.datetime(2026, 10, 15, 15, tzinfo=dt.UTC)}
CERTIFIED[Cycle.JUNE] = dt.datetime(2027, 6, 20, 15, tzinfo=dt.UTC)
FILES = [
    (Cycle.OCTOBER, Kind.CRS_ASSIGN),
    (Cycle.OCTOBER, Kind.STU_ASSIGN),
    (Cycle.OCTOBER, Kind.STU_CORE),
    (Cycle.JUNE, Kind.STU_CRS_COMP),
]
REPORTED_ON = dt.date(2027, 6, 20)

# What of 1,000 approved courses disagrees, by what the first of these is above.
FATES = {
    40: "not in October", 55: "coded otherwise", 65: "not coded", 85: "not reported", 95: "nowhere",
    105: "other term", 110: "other district", 115: "other birth date", 130: "not in June", 140: "other grade",
}  # fmt: skip
IN_OCTOBER = "fate NOT IN ('not in October', 'nowhere')"
IN_JUNE = "fate NOT IN ('not in June', 'nowhere')"
IN_REPORT = "fate NOT IN ('not reported', 'nowhere')"
CODED_WITHOUT_APPROVAL = 400  # one student in so many
MISSING_IN_JUNE = 37  # of 1,000 rows

LEA_TABLE = """
SELECT place::int, code, size::int, (sum(size) OVER (ORDER BY place) - size)::int AS first,
    %(first_lea)s + place AS lea
FROM unnest(%(codes)s::text[], %(sizes)s::int[]) WITH ORDINALITY AS given(code, size, place)
"""
# Evenly over the state, and so over the districts: `nth` counts those who have approved courses.
STUDENT_TABLE = f"""
SELECT n, lea, place AS district, code, lpad(n::text, 10, '0') AS mosis_id, (n - first)::int AS own,
    (n * %(known)s / %(students)s)::int AS nth,
    n * %(known)s / %(students)s <> (n - 1) * %(known)s / %(students)s AS is_known,
    {one_of(FIRST_NAMES, f"pg_temp.pick(n, 1, {len(FIRST_NAMES)})")} AS first_name,
    {one_of(LAST_NAMES, f"pg_temp.pick(n, 2, {len(LAST_NAMES)})")} AS last_name,
    DATE '2009-09-01' + pg_temp.pick(n, 3, 1400) AS birth_date,
    lpad((8 + mod(n, 5))::text, 2, '0') AS grade_level, 8 + mod(n, 5) AS grade
FROM night_lea, LATERAL generate_series(first::bigint + 1, first + size) AS n
"""
LISTING_TABLE = """
SELECT row_number() OVER (ORDER BY state_course_code, id) - 1 AS place,
    id AS fall, id + 1 AS spring, provider_id, provider_course_code AS own_code, state_course_code AS course_code,
    CASE instruction WHEN 'curriculum_only' THEN '52' ELSE '50' END AS fall_program,
    (SELECT CASE other.instruction WHEN 'curriculum_only' THEN '52' ELSE '50' END
        FROM providers_course AS other WHERE other.id = course.id + 1) AS spring_program
FROM providers_course AS course
WHERE structure = 'A' AND valid_to IS NULL
    AND EXISTS (SELECT FROM providers_course AS other WHERE other.id = course.id + 1 AND other.valid_to IS NULL)
"""
NEXT_LISTING = """
SELECT fall, coalesce(lead(own_code) OVER same, first_value(own_code) OVER same) AS next_own_code,
    coalesce(lead(course_code) OVER same, first_value(course_code) OVER same) AS next_course_code
FROM night_listing WINDOW same AS (PARTITION BY provider_id ORDER BY place)
"""
# Of each student two or three courses: in autumn, in spring, and in autumn another.
LINE_TABLE = f"""
SELECT {BASE} + row_number() OVER (ORDER BY n, nr) AS line, {BASE} + 2 * nth + mod(nr, 2) AS request, nr,
    student.*, listing.provider_id AS provider, own_code, course_code,
    CASE nr WHEN 2 THEN 'S2' ELSE 'S1' END AS term, CASE nr WHEN 2 THEN spring ELSE fall END AS course,
    CASE nr WHEN 2 THEN spring_program ELSE fall_program END AS program,
    CASE nr WHEN 2 THEN DATE '2027-01-08' ELSE DATE '2026-08-24' END AS begins_on,
    CASE nr WHEN 2 THEN DATE '2027-05-21' ELSE DATE '2026-12-18' END AS ends_on,
    CASE {" ".join(f"WHEN chance < {bound} THEN '{fate}'" for bound, fate in FATES.items())} ELSE '' END AS fate
FROM night_student AS student
CROSS JOIN LATERAL generate_series(1, 2 + mod(nth, 2)) AS nr
CROSS JOIN LATERAL (SELECT pg_temp.pick(n * 4 + nr, 4, 1000) AS chance) AS luck
CROSS JOIN (SELECT count(*) AS listings FROM night_listing) AS all_of
JOIN night_listing AS listing ON listing.place
    = mod(pg_temp.pick(n, 5, 1000003) + (nr - 1) * (all_of.listings / 3 + 7), all_of.listings)
WHERE is_known
"""


def planted(rows: int, seed: int) -> dict[str, int]:
    """How many rows each source has, of so many October rows; fills the database unless that was done before.

    For the same arguments the same rows. Triggers are off meanwhile, for which the database's user must be a superuser.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('night_planted') IS NOT NULL")
        if cursor.fetchone()[0]:
            cursor.execute("SELECT source, rows FROM night_planted")
            return dict(cursor.fetchall())
    say(f"planting a state of {rows:,} October rows, which is done once …")
    counts = _plant(rows, seed)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return counts


def leas_of(rows: int) -> int:
    """How many LEAs a state of so many October rows has."""
    return max(3, min(LEAS, rows // 1_000))


@transaction.atomic
def _plant(rows: int, seed: int) -> dict[str, int]:
    """All or nothing, so that a state that is there is whole."""
    leas = leas_of(rows)
    students = max(leas, int(rows / ROWS_OF_A_STUDENT))
    known = max(2, round(rows * APPROVALS / 160 / COURSES_OF_A_STUDENT))
    execute("SET LOCAL session_replication_role = replica")
    execute("SET LOCAL synchronous_commit = off")
    execute("SET LOCAL maintenance_work_mem = '256MB'")
    execute("SET LOCAL work_mem = '256MB'")
    execute("SET LOCAL jit = off")
    execute(PICK.replace("question)", f"question + {1_000 * seed})"))
    given = {"first_lea": FIRST_LEA, "codes": codes(leas), "sizes": sizes(leas, students)}
    make("night_lea", LEA_TABLE, given, key="place")
    make("night_student", STUDENT_TABLE, {"known": known, "students": students}, key="n")
    filled = [*_places(), *_catalog()]
    make("night_listing", LISTING_TABLE, key="place")
    make("night_line", LINE_TABLE, key="line")
    say("approvals and reports …")
    with without_indexes([Student, Claim, Clock, CourseRequest, CourseLine, Decision, RosterLine, ReportRow]):
        filled += [*_approvals(), *_reports()]
    uploads = _uploads()
    say("October and June …")
    counts = _rows(uploads)
    go_on_counting([*filled, Upload])
    execute("SET LOCAL session_replication_role = origin")
    count_all()
    say("student-courses …")
    _derive(uploads, leas)
    counts |= {"approved": CourseLine.objects.count(), "reported": ReportRow.objects.count()}
    execute("CREATE TABLE night_planted (source text, rows bigint)")
    for source, count in counts.items():
        execute("INSERT INTO night_planted VALUES (%(source)s, %(rows)s)", {"source": source, "rows": count})
    return counts


def _places() -> Iterable[type[models.Model]]:
    key = "lea"
    insert(Organization, "night_lea", {"id": key, "name": "'Measured ' || place"})
    lea = {
        "organization": key,
        "state_district_id": "code",
        "kind": "'district'",
        "active_from": "DATE '1990-07-01'",
    }
    insert(Lea, "night_lea", lea)
    school = {
        "id": key,
        "lea": key,
        "state_school_id": "'1050'",
        "name": "'School of ' || place",
        "grades_low": "0",
        "grades_high": "12",
        "active_from": "DATE '1990-07-01'",
    }
    insert(School, "night_lea", school)
    clerk = person(key, "'Clerk ' || place", "'clerk-' || place")
    insert(User, "night_lea", clerk, {"at": SUMMER})
    hat = {
        "id": key,
        "user": key,
        "role": f"'{Role.DATA_CLERK}'",
        "organization": key,
        "started_at": "%(at)s",
    }
    insert(Membership, "night_lea", hat, {"at": SUMMER})
    return [Organization, School, User, Membership]


def _catalog() -> Iterable[type[models.Model]]:
    providers = f"generate_series(1, {PROVIDERS}) AS provider"
    names = {"id": f"{FIRST_PROVIDER} + provider", "name": "'Online Academy ' || provider"}
    insert(Organization, providers, names)
    code = {"organization": f"{FIRST_PROVIDER} + provider", "code": "'ACADEMY' || provider"}
    insert(Provider, providers, code)
    made = [model for model, _count in courses(LISTINGS, SUMMER)]
    # As many state codes as a catalog has, and courses for every grade that takes them.
    execute(
        "UPDATE providers_course SET grade_low = 6, grade_high = 12,"
        " state_course_code = lpad((50000 + 10 * pg_temp.pick((id - 1) / 3, 6, 400))::text, 6, '0')"
    )
    return made


def _approvals() -> Iterable[type[models.Model]]:
    """Students, and of each a request for autumn and one for spring with their lines, registered and run."""
    student = {
        "id": f"{BASE} + n",
        "mosis_id": "mosis_id",
        "first_name": "first_name",
        "last_name": "last_name",
        "birth_date": "birth_date",
        "lea": "lea",
        "school": "lea",
        "grade": "grade",
    }
    insert(Student, "night_student WHERE is_known", student)
    claim = {
        name: student[name] for name in ("first_name", "last_name", "birth_date", "school", "grade", "id")
    }
    claim |= {
        "claimant": "lea",
        "relationship": "'mother'",
        "created_at": "%(at)s",
        "state": "'confirmed'",
        "student": f"{BASE} + n",
        "judged_at": "%(at)s",
        "judged_by": "lea",
    }
    at = {"at": SUMMER}
    # The same name twice in one school is refused: each child has its number as a last name, too.
    insert(Claim, "night_student WHERE is_known", claim | {"last_name": "last_name || ' ' || n"}, at)
    requests = "(SELECT DISTINCT request, term, n, lea FROM night_line) AS asked"
    clock = {
        "id": "request",
        "kind": "'part_time_decision'",
        "lea": "lea",
        "started_at": "%(at)s",
        "business_days": "10",
        "source": "'R-15'",
        "first_due_on": "DATE '2026-08-17'",
        "due_on": "DATE '2026-08-17'",
        "stopped_at": "%(at)s",
    }
    insert(Clock, requests, clock, at)
    request = {
        "id": "request",
        "claim": f"{BASE} + n",
        "lea": "lea",
        "term": "(SELECT id FROM directory_term WHERE school_year_id = %(year)s AND code = term)",
        "state": "'decided'",
        "channel": "'paper'",
        "started_at": "%(at)s",
        "touched_at": "%(at)s",
        "entered_by": "lea",
        "signed_name": "'A parent'",
        "submitted_at": "%(at)s",
        "clock": "request",
    }
    insert(CourseRequest, requests, request, {**at, "year": YEAR})
    line = {
        "id": "line",
        "request": "request",
        "course": "course",
        "position": "nr",
        "planned_minutes": "300",
        "state": f"CASE WHEN {IN_REPORT} THEN 'completed' ELSE 'approved' END",
        "decision": "line",
        "starts_on": "begins_on",
        "started_on": f"CASE WHEN {IN_REPORT} THEN begins_on END",
        "ended_on": f"CASE WHEN {IN_REPORT} THEN ends_on END",
    }
    insert(CourseLine, "night_line", line)
    decision = {
        "id": "line",
        "line": "line",
        "outcome": "'approved'",
        "channel": "'paper'",
        "decided_by": "lea",
        "decided_by_name": "'Cora Counselor'",
        "decided_at": "%(at)s",
        "in_person_considered": "TRUE",
        "paper_reference": "'Cabinet 2'",
    }
    insert(Decision, "night_line", decision, at)
    insert(Clock, "night_line", clock | {"id": f"{2 * BASE} + line", "kind": "'provider_confirmation'"}, at)
    roster = {
        name: student[name] for name in ("mosis_id", "first_name", "last_name", "birth_date", "grade", "lea")
    }
    roster |= {
        "id": "line",
        "line": "line",
        "provider": "provider",
        "contact_name": "'MOCAP contact'",
        "contact_email": "'mocap@district.example'",
        "sent_at": "%(at)s",
        "sent_by": "lea",
        "clock": f"{2 * BASE} + line",
    }
    insert(RosterLine, f"night_line WHERE {IN_REPORT}", roster, at)
    return [Student, Claim, Clock, CourseRequest, CourseLine, Decision, RosterLine]


def _reports() -> Iterable[type[models.Model]]:
    """The report of each provider that counts, with its snapshot; one enrollment in 300 is in the one before only."""
    of_provider = f"generate_series(1, {PROVIDERS}) AS provider"
    report = {
        "id": f"{BASE} + provider",
        "provider": f"{FIRST_PROVIDER} + provider",
        "name": "'report.csv'",
        "size": "100",
        "sha256": "md5(provider::text)",
        "sent_by": f"{FIRST_LEA} + 1",
        "sent_at": "%(at)s",
        "state": "'accepted'",
        "school_year": "%(year)s",
        "as_of": "%(day)s::date",
        "rows_read": "1",
        "judged_at": "%(at)s",
        "submitted_at": "%(at)s",
        "submitted_by": f"{FIRST_LEA} + 1",
        "accepted_at": "%(at)s",
        "destroyed_at": "%(at)s",
    }
    at = CERTIFIED[Cycle.JUNE]
    insert(ProviderReport, of_provider, report, {"at": at, "year": YEAR, "day": REPORTED_ON})
    before = report | {"id": f"{2 * BASE} + provider", "state": "'superseded'", "ended_at": "%(at)s"}
    insert(ProviderReport, of_provider, before, {"at": at, "year": YEAR, "day": dt.date(2026, 12, 20)})
    row = {
        "id": "line",
        "report": f"CASE WHEN fate = '' AND mod(line, 300) = 0 THEN {2 * BASE} ELSE {BASE} END"
        f" + provider - {FIRST_PROVIDER}",
        "line": f"(line - {BASE})::int",
        "enrollment_id": "'E' || line",
        "approval_id": "CASE WHEN mod(line, 10) < 9 THEN line::text ELSE '' END",
        "mosis_id": "mosis_id",
        "birth_date": "birth_date + CASE WHEN fate = 'other birth date' THEN 1 ELSE 0 END",
        "last_name": "last_name",
        "first_name": "first_name",
        "grade_level": "grade_level",
        "district_code": "CASE WHEN fate = 'other district' THEN "
        "(SELECT other.code FROM night_lea AS other WHERE other.place = 1 + mod(district, 3)) ELSE code END",
        "school_code": "'1050'",
        "enrollment_type": "'PT'",
        "basis": "'mocap'",
        "teacher_provided": "CASE program WHEN '50' THEN 'Y' ELSE 'N' END",
        "provider_course_code": "own_code",
        "course_code": "course_code",
        "semester": "CASE WHEN fate = 'other term' THEN CASE term WHEN 'S1' THEN 'S2' ELSE 'S1' END ELSE term END",
        "begin_date": "begins_on",
        "end_date": "ends_on",
        "status": "'completed'",
        "status_date": "ends_on",
        "credits_attempted": "0.5",
        "credits_earned": "0.5",
        "final_grade": "'B'",
        "percent_complete": "100",
    }
    insert(ReportRow, f"night_line WHERE {IN_REPORT}", row)
    # One in 33 is reported in the provider's next course, too, which nobody approved.
    unasked = {
        "id": f"{2 * BASE} + line",
        "line": f"(line - {BASE})::int + 1000000",
        "enrollment_id": "'N' || line",
        "approval_id": "''",
        "provider_course_code": "next_own_code",
        "course_code": "next_course_code",
    }
    insert(
        ReportRow,
        f"night_line JOIN ({NEXT_LISTING}) AS next ON fall = course - (nr = 2)::int WHERE mod(line, 33) = 0",
        row | unasked,
    )
    snapshot = {
        "id": "row.id",
        "provider": "report.provider_id",
        "enrollment_id": "row.enrollment_id",
        "school_year": "%(year)s",
        "first_report": "report.id",
        "last_report": "report.id",
        "row": "row.id",
        "is_present": "report.state = 'accepted'",
        "status": "CASE report.state WHEN 'accepted' THEN row.status ELSE 'active' END",
    }
    rows = "coredata_reportrow AS row JOIN coredata_providerreport AS report ON report.id = row.report_id"
    insert(ReportedEnrollment, rows, snapshot, {"year": YEAR})
    return [ProviderReport, ReportRow, ReportedEnrollment]


# Core data ------------------------------------------------------------------------------------------------


def _uploads() -> dict[Kind, StoredCollection]:
    """A certified file of each kind of every LEA; keys are 10,000 for the kind and its number."""
    made = {}
    for cycle, kind in FILES:
        stored = StoredCollection.objects.create(
            school_year_id=YEAR,
            cycle=cycle,
            kind=kind,
            purpose="To measure.",
            keep_until=dt.date(2034, 6, 30),
        )
        make_room(stored)
        made[kind] = stored
        upload = {
            "id": f"{upload_key(kind)} + place",
            "lea": "lea",
            "name": f"'{kind}.csv'",
            "size": "100",
            "sha256": f"md5('{kind}' || place)",
            "sent_by": "lea",
            "sent_at": "%(at)s",
            "state": "'certified'",
            "collection": "%(collection)s",
            "judged_at": "%(at)s",
            "certified_at": "%(at)s",
            "certified_by": "lea",
            "certified_name": "'Casey Clerk'",
            "destroyed_at": "%(at)s",
        }
        insert(Upload, "night_lea", upload, {"at": CERTIFIED[cycle], "collection": stored.pk})
    return made


def upload_key(kind: Kind) -> int:
    return 10_000 * (1 + [of for _cycle, of in FILES].index(kind))


def _derive(stored: dict[Kind, StoredCollection], leas: int) -> None:
    """What certifying derives of each LEA; who is known is asked once for all of them."""
    execute("CREATE TEMPORARY TABLE night_known (mosis_id text PRIMARY KEY) ON COMMIT DROP")
    student_courses.lay_known("night_known", YEAR)
    known = "SELECT mosis_id FROM night_known"
    for place in range(1, leas + 1):
        of = {kind: student_courses.File(upload_key(kind) + place, kept.pk) for kind, kept in stored.items()}
        october, lea = "coredata_studentcourse", FIRST_LEA + place
        files = {"courses": of[Kind.CRS_ASSIGN], "students": of[Kind.STU_ASSIGN]}
        student_courses.build_october(october, lea, YEAR, **files, known=known)
        student_courses.build_june(
            "coredata_studentoutcome", lea, YEAR, june=of[Kind.STU_CRS_COMP], october=october, known=known
        )


# Every place in a student's day: the approved courses stand first, the others are held in the building. The assignment
# is the number of the course with its term and code, or of the class.
DAY = f"""
night_lea AS place
JOIN night_student AS student ON student.lea = place.lea
JOIN LATERAL generate_series(1, 9 + CASE WHEN mod(n, 5) = 0 THEN 1 ELSE 0 END) AS k ON true
LEFT JOIN night_line AS approved ON student.is_known AND approved.n = student.n AND approved.nr = k
JOIN LATERAL (SELECT
    CASE WHEN approved.fate = 'coded otherwise' THEN CASE approved.program WHEN '50' THEN '52' ELSE '50' END
        WHEN approved.fate = 'not coded' THEN ''
        WHEN mod(student.n, {CODED_WITHOUT_APPROVAL}) = 1 AND k = 1 THEN coalesce(approved.program, '50')
        ELSE coalesce(approved.program, '') END AS program,
    coalesce(approved.course_code, (100000 + k * 100 + mod(student.n, 12))::text) AS course_code,
    coalesce(approved.term, (ARRAY['S1', 'S2', 'YL'])[1 + mod(k, 3)]) AS term
) AS what ON true
JOIN LATERAL (SELECT what.course_code || what.term || what.program AS assignment) AS class ON true
"""
CLASSES = """
SELECT place.place, assignment, substring(assignment for 6) AS course_code, substring(assignment FROM 7 FOR 2) AS term,
    substring(assignment FROM 9) AS program, row_number() OVER (PARTITION BY place.place ORDER BY assignment) AS line
FROM night_lea AS place JOIN night_class AS class ON class.place = place.place
"""


def _rows(stored: dict[Kind, StoredCollection]) -> dict[str, int]:
    of = {kind: f"{collection.pk}, {upload_key(kind)} + place.place" for kind, collection in stored.items()}
    teacher = "md5('teacher ' || place.place), '60', NULL"
    core = f"""INSERT INTO {columns.table(Kind.STU_CORE)} (collection_id, upload_id, line, district_code, school_code,
            mosis_id, last_name, first_name, birth_date, grade_level)
        SELECT {of[Kind.STU_CORE]}, own, place.code, '1050', mosis_id, last_name, first_name, birth_date, grade_level
        FROM night_lea AS place JOIN night_student USING (lea) ORDER BY n"""
    execute(core)
    october = execute(
        f"""INSERT INTO {columns.table(Kind.STU_ASSIGN)} (collection_id, upload_id, line, district_code, school_code,
            educator, position_code, cte_program_type, mosis_id, last_name, first_name, birth_date, grade_level,
            assignment_number, course_code)
        SELECT {of[Kind.STU_ASSIGN]}, student.own * 10 + k, place.code, '1050', {teacher}, student.mosis_id,
            student.last_name, student.first_name, student.birth_date, student.grade_level, assignment, what.course_code
        FROM {DAY} WHERE approved.line IS NULL OR {IN_OCTOBER} ORDER BY student.n, k"""
    )
    june = execute(
        f"""INSERT INTO {columns.table(Kind.STU_CRS_COMP)} (collection_id, upload_id, line, district_code, school_code,
            educator, position_code, cte_program_type, mosis_id, last_name, first_name, birth_date, grade_level,
            assignment_number, course_code, semester, grade_earned, credits_earned, program_code, delivery_system)
        SELECT {of[Kind.STU_CRS_COMP]}, student.own * 10 + k, place.code, '1050', {teacher}, student.mosis_id,
            student.last_name, student.first_name, student.birth_date, student.grade_level, assignment,
            what.course_code, what.term, CASE WHEN approved.fate = 'other grade' THEN 'C' ELSE 'B' END, 0.5,
            what.program, CASE WHEN what.program <> '' THEN 'V' END
        FROM {DAY} WHERE CASE WHEN approved.line IS NULL
            THEN pg_temp.pick(student.n * 10 + k, 7, 1000) >= {MISSING_IN_JUNE} ELSE {IN_JUNE} END
        ORDER BY student.n, k"""
    )
    of_rows = columns.table(Kind.STU_ASSIGN)
    make(
        "night_class",
        f"SELECT DISTINCT upload_id - {upload_key(Kind.STU_ASSIGN)} AS place, assignment_number AS assignment"
        f" FROM {of_rows}",
        key="place, assignment",
    )
    execute(
        f"""INSERT INTO {columns.table(Kind.CRS_ASSIGN)} (collection_id, upload_id, line, district_code, school_code,
            educator, position_code, cte_program_type, assignment_number, local_course_number, course_code, semester,
            program_code, delivery_system, minutes_per_week, units_of_credit)
        SELECT {of[Kind.CRS_ASSIGN]}, class.line, place.code, '1050', {teacher}, assignment, '1', class.course_code,
            term, program, CASE WHEN program <> '' OR class.course_code LIKE '1009_1' THEN 'V' END, 225, 0.5
        FROM ({CLASSES}) AS class JOIN night_lea AS place USING (place) ORDER BY place.place, class.line"""
    )
    for kind in (Kind.STU_ASSIGN, Kind.STU_CORE, Kind.STU_CRS_COMP):
        execute(
            f"""INSERT INTO {columns.LINES} (collection_id, upload_id, mosis_id, lines)
            SELECT collection_id, upload_id, mosis_id, array_agg(line ORDER BY line) FROM {columns.table(kind)}
            GROUP BY 1, 2, 3 ORDER BY 2, 3"""
        )
    return {"october": october, "june": june}
