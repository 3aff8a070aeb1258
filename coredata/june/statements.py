"""The SQL of the June list. Set-based: what a page shows is cut out in the database, and no row passes through Python.

Parts of `WITH`, each built on those before it:

- `grade`: the grades of the school year with what they mean;
- `october`: the LEA's relevant student-courses by its two certified files, co-teachers once;
- `own`: what the district's own records say: approved courses that have started and that it pays for as MOCAP courses,
  and the courses of full-time students whom it hosts;
- `reported`: what the accepted reports of providers say of this LEA;
- `wanted`: the student-courses that June has to have, numbered, each with where it comes from;
- `listing`: the same with the outcome that is proposed and what stands in the June file that was sent.

Two rows are about the same course when student and course code agree and their semesters share a time (core data 2.5).
"""

from __future__ import annotations

from ..checks.courses import ANY_TIME, TIMES


def _time(semester: str) -> str:
    """The quarters and trimesters that a semester covers, as bits."""
    cases = " ".join(f"WHEN '{name}' THEN {bits}" for name, bits in TIMES.items())
    return f"(CASE {semester} {cases} ELSE {ANY_TIME} END)"


_WITH = """
WITH grade AS (
    SELECT DISTINCT ON (code) code, "group" AS means
    FROM directory_codemeaning
    WHERE code_set = %(grades)s AND valid_from <= %(ends_on)s AND (valid_to IS NULL OR valid_to >= %(starts_on)s)
    ORDER BY code, valid_from DESC
),
october AS (
    SELECT mosis_id, course_code, semester, {time} AS time, school_code, program_code, delivery_system,
        units_of_credit AS units, grade_level, birth_date, student_line, course_line,
        program_code = ANY(%(programs)s) AS is_coded
    FROM coredata_studentcourse
    WHERE lea_id = %(lea)s AND school_year_id = %(year)s
),
approved AS (
    SELECT 'approval' AS origin, student.mosis_id, course.state_course_code AS course_code, term.code AS semester,
        line.started_on AS begins_on, line.state = ANY(%(ended)s) AS is_over,
        CASE WHEN line.state = ANY(%(with_result)s) THEN upper(line.final_grade) END AS result,
        line.credit_earned AS credits, line.state = %(confirmed)s AS is_confirmed,
        CASE course.instruction WHEN %(curriculum)s THEN %(district_teaches)s ELSE %(provider_teaches)s END
            AS program_code,
        course.credits AS units, course.title,
        CASE WHEN school.lea_id = %(lea)s THEN school.state_school_id ELSE '' END AS school_code,
        student.last_name, student.first_name, student.birth_date, student.grade
    FROM registration_rosterline AS roster
    JOIN part_time_courseline AS line ON line.id = roster.line_id
    JOIN part_time_courserequest AS request ON request.id = line.request_id
    JOIN directory_term AS term ON term.id = request.term_id
    JOIN records_claim AS claim ON claim.id = request.claim_id
    JOIN records_student AS student ON student.id = claim.student_id
    JOIN directory_school AS school ON school.id = student.school_id
    JOIN providers_course AS course ON course.id = line.course_id
    WHERE roster.lea_id = %(lea)s AND term.school_year_id = %(year)s AND term.code <> %(summer)s
        AND line.state = ANY(%(approved)s) AND line.basis <> %(private)s AND line.started_on IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM providers_agreement AS agreement
            WHERE agreement.kind = ANY(%(without_code)s)
                AND agreement.valid_from <= line.started_on
                AND (agreement.valid_to IS NULL OR agreement.valid_to >= line.started_on)
                AND (
                    agreement.lea_id = %(lea)s
                    AND roster.provider_id IN (agreement.provider_id, agreement.partner_lea_id)
                    OR agreement.lea_id = roster.provider_id AND agreement.partner_lea_id = %(lea)s
                )
        )
),
-- A course that a later version of the schedule lacks was dropped, unless it had ended by then.
hosted AS (
    SELECT 'full_time' AS origin, student.mosis_id, course.state_course_code AS course_code,
        CASE
            WHEN taken.ends_on < (
                SELECT starts_on FROM directory_term WHERE school_year_id = %(year)s AND code = 'S2'
            ) THEN 'S1'
            WHEN taken.starts_on > (
                SELECT ends_on FROM directory_term WHERE school_year_id = %(year)s AND code = 'S1'
            ) THEN 'S2'
            ELSE 'YL'
        END AS semester,
        taken.starts_on AS begins_on,
        schedule.version < newest.version AND taken.ends_on > schedule.valid_to
            OR enrollment.state = ANY(%(left)s) AND taken.ends_on > enrollment.ended_on AS is_over,
        NULL AS result, NULL::numeric AS credits, false AS is_confirmed,
        CASE course.instruction WHEN %(curriculum)s THEN %(district_teaches)s ELSE %(provider_teaches)s END
            AS program_code,
        taken.credit AS units, course.title, school.state_school_id AS school_code,
        student.last_name, student.first_name, student.birth_date, student.grade
    FROM full_time_program AS program
    JOIN full_time_programenrollment AS enrollment ON enrollment.program_id = program.id
    JOIN full_time_schedule AS schedule
        ON schedule.enrollment_id = enrollment.id AND schedule.school_year_id = %(year)s
    JOIN (
        SELECT enrollment_id, max(version) AS version FROM full_time_schedule
        WHERE school_year_id = %(year)s GROUP BY enrollment_id
    ) AS newest ON newest.enrollment_id = enrollment.id
    JOIN full_time_scheduledcourse AS taken ON taken.schedule_id = schedule.id
    JOIN providers_course AS course ON course.id = taken.course_id
    JOIN records_student AS student ON student.id = enrollment.student_id
    JOIN directory_school AS school ON school.id = program.school_id
    WHERE program.host_id = %(lea)s AND enrollment.entered_at IS NOT NULL AND taken.starts_on <= %(on)s
        AND (enrollment.ended_on IS NULL OR taken.starts_on <= enrollment.ended_on)
        AND (schedule.valid_to IS NULL OR taken.starts_on <= schedule.valid_to)
        AND NOT EXISTS (
            SELECT FROM full_time_schedule AS later
            JOIN full_time_scheduledcourse AS again ON again.schedule_id = later.id
            WHERE later.enrollment_id = enrollment.id AND later.school_year_id = %(year)s
                AND later.version > schedule.version AND again.course_id = taken.course_id
        )
),
own AS (
    SELECT DISTINCT ON (mosis_id, course_code, semester) found.*, {time} AS time
    FROM (SELECT * FROM approved UNION ALL SELECT * FROM hosted) AS found
    WHERE mosis_id IS NOT NULL AND course_code <> ''
    ORDER BY mosis_id, course_code, semester, is_over, begins_on DESC
),
reported AS (
    SELECT DISTINCT ON (said.mosis_id, said.course_code, said.semester)
        said.*, {said_time} AS time, organization.name AS provider,
        said.basis = %(mocap)s AND said.status = ANY(%(counting)s) AS counts,
        CASE said.teacher_provided WHEN 'N' THEN %(district_teaches)s ELSE %(provider_teaches)s END AS program_code
    FROM coredata_reportrow AS said
    JOIN coredata_providerreport AS report ON report.id = said.report_id
    JOIN directory_organization AS organization ON organization.id = report.provider_id
    WHERE report.state = %(accepted)s AND report.school_year_id = %(year)s AND said.district_code = %(code)s
        AND said.mosis_id <> '' AND said.course_code <> '' AND said.basis <> %(private_pay)s
    ORDER BY said.mosis_id, said.course_code, said.semester, said.basis = %(mocap)s DESC,
        array_position(%(counting)s, said.status::text), report.as_of DESC, said.id
),
-- What October has without a program code, and somebody else calls a MOCAP course.
called AS (
    SELECT october.mosis_id, october.course_code, october.semester
    FROM october JOIN own USING (mosis_id, course_code)
    WHERE NOT october.is_coded AND october.time & own.time <> 0
    UNION
    SELECT october.mosis_id, october.course_code, october.semester
    FROM october JOIN reported USING (mosis_id, course_code)
    WHERE NOT october.is_coded AND october.time & reported.time <> 0 AND reported.counts
),
found AS (
    SELECT
        CASE WHEN is_coded THEN 'october' ELSE 'uncoded' END AS origin, mosis_id, course_code, semester, time,
        school_code, program_code, delivery_system, units, grade_level, birth_date, '' AS last_name,
        '' AS first_name, '' AS title, student_line, course_line
    FROM october
    LEFT JOIN (SELECT called.*, true AS is_called FROM called) AS named USING (mosis_id, course_code, semester)
    WHERE is_coded OR is_called
    UNION ALL
    SELECT origin, mosis_id, course_code, semester, time, school_code, program_code, %(virtual)s, units,
        CASE grade WHEN 0 THEN 'K' ELSE lpad(grade::text, 2, '0') END, birth_date, last_name, first_name, title,
        NULL, NULL
    FROM own
    WHERE NOT EXISTS (
        SELECT FROM october
        WHERE october.mosis_id = own.mosis_id AND october.course_code = own.course_code
            AND october.time & own.time <> 0
    )
    UNION ALL
    SELECT 'report', mosis_id, course_code, semester, time, school_code, program_code, %(virtual)s,
        credits_attempted, grade_level, birth_date, last_name, first_name, course_title, NULL, NULL
    FROM reported
    WHERE counts
        AND NOT EXISTS (
            SELECT FROM october
            WHERE october.mosis_id = reported.mosis_id AND october.course_code = reported.course_code
                AND october.time & reported.time <> 0
        )
        AND NOT EXISTS (
            SELECT FROM own
            WHERE own.mosis_id = reported.mosis_id AND own.course_code = reported.course_code
                AND own.time & reported.time <> 0
        )
),
wanted AS (
    SELECT row_number() OVER () AS number, found.* FROM found
),
june AS (
    SELECT line, mosis_id, coalesce(course_code, '') AS course_code, coalesce(semester, '') AS semester,
        {june_time} AS time, upper(grade_earned) AS grade, credits_earned AS credits, program_code, last_name,
        first_name, local_course_name
    FROM coredata_stu_crs_comp
    WHERE collection_id = %(june_collection)s AND upload_id = %(june)s AND mosis_id IS NOT NULL
),
"""

