-- Program code and delivery system.

-- M-20
-- Where another section of the course has its code, the school knows that it needs one.
SELECT {unit},
    CASE WHEN EXISTS (
        SELECT FROM o AS other WHERE other.lea_id = o.lea_id AND other.course_code = o.course_code
            AND other.semester = o.semester AND other.school_code = o.school_code AND other.is_coded
    ) THEN 'new_section' ELSE '' END,
    jsonb_build_object('expected', coalesce(nullif(v.program, ''), a.program), 'found', o.program_code)
FROM unit JOIN a USING (a_id) JOIN o USING (o_id) JOIN v USING (v_id)
WHERE o.program_code = '' AND o.lea_id = unit.lea_id AND v.basis = 'mocap'

-- M-21
SELECT {unit}, CASE WHEN v.v_id IS NULL THEN 'not_in_catalog' ELSE v.basis END,
    jsonb_build_object('found', o.program_code, 'reported', v.basis)
FROM unit JOIN o USING (o_id) LEFT JOIN v USING (v_id)
WHERE unit.source = 'O' AND (
    v.basis IN ('site_license', 'cooperative', 'partnership', 'non_mocap_course')
    OR (v.v_id IS NULL AND NOT EXISTS (SELECT FROM in_catalog WHERE in_catalog.course_code = o.course_code))
)

-- M-22
SELECT {unit}, CASE WHEN a.program = '50' THEN 'reported_wrong' ELSE '' END,
    jsonb_build_object('expected', '52', 'found', o.program_code)
FROM unit JOIN o USING (o_id) LEFT JOIN a USING (a_id) LEFT JOIN v USING (v_id)
WHERE o.program_code = '50' AND (unit.source = 'A' OR unit.has_v) AND coalesce(nullif(v.program, ''), a.program) = '52'

-- M-23
SELECT {unit}, CASE WHEN a.type = 'FT' THEN 'part_or_full_time' ELSE '' END,
    jsonb_build_object('expected', '50', 'found', o.program_code)
FROM unit JOIN o USING (o_id) LEFT JOIN a USING (a_id) LEFT JOIN v USING (v_id)
WHERE o.program_code = '52' AND (unit.source = 'A' OR unit.has_v) AND coalesce(nullif(v.program, ''), a.program) = '50'

-- M-24
SELECT {unit}, '', jsonb_build_object('expected', coalesce(nullif(v.program, ''), a.program), 'found', o.program_code)
FROM unit JOIN a USING (a_id) JOIN o USING (o_id) LEFT JOIN v USING (v_id)
WHERE o.program_code <> '' AND NOT o.is_coded AND o.lea_id = unit.lea_id

-- M-25
SELECT {unit}, '', jsonb_build_object('found', o.program_code)
FROM unit JOIN o USING (o_id)
WHERE o.is_coded AND o.delivery_system = ''

-- M-26
SELECT {unit}, '', jsonb_build_object('found', o.delivery_system)
FROM unit JOIN o USING (o_id)
WHERE o.is_coded AND o.delivery_system NOT IN ('', 'V', 'S')

-- M-27
SELECT {unit}, '', jsonb_build_object('expected', 'V', 'found', o.delivery_system)
FROM unit JOIN o USING (o_id)
WHERE o.program_code = '50' AND o.delivery_system = 'S' AND (unit.source = 'A' OR unit.has_v)

-- M-28
SELECT {unit}, '', jsonb_build_object('found', o.program_code, 'other', coalesce(before.program_code, j.program_code))
FROM unit JOIN o USING (o_id) LEFT JOIN j USING (j_id) LEFT JOIN a USING (a_id) LEFT JOIN v USING (v_id)
LEFT JOIN o_before AS before ON before.lea_id = o.lea_id AND before.mosis_id = o.mosis_id
    AND before.course_code = o.course_code AND before.semester = o.semester
WHERE (j.program_code <> '' AND j.program_code <> o.program_code)
    OR (
        before.program_code = ANY(%(programs)s) AND o.is_coded AND before.program_code <> o.program_code
        AND o.program_code IS DISTINCT FROM coalesce(nullif(v.program, ''), a.program)  -- it was put right
    )

-- M-29
SELECT o.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id, o.o_id, NULL::bigint, NULL::bigint, '',
    jsonb_build_object('found', o.program_code)
FROM a JOIN ao USING (a_id) JOIN o USING (o_id) JOIN scope ON scope.lea_id = o.lea_id
WHERE a.counts AND a.type = 'FT' AND o.is_coded AND o.lea_id NOT IN (a.lea_id, a.resident_id)
