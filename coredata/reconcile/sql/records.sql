-- Rows that vanished, stand twice, or do not fit what they name.

-- M-86
SELECT before.lea_id, coalesce(a.provider_id, v.provider_id), before.mosis_id, before.course_code, before.semester,
    a.a_id, NULL::bigint, NULL::bigint, v.v_id, '', jsonb_build_object('expected', before.program_code)
FROM o_before AS before JOIN scope USING (lea_id)
LEFT JOIN LATERAL (
    SELECT a.a_id, a.provider_id FROM a JOIN fits ON fits.one = a.semester AND fits.two = before.semester
    WHERE a.mosis_id = before.mosis_id AND a.course_code = before.course_code AND a.counts ORDER BY a.a_id LIMIT 1
) AS a ON true
LEFT JOIN LATERAL (
    SELECT v.v_id, v.provider_id FROM v JOIN fits ON fits.one = v.semester AND fits.two = before.semester
    WHERE v.mosis_id = before.mosis_id AND v.course_code = before.course_code AND v.counts ORDER BY v.line LIMIT 1
) AS v ON true
WHERE before.program_code = ANY(%(programs)s) AND (a.a_id IS NOT NULL OR v.v_id IS NOT NULL)
    AND scope.has_courses AND scope.has_students
    AND NOT EXISTS (
        SELECT FROM o JOIN fits ON fits.one = o.semester AND fits.two = before.semester
        WHERE o.lea_id = before.lea_id AND o.mosis_id = before.mosis_id AND o.course_code = before.course_code
    )

-- M-87
-- Said once, of the first; by term and provider, as numbers are given in any order.
SELECT a.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id, NULL::bigint, NULL::bigint, NULL::bigint,
    '', jsonb_build_object(
        'other', (array_agg(second.line_id ORDER BY second.semester, second.provider_id, second.a_id))[1]
    )
FROM a JOIN scope USING (lea_id)
JOIN a AS second USING (lea_id, mosis_id, course_code)
JOIN fits ON fits.one = a.semester AND fits.two = second.semester
WHERE (second.semester, second.provider_id, second.a_id) > (a.semester, a.provider_id, a.a_id)
    AND a.counts AND second.counts AND NOT a.is_withdrawn AND NOT second.is_withdrawn
GROUP BY a.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id

-- M-88
SELECT {v}, '', jsonb_build_object('reported', v.basis, 'found', coalesce(held.kind, paid.basis))
FROM v JOIN scope USING (lea_id)
LEFT JOIN LATERAL (
    SELECT agreement.kind FROM providers_agreement AS agreement
    WHERE agreement.lea_id = v.lea_id AND agreement.kind <> 'data'
        AND (agreement.provider_id = v.provider_id OR agreement.partner_lea_id = v.provider_id)
        AND agreement.valid_from <= coalesce(v.begins_on, %(as_of)s)
        AND (agreement.valid_to IS NULL OR agreement.valid_to >= coalesce(v.begins_on, %(as_of)s))
    ORDER BY agreement.kind <> v.basis, agreement.kind LIMIT 1
) AS held ON true
LEFT JOIN (
    SELECT DISTINCT av.v_id, 'private_pay' AS basis FROM av JOIN a USING (a_id)
    WHERE a.basis = 'private' AND a.state = ANY(%(approved)s)
) AS paid ON paid.v_id = v.v_id
LEFT JOIN (SELECT DISTINCT av.v_id FROM av JOIN a USING (a_id) WHERE a.counts) AS approved ON approved.v_id = v.v_id
WHERE (v.basis IN ('site_license', 'cooperative', 'partnership') AND held.kind IS DISTINCT FROM v.basis)
    OR (v.counts AND (held.kind IS NOT NULL OR paid.basis IS NOT NULL) AND approved.v_id IS NULL)

-- M-89
SELECT {unit},
    CASE WHEN v.type = 'FT' AND EXISTS (
        SELECT FROM a AS other WHERE other.mosis_id = unit.mosis_id AND other.type = 'FT' AND other.counts
    ) THEN 'type_wrong' ELSE '' END,
    jsonb_build_object('approved', a.type, 'reported', v.type)
FROM unit JOIN a USING (a_id) JOIN v USING (v_id)
WHERE v.counts AND v.type <> '' AND v.type <> a.type

-- M-90
SELECT {v}, CASE WHEN every_a.line_id IS NULL THEN 'own_number' ELSE '' END,
    jsonb_build_object('reported', v.approval_id)