# For each wanted course the one that fits best among those of another source.
_LISTING = """
by_district AS (
    SELECT DISTINCT ON (wanted.number) wanted.number, own.is_over, own.credits, own.is_confirmed,
        own.program_code, grade.code AS grade
    FROM wanted
    JOIN own USING (mosis_id, course_code)
    LEFT JOIN grade ON grade.code = own.result
    WHERE wanted.time & own.time <> 0
    ORDER BY wanted.number, own.semester = wanted.semester DESC, own.is_over, own.begins_on DESC
),
by_provider AS (
    SELECT DISTINCT ON (wanted.number) wanted.number, reported.status, reported.credits_earned AS credits,
        reported.provider, reported.program_code, reported.final_grade AS told,
        CASE reported.status
            WHEN 'withdrawn' THEN %(withdrew)s WHEN 'incomplete' THEN %(incomplete)s
            WHEN 'completed' THEN grade.code
        END AS grade
    FROM wanted
    JOIN reported USING (mosis_id, course_code)
    LEFT JOIN grade ON grade.code = upper(reported.final_grade)
    WHERE wanted.time & reported.time <> 0
    ORDER BY wanted.number, reported.semester = wanted.semester DESC, reported.begin_date DESC NULLS LAST,
        array_position(%(counting)s, reported.status::text)
),
standing AS (
    SELECT DISTINCT ON (wanted.number) wanted.number, june.line, june.grade, june.credits
    FROM wanted
    JOIN june USING (mosis_id, course_code)
    WHERE wanted.time & june.time <> 0
    ORDER BY wanted.number, june.semester = wanted.semester DESC, june.line
),
proposed AS (
    SELECT wanted.*, district.program_code AS own_code, provider.program_code AS reported_code,
        CASE
            WHEN district.is_over OR district.grade IS NOT NULL AND district.is_confirmed THEN 'district'
            WHEN provider.grade IS NOT NULL OR district.grade IS NOT NULL THEN 'provider'
            ELSE ''
        END AS source,
        CASE
            WHEN district.is_over THEN %(withdrew)s
            WHEN district.grade IS NOT NULL AND district.is_confirmed THEN district.grade
            ELSE coalesce(provider.grade, district.grade)
        END AS grade,
        CASE
            WHEN district.grade IS NOT NULL AND (district.is_confirmed OR provider.grade IS NULL)
                THEN district.credits
            ELSE provider.credits
        END AS told_credits,
        coalesce(provider.status, '') AS status, coalesce(provider.provider, '') AS provider,
        coalesce(provider.told, '') AS told
    FROM wanted
    LEFT JOIN by_district AS district USING (number)
    LEFT JOIN by_provider AS provider USING (number)
),
listing AS (
    SELECT proposed.number, origin, mosis_id, course_code, semester, school_code, delivery_system, units,
        grade_level, birth_date, last_name, first_name, title, student_line, course_line, source, status, provider,
        told,
        CASE
            WHEN program_code = ANY(%(programs)s) THEN program_code ELSE coalesce(own_code, reported_code)
        END AS program_code,
        coalesce(proposed.grade, '') AS proposed_grade,
        CASE grade.means
            WHEN 'withdrawn' THEN 0 WHEN 'fail' THEN 0
            -- The least of what was told and what is offered: of the two that are known.
            WHEN 'pass' THEN least(told_credits, units)
        END AS proposed_credits,
        standing.line AS june_line, coalesce(standing.grade, '') AS june_grade,
        standing.credits AS june_credits
    FROM proposed
    LEFT JOIN grade ON grade.code = proposed.grade
    LEFT JOIN standing USING (number)
),
final AS (
    SELECT listing.*, coalesce(nullif(june_grade, ''), proposed_grade) AS grade,
        CASE WHEN june_grade <> '' THEN june_credits ELSE proposed_credits END AS credits,
        CASE
            WHEN june_grade = '' AND proposed_grade = '' THEN 'open'
            WHEN grade.means = 'withdrawn' THEN 'withdrawn'
            ELSE 'ready'
        END AS state
    FROM listing
    LEFT JOIN grade ON grade.code = coalesce(nullif(june_grade, ''), proposed_grade)
)
"""

