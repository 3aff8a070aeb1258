-- Which course, of which provider, in which term.

-- M-30
SELECT lea_id, provider_id, mosis_id, course_code, semester, a_id, o_id, j_id, v_id, '',
    jsonb_build_object('approved', course_code, CASE WHEN is_reported THEN 'reported' ELSE 'found' END, other_code)
FROM (
    SELECT one.lea_id, one.provider_id, one.mosis_id, one.course_code, one.semester, one.a_id,
        coalesce(two.o_id, one.o_id) AS o_id, coalesce(two.j_id, one.j_id) AS j_id,
        coalesce(two.v_id, one.v_id) AS v_id, two.course_code AS other_code,
        two.o_id IS NULL AND two.j_id IS NULL AS is_reported,
        count(*) OVER (PARTITION BY one.a_id) AS others_of_one,
        count(*) OVER (PARTITION BY two.source, two.o_id, two.j_id, two.v_id) AS others_of_two
    FROM unit AS one
    JOIN unit AS two ON two.lea_id = one.lea_id AND two.mosis_id = one.mosis_id AND two.course_code <> one.course_code
    JOIN fits ON fits.one = one.semester AND fits.two = two.semester
    WHERE one.source = 'A' AND two.source <> 'A' AND NOT two.is_refused
        AND (two.provider_id IS NULL OR two.provider_id = one.provider_id)
        AND NOT (one.has_o AND two.has_o) AND NOT (one.has_j AND two.has_j) AND NOT (one.is_listed AND two.is_listed)
) AS pairs
WHERE others_of_one = 1 AND others_of_two = 1

-- M-31
SELECT {v},
    CASE WHEN EXISTS (
        SELECT FROM crosswalk WHERE crosswalk.provider_id = v.provider_id AND crosswalk.course_code = v.course_code
    ) THEN 'code_changed' ELSE '' END,
    jsonb_build_object('reported', v.own_code)
FROM v JOIN scope USING (lea_id)
WHERE v.basis = 'mocap' AND v.own_code <> '' AND v.mapped_code IS NULL

-- M-32
SELECT {v}, CASE WHEN v.mapped_code IS NOT NULL THEN 'wrong_code' ELSE '' END,
    jsonb_build_object('reported', v.course_code)
FROM v JOIN scope USING (lea_id)
WHERE v.basis = 'mocap' AND NOT EXISTS (
    SELECT FROM crosswalk WHERE crosswalk.provider_id = v.provider_id AND crosswalk.course_code = v.course_code
)

-- M-33
SELECT {v}, '', jsonb_build_object('reported', v.course_code, 'date', v.begins_on)
FROM v JOIN scope USING (lea_id)
WHERE v.counts AND v.begins_on IS NOT NULL AND v.mapped_code IS NOT NULL AND NOT EXISTS (
    SELECT FROM crosswalk WHERE crosswalk.provider_id = v.provider_id AND crosswalk.own_code = v.own_code
        AND crosswalk.valid_from <= v.begins_on
        AND (crosswalk.valid_to IS NULL OR crosswalk.valid_to >= v.begins_on)
)

-- M-34
SELECT {v},
    CASE WHEN EXISTS (
        SELECT FROM providers_sanction AS sanction WHERE sanction.provider_id = v.provider_id
            AND sanction.valid_from <= v.begins_on AND (sanction.valid_to IS NULL OR sanction.valid_to >= v.begins_on)
    ) THEN 'suspended' ELSE '' END,
    jsonb_build_object('date', v.begins_on)
FROM v JOIN scope USING (lea_id)
WHERE v.counts AND v.begins_on IS NOT NULL AND NOT EXISTS (
    SELECT FROM providers_authorization AS held WHERE held.provider_id = v.provider_id
        AND v.begins_on BETWEEN held.valid_from AND held.valid_to
        AND NOT EXISTS (
            SELECT FROM providers_sanction AS sanction WHERE sanction.provider_id = v.provider_id
                AND sanction.valid_from <= v.begins_on
                AND (sanction.valid_to IS NULL OR sanction.valid_to >= v.begins_on)
        )
)

-- M-35
SELECT {unit}, '', jsonb_build_object('approved', approved.name, 'reported', reported.name)
FROM unit JOIN a USING (a_id) JOIN v USING (v_id)
JOIN directory_organization AS approved ON approved.id = a.provider_id
JOIN directory_organization AS reported ON reported.id = v.provider_id
WHERE v.counts AND v.provider_id <> a.provider_id

