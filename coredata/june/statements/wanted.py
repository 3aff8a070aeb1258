"""The student-courses that June has to have, and the rows of the June file that it is held against."""

from __future__ import annotations

from ...checks.courses import ANY_TIME, TIMES


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
        AND (schedule.valid_to IS NULL OR taken.starts_on <= schedule.valid_to) AND schedule.replaced_at IS NULL
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

_TIMES = {"time": _time("semester"), "said_time": _time("said.semester"), "june_time": _time("semester")}
UP_TO_JUNE = _WITH.format(**_TIMES)
