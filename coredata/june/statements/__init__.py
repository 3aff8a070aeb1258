"""The SQL of the June list. Set-based: what a page shows is cut out in the database, and no row passes through Python.

Parts of `WITH`, each built on those before it:

- `grade`: the grades of the school year with what they mean;
- `october`: the LEA's relevant student-courses by its two certified files, co-teachers once;
- `own`: what the district's own records say: approved courses that have started and that it pays for as MOCAP courses,
  and the courses of full-time students whom it hosts;
- `reported`: what the accepted reports of providers say of this LEA;
- `wanted`: the student-courses that June has to have, numbered, each with where it comes from;
- `listing`: the same with the outcome that is proposed and what stands in the June file that was sent;
- `final`: the same with what was typed, and the outcome that goes into the file to take along.

Two rows are about the same course when student and course code agree and their semesters share a time (core data 2.5).
"""

from __future__ import annotations

from .listing import WHOLE
from .wanted import UP_TO_JUNE

# What is asked for: some student-courses or all, a student or all, a part of the list or all of it.
_CHOSEN = """
WHERE (
        %(mosis_ids)s::text[] IS NULL
        OR (final.mosis_id, final.course_code, final.semester) IN (
            SELECT * FROM unnest(%(mosis_ids)s::text[], %(course_codes)s::text[], %(semesters)s::text[])
        )
    )
    AND (
        %(who)s = '' OR final.mosis_id = %(who)s
        OR position(
            %(who)s IN lower(concat_ws(
                ', ', coalesce(student.last_name, final.last_name), coalesce(student.first_name, final.first_name)
            ))
        ) > 0
        OR position(
            %(who)s IN lower(concat_ws(
                ' ', coalesce(student.first_name, final.first_name), coalesce(student.last_name, final.last_name)
            ))
        ) > 0
    )
    AND CASE %(shown)s
        WHEN '' THEN true
        WHEN 'empty' THEN NOT is_filled
        WHEN 'otherwise' THEN is_otherwise
        WHEN 'unlike' THEN is_unlike
        WHEN 'added' THEN origin NOT IN ('october', 'uncoded')
        WHEN 'uncoded' THEN origin = 'uncoded'
        WHEN 'missing' THEN june_line IS NULL
        WHEN 'differs' THEN june_grade <> '' AND proposed_grade <> '' AND june_grade <> proposed_grade
        ELSE state = %(shown)s
    END
"""

COUNTS = (
    WHOLE
    + """
SELECT count(*) AS whole,
    count(*) FILTER (WHERE is_filled) AS filled,
    count(*) FILTER (WHERE NOT is_filled) AS empty,
    count(*) FILTER (WHERE is_otherwise) AS otherwise,
    count(*) FILTER (WHERE is_unlike) AS unlike,
    count(*) FILTER (WHERE NOT is_filled AND proposed_grade <> '') AS proposed,
    count(*) FILTER (WHERE state = 'open') AS open,
    count(*) FILTER (WHERE state = 'ready') AS ready,
    count(*) FILTER (WHERE state = 'withdrawn') AS withdrawn,
    count(*) FILTER (WHERE origin NOT IN ('october', 'uncoded')) AS added,
    count(*) FILTER (WHERE origin = 'uncoded') AS uncoded,
    count(*) FILTER (WHERE june_line IS NULL) AS missing,
    count(*) FILTER (WHERE june_grade <> '' AND proposed_grade <> '' AND june_grade <> proposed_grade) AS differs
FROM final
"""
)

# Who a student is, October's file says, also of a course that came later; else the record or the report.
_BESIDE_OCTOBER = """
FROM final
LEFT JOIN coredata_student_lines AS known
    ON known.collection_id = %(student_collection)s AND known.upload_id = %(students)s
    AND known.mosis_id = final.mosis_id
LEFT JOIN coredata_stu_assign AS student
    ON student.collection_id = %(student_collection)s AND student.upload_id = %(students)s
    AND student.line = coalesce(final.student_line, known.lines[1])
LEFT JOIN coredata_crs_assign AS october_course
    ON october_course.collection_id = %(course_collection)s AND october_course.upload_id = %(courses)s
    AND october_course.line = final.course_line
"""
_NAMES = """
    coalesce(student.last_name, final.last_name) AS last_name,
    coalesce(student.first_name, final.first_name) AS first_name,
    coalesce(nullif(final.title, ''), october_course.local_course_name, '') AS title
"""
# The row of October that is about this very course.
_TAKEN = """
LEFT JOIN coredata_stu_assign AS taken
    ON taken.collection_id = %(student_collection)s AND taken.upload_id = %(students)s
    AND taken.line = final.student_line
"""
_IN_ORDER = " ORDER BY last_name, first_name, mosis_id, course_code, semester "
_HOW_MANY = "SELECT count(*) "
HOW_MANY = WHOLE + _HOW_MANY + _BESIDE_OCTOBER + _CHOSEN