-- M-36
SELECT one.lea_id, one.provider_id, one.mosis_id, one.course_code, one.semester,
    one.a_id, coalesce(two.o_id, one.o_id), coalesce(two.j_id, one.j_id), coalesce(two.v_id, one.v_id),
    CASE WHEN one.semester IN ('S1', 'S2') AND two.semester IN ('S1', 'S2') THEN '' ELSE 'moved' END,
    jsonb_build_object(
        'approved', one.semester,
        CASE WHEN two.o_id IS NULL AND two.j_id IS NULL THEN 'reported' ELSE 'found' END, two.semester
    )
FROM unit AS one
JOIN unit AS two USING (lea_id, mosis_id, course_code)
WHERE one.source = 'A' AND two.source <> 'A' AND NOT two.is_refused
    AND NOT (one.has_o AND two.has_o) AND NOT (one.has_j AND two.has_j) AND NOT (one.is_listed AND two.is_listed)
    AND NOT EXISTS (SELECT FROM fits WHERE fits.one = one.semester AND fits.two = two.semester)

-- M-37
SELECT unit.lea_id, unit.provider_id, unit.mosis_id, unit.course_code, 'YL', unit.a_id, unit.o_id, NULL::bigint,
    NULL::bigint, '', jsonb_build_object('approved', a.semester, 'found', o.semester)
FROM unit JOIN a USING (a_id) JOIN o USING (o_id)
WHERE (
    a.semester <> 'YL' AND o.semester = 'YL'
    AND EXISTS (
        SELECT FROM ao AS half JOIN a AS second USING (a_id)
        WHERE half.o_id = unit.o_id AND half.place = 1 AND second.counts
            AND NOT EXISTS (SELECT FROM fits WHERE fits.one = unit.semester AND fits.two = second.semester)
    )
) OR (
    a.semester = 'YL' AND o.semester <> 'YL'
    AND EXISTS (
        SELECT FROM ao AS half JOIN o AS second USING (o_id)
        WHERE half.a_id = unit.a_id AND second.lea_id = o.lea_id
            AND NOT EXISTS (SELECT FROM fits WHERE fits.one = o.semester AND fits.two = second.semester)
    )
)

-- M-38
SELECT {unit}, CASE WHEN grade.number < crosswalk.grade_low THEN 'ahead' ELSE '' END,
    jsonb_build_object('found', o.grade_level)
FROM unit JOIN o USING (o_id) LEFT JOIN a USING (a_id) LEFT JOIN v USING (v_id)
JOIN LATERAL (
    SELECT CASE WHEN o.grade_level ~ '^[0-9]+$' THEN o.grade_level::integer WHEN o.grade_level ~ '^K' THEN 0 END AS number
) AS grade ON true
JOIN crosswalk ON crosswalk.provider_id = coalesce(v.provider_id, a.provider_id)
    AND crosswalk.own_code = coalesce(v.own_code, a.own_code)
    AND crosswalk.valid_from <= coalesce(unit.begins_on, %(as_of)s)
    AND (crosswalk.valid_to IS NULL OR crosswalk.valid_to >= coalesce(unit.begins_on, %(as_of)s))
WHERE (unit.source = 'A' OR unit.has_v)
    AND grade.number NOT BETWEEN crosswalk.grade_low AND crosswalk.grade_high

-- M-39
SELECT {unit}, '', jsonb_build_object('number', greatest(o.sections, j.sections))
FROM unit LEFT JOIN o USING (o_id) LEFT JOIN j USING (j_id)
WHERE greatest(o.sections, j.sections) > 1

-- M-40
SELECT {v}, '', jsonb_build_object('other', organization.name)
FROM v JOIN scope USING (lea_id)
JOIN v AS second USING (mosis_id, course_code)
JOIN fits ON fits.one = v.semester AND fits.two = second.semester
JOIN directory_organization AS organization ON organization.id = second.provider_id
WHERE second.provider_id <> v.provider_id AND v.status = 'active' AND second.status = 'active' AND v.course_code <> ''
    AND v.counts AND second.counts
    -- No ranges: days that cannot be, which M-52 says, are an error to them.
    AND coalesce(v.begins_on <= second.ends_on, true) AND coalesce(second.begins_on <= v.ends_on, true)

-- M-41
SELECT {unit}, '', jsonb_build_object('date', max(passed.school_year_id))
FROM unit
JOIN coredata_studentoutcome AS passed ON passed.mosis_id = unit.mosis_id AND passed.course_code = unit.course_code
    AND passed.school_year_id < %(year)s
JOIN fits ON fits.one = unit.semester AND fits.two = passed.semester
JOIN directory_codemeaning AS meaning ON meaning.code_set = 'grade_earned' AND meaning.code = passed.grade_earned
    AND meaning."group" = 'pass'
WHERE unit.source IN ('A', 'O')
GROUP BY {unit}
