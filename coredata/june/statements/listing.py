"""Each student-course of the list with its outcome: what was typed, what stands in June, what is proposed."""

from __future__ import annotations

from .wanted import UP_TO_JUNE

# For each wanted course the one that fits best among those of another source.
LISTING = """
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
typed AS (
    SELECT outcome.mosis_id, outcome.course_code, outcome.semester, outcome.grade_earned, outcome.credits_earned,
        outcome.assignment_number, outcome.school_code, outcome.grade_level, outcome.version, outcome.by_id, outcome.at
    FROM june_typedoutcome AS outcome
    JOIN june_draft AS draft ON draft.id = outcome.draft_id
    WHERE draft.lea_id = %(lea)s AND draft.school_year_id = %(year)s
),
-- What is typed goes first, unless June is certified: then what was certified does. Grade and credits go together.
settled AS (
    SELECT listing.*,
        coalesce(typed.grade_earned, '') AS typed_grade, coalesce(typed.credits_earned, '') AS typed_credits,
        coalesce(typed.assignment_number, '') AS typed_assignment, coalesce(typed.school_code, '') AS typed_school,
        coalesce(typed.grade_level, '') AS typed_level, coalesce(typed.version, 0) AS version, typed.by_id, typed.at,
        CASE
            WHEN typed.grade_earned <> '' AND NOT (%(is_certified)s AND june_grade <> '') THEN 'typed'
            WHEN june_grade <> '' THEN 'june'
            ELSE source
        END AS said_by
    FROM listing
    LEFT JOIN typed USING (mosis_id, course_code, semester)
),
chosen AS (
    SELECT settled.*,
        CASE said_by WHEN 'typed' THEN typed_grade WHEN 'june' THEN june_grade ELSE proposed_grade END AS grade,
        CASE said_by
            WHEN 'typed' THEN nullif(typed_credits, '')::numeric WHEN 'june' THEN june_credits
            ELSE proposed_credits
        END AS credits,
        typed_grade <> '' OR june_grade <> '' AS is_filled,
        typed_grade <> '' AND proposed_grade <> '' AND (
            typed_grade <> proposed_grade OR coalesce(nullif(typed_credits, '')::numeric, 0) <> proposed_credits
        ) IS TRUE AS is_otherwise,
        typed_grade <> '' AND (
            typed_grade <> june_grade
            OR coalesce(nullif(typed_credits, '')::numeric, 0) <> coalesce(june_credits, 0)
        ) AS is_unlike
    FROM settled
),
final AS (
    SELECT chosen.*,
        CASE
            WHEN chosen.grade = '' THEN 'open'
            WHEN grade.means = 'withdrawn' THEN 'withdrawn'
            ELSE 'ready'
        END AS state
    FROM chosen
    LEFT JOIN grade ON grade.code = chosen.grade
)
"""

WHOLE = UP_TO_JUNE + LISTING