FROM v JOIN scope USING (lea_id)
LEFT JOIN every_a ON every_a.line_id::text = v.approval_id
WHERE v.approval_id <> '' AND (
    every_a.line_id IS NULL OR every_a.mosis_id <> v.mosis_id OR every_a.provider_id <> v.provider_id
    OR (every_a.line_id, v.v_id) NOT IN (  -- all at once: asked for each row, what was laid would be read as often
        SELECT a.line_id, av.v_id FROM av JOIN a USING (a_id) JOIN a_code USING (a_id)
            JOIN v_code ON v_code.v_id = av.v_id AND v_code.course_code = a_code.course_code
        WHERE a.line_id IS NOT NULL
    )
)

-- M-91
-- A section is its own LEA's to complete, whoever approved the course. A coded one without a student is in Course Assignment
-- only, so it is told of the LEA, not of a student. Of somebody who stands in two sections of one course one is kept: then no
-- section of the course is said to be empty, whether or not anything else is asked about that student.
WITH filled AS MATERIALIZED (  -- once: looked up for each section, the LEA's students would be read as often
    SELECT DISTINCT section.lea_id, section.school_code, section.assignment_number
    FROM o JOIN section ON section.lea_id = o.lea_id AND section.line = o.course_line
), doubled AS MATERIALIZED (
    SELECT both_of.lea_id, both_of.course_code, both_of.semester
    FROM coredata_studentcourse AS both_of JOIN scope USING (lea_id)
    WHERE both_of.school_year_id = %(year)s AND both_of.sections > 1 AND lea_id <> ALL(%(tried)s::bigint[])
    UNION SELECT lea_id, course_code, semester FROM o_trial WHERE sections > 1
)
SELECT {o}, 'teacher', '{{}}'::jsonb
FROM o JOIN scope USING (lea_id)
WHERE o.is_coded AND o.educators = 0
UNION ALL
SELECT section.lea_id, NULL::bigint, '', coalesce(section.course_code, ''), coalesce(section.semester, ''), NULL::bigint,
    NULL::bigint, NULL::bigint, NULL::bigint, 'students',
    jsonb_build_object('number', count(DISTINCT (section.school_code, section.assignment_number)))
FROM section JOIN scope USING (lea_id)
WHERE scope.has_courses AND scope.has_students AND section.program_code = ANY(%(programs)s)
    AND NOT EXISTS (
        SELECT FROM filled WHERE filled.lea_id = section.lea_id AND filled.school_code = section.school_code
            AND filled.assignment_number = section.assignment_number
    )
    AND NOT EXISTS (
        SELECT FROM doubled WHERE doubled.lea_id = section.lea_id
            AND doubled.course_code = coalesce(section.course_code, '')
            AND doubled.semester = coalesce(section.semester, '')
    )
GROUP BY section.lea_id, coalesce(section.course_code, ''), coalesce(section.semester, '')

-- M-92
SELECT {unit}, '', jsonb_build_object('found', o.school_code)
FROM unit JOIN o USING (o_id)
JOIN directory_school AS school ON school.lea_id = o.lea_id AND school.state_school_id = o.school_code
WHERE o.is_coded AND school.active_to < %(year_starts)s
    AND NOT EXISTS (
        SELECT FROM directory_school AS open WHERE open.lea_id = o.lea_id AND open.state_school_id = o.school_code
            AND (open.active_to IS NULL OR open.active_to >= %(year_starts)s)
    )

-- M-93
SELECT {v}, '', jsonb_build_object('reported', v.status)
FROM v JOIN scope USING (lea_id)
WHERE lower(v.first_name) IN ('test', 'demo', 'sample', 'dummy', 'fake', 'student')
    OR lower(v.last_name) IN ('test', 'demo', 'sample', 'dummy', 'fake', 'student', 'teststudent', 'demostudent')
    OR v.birth_date IN ('1900-01-01', '1970-01-01', '1999-12-31', '2000-01-01')

-- M-94
SELECT {v}, '', jsonb_build_object('reported', v.enrollment_id, 'other', second.enrollment_id)
FROM v JOIN scope USING (lea_id)
JOIN v AS second USING (provider_id, mosis_id, course_code, semester)
WHERE v.mosis_id <> '' AND v.course_code <> '' AND second.enrollment_id > v.enrollment_id
    AND v.status NOT IN ('withdrawn', 'no_start') AND second.status NOT IN ('withdrawn', 'no_start')