# What a course outside October may lack, and what is typed is for.
_SCHOOL = "coalesce(nullif(final.school_code, ''), nullif(student.school_code, ''), '')"
_LEVEL = "coalesce(nullif(student.grade_level, ''), nullif(final.grade_level, ''), '')"

ROWS = (
    WHOLE
    + f"""
SELECT final.origin, final.mosis_id, final.course_code, final.semester, final.program_code, final.status,
    final.provider, final.told, final.source, final.proposed_grade, final.proposed_credits, final.june_line,
    final.june_grade, final.june_credits, final.grade, final.credits, final.state, final.student_line,
{_NAMES},
    final.typed_grade, final.typed_credits, final.typed_assignment, final.typed_school, final.typed_level,
    final.version, coalesce(nullif(person.name, ''), person.email, '') AS typed_by, final.at AS typed_at,
    final.said_by, final.is_filled, final.student_line IS NULL AS lacks_assignment, {_SCHOOL} = '' AS lacks_school,
    {_LEVEL} = '' AS lacks_level
{_BESIDE_OCTOBER}
LEFT JOIN accounts_membership AS hat ON hat.id = final.by_id
LEFT JOIN accounts_user AS person ON person.id = hat.user_id
{_CHOSEN}
{_IN_ORDER}
LIMIT %(limit)s OFFSET %(offset)s
"""
)

FILE = (
    WHOLE
    + f"""
SELECT final.mosis_id, final.course_code, final.semester, final.program_code, final.grade AS grade_earned,
    final.credits AS credits_earned,
    coalesce(nullif(final.delivery_system, ''), %(virtual)s) AS delivery_system,
    coalesce(nullif({_SCHOOL}, ''), typed_school) AS school_code,
    coalesce(student.birth_date, final.birth_date) AS birth_date,
    coalesce(nullif({_LEVEL}, ''), typed_level) AS grade_level,
    student.local_student_id, student.middle_name, student.name_suffix,
    coalesce(taken.position_code, %(teacher)s) AS position_code, taken.receiving_district_code,
    taken.sending_district_code, taken.sending_school_code, taken.cte_program_type,
    coalesce(taken.assignment_number, final.typed_assignment) AS assignment_number, taken.local_course_number,
    taken.local_course_name,
{_NAMES}
{_BESIDE_OCTOBER}
{_TAKEN}
{_CHOSEN}
{_IN_ORDER}
"""
)

# What can be taken over: a proposal where nothing is said yet.
PROPOSALS = (
    WHOLE
    + f"""
SELECT final.mosis_id, final.course_code, final.semester, final.proposed_grade, final.proposed_credits, final.version
{_BESIDE_OCTOBER}
{_CHOSEN} AND NOT is_filled AND proposed_grade <> ''
ORDER BY final.mosis_id, final.course_code, final.semester
"""
)

# What was typed for courses that June no longer has to have.
UNEXPECTED = (
    WHOLE
    + """
SELECT typed.mosis_id, typed.course_code, typed.semester, typed.grade_earned, typed.credits_earned,
    coalesce(nullif(person.name, ''), person.email, '') AS typed_by, typed.at,
    coalesce(student.last_name, '') AS last_name, coalesce(student.first_name, '') AS first_name
FROM typed
LEFT JOIN wanted USING (mosis_id, course_code, semester)
LEFT JOIN accounts_membership AS hat ON hat.id = typed.by_id
LEFT JOIN accounts_user AS person ON person.id = hat.user_id
LEFT JOIN records_student AS student ON student.mosis_id = typed.mosis_id AND student.lea_id = %(lea)s
WHERE wanted.number IS NULL AND typed.grade_earned <> ''
ORDER BY last_name, first_name, mosis_id, course_code, semester
"""
)

# MOCAP rows of the June file that nothing asks for.
_EXTRA = """
unasked AS (
    SELECT june.*,
        EXISTS (
            SELECT FROM october
            WHERE october.mosis_id = june.mosis_id AND october.course_code = june.course_code
                AND october.time & june.time <> 0
        ) AS is_in_october
    FROM june
    WHERE june.program_code = ANY(%(programs)s)
        AND NOT EXISTS (
            SELECT FROM wanted
            WHERE wanted.mosis_id = june.mosis_id AND wanted.course_code = june.course_code
                AND wanted.time & june.time <> 0
        )
)
"""
_EXTRA_COUNTS = "SELECT (SELECT count(*) FROM unasked), (SELECT count(program_code) > 0 FROM june)"
EXTRA_COUNTS = UP_TO_JUNE + _EXTRA + _EXTRA_COUNTS
EXTRA = (
    UP_TO_JUNE
    + _EXTRA
    + """
SELECT line, mosis_id, course_code, semester, coalesce(program_code, '') AS program_code,
    coalesce(grade, '') AS grade, coalesce(last_name, '') AS last_name, coalesce(first_name, '') AS first_name,
    coalesce(local_course_name, '') AS title, is_in_october
FROM unasked ORDER BY line LIMIT %(limit)s OFFSET %(offset)s
"""
)