_TIMES = {"time": _time("semester"), "said_time": _time("said.semester"), "june_time": _time("semester")}
_UP_TO_JUNE = _WITH.format(**_TIMES)
_WHOLE = _UP_TO_JUNE + _LISTING

# What is asked for: one student or all, a part of the list or all of it.
_CHOSEN = """
WHERE (%(mosis_id)s = '' OR final.mosis_id = %(mosis_id)s)
    AND CASE %(shown)s
        WHEN '' THEN true
        WHEN 'added' THEN origin NOT IN ('october', 'uncoded')
        WHEN 'uncoded' THEN origin = 'uncoded'
        WHEN 'missing' THEN june_line IS NULL
        WHEN 'differs' THEN june_grade <> '' AND proposed_grade <> '' AND june_grade <> proposed_grade
        ELSE state = %(shown)s
    END
"""

COUNTS = (
    _WHOLE
    + """
SELECT count(*) AS whole,
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

_HOW_MANY = "SELECT count(*) FROM final"
HOW_MANY = _WHOLE + _HOW_MANY + _CHOSEN

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

ROWS = (
    _WHOLE
    + """
SELECT final.origin, final.mosis_id, final.course_code, final.semester, final.program_code, final.status,
    final.provider, final.told, final.source, final.proposed_grade, final.proposed_credits, final.june_line,
    final.june_grade, final.june_credits, final.grade, final.credits, final.state, final.student_line,
"""
    + _NAMES
    + _BESIDE_OCTOBER
    + _CHOSEN
    + _IN_ORDER
    + "\nLIMIT %(limit)s OFFSET %(offset)s"
)

FILE = (
    _WHOLE
    + """
SELECT final.mosis_id, final.course_code, final.semester, final.program_code, final.grade AS grade_earned,
    final.credits AS credits_earned,
    coalesce(nullif(final.delivery_system, ''), %(virtual)s) AS delivery_system,
    coalesce(nullif(final.school_code, ''), student.school_code) AS school_code,
    coalesce(student.birth_date, final.birth_date) AS birth_date,
    coalesce(student.grade_level, final.grade_level) AS grade_level,
    student.local_student_id, student.middle_name, student.name_suffix,
    coalesce(taken.position_code, %(teacher)s) AS position_code, taken.receiving_district_code,
    taken.sending_district_code, taken.sending_school_code, taken.cte_program_type, taken.assignment_number,
    taken.local_course_number, taken.local_course_name,
"""
    + _NAMES
    + _BESIDE_OCTOBER
    + _TAKEN
    + _IN_ORDER
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
EXTRA_COUNTS = _UP_TO_JUNE + _EXTRA + _EXTRA_COUNTS
EXTRA = (
    _UP_TO_JUNE
    + _EXTRA
    + """
SELECT line, mosis_id, course_code, semester, coalesce(program_code, '') AS program_code,
    coalesce(grade, '') AS grade, coalesce(last_name, '') AS last_name, coalesce(first_name, '') AS first_name,
    coalesce(local_course_name, '') AS title, is_in_october
FROM unasked ORDER BY line LIMIT %(limit)s OFFSET %(offset)s
"""
)
