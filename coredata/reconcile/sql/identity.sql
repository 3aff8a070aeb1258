-- Whether the sources mean the same child. Nothing here joins or closes anything: it says what does not fit.

-- M-13
SELECT told.lea_id, max(told.provider_id), told.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint,
    NULL::bigint,
    CASE WHEN EXISTS (SELECT FROM o WHERE o.lea_id = told.lea_id AND o.mosis_id = told.mosis_id) THEN 'new_student'
        ELSE '' END,
    '{{}}'::jsonb
FROM (
    SELECT lea_id, provider_id, mosis_id FROM a WHERE counts
    UNION ALL SELECT lea_id, provider_id, mosis_id FROM v WHERE counts AND mosis_id <> ''
) AS told
JOIN scope USING (lea_id)
WHERE told.lea_id IN (SELECT lea_id FROM core_file)
    AND NOT EXISTS (SELECT FROM core WHERE core.mosis_id = told.mosis_id)
GROUP BY told.lea_id, told.mosis_id

-- M-14
SELECT v.lea_id, max(v.provider_id), v.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint,
    CASE
        WHEN bool_or(
            to_char(v.birth_date, 'YYYYMMDD') = to_char(person.birth_date, 'YYYYDDMM')
        ) THEN 'day_month'
        WHEN bool_or(EXISTS (
            SELECT FROM person AS other
            WHERE other.lea_id = v.lea_id AND other.birth_date = v.birth_date AND other.mosis_id <> v.mosis_id
                AND lower(other.last_name) = lower(v.last_name) AND lower(other.first_name) = lower(v.first_name)
        )) THEN 'wrong_id'
        ELSE 'typo'
    END,
    jsonb_build_object('found', person.birth_date, 'reported', min(v.birth_date))
FROM v JOIN scope USING (lea_id)
JOIN person USING (lea_id, mosis_id)
WHERE v.birth_date <> person.birth_date
GROUP BY v.lea_id, v.mosis_id, person.birth_date

-- M-15
SELECT v.lea_id, max(v.provider_id), v.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint,
    CASE WHEN bool_and(similarity(lower(v.first_name), lower(person.first_name)) >= %(given_name)s)
        THEN 'married_or_adopted' ELSE '' END,
    '{{}}'::jsonb
FROM v JOIN scope USING (lea_id)
JOIN person USING (lea_id, mosis_id)
WHERE v.birth_date = person.birth_date AND v.last_name <> '' AND person.last_name IS NOT NULL
    AND NOT (
        similarity(lower(v.last_name), lower(person.last_name)) >= %(family_name)s
        AND similarity(lower(v.first_name), lower(person.first_name)) >= %(given_name)s
    )
GROUP BY v.lea_id, v.mosis_id

-- M-16
SELECT v.lea_id, max(v.provider_id), v.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, '',
    jsonb_build_object('reported', min(v.birth_date), 'other', min(second.mosis_id))
FROM v JOIN scope USING (lea_id)
JOIN person USING (lea_id, mosis_id)
JOIN v AS second ON second.report_id = v.report_id AND second.lea_id = v.lea_id AND second.mosis_id <> v.mosis_id
    AND second.birth_date = person.birth_date
JOIN person AS other ON other.lea_id = second.lea_id AND other.mosis_id = second.mosis_id
    AND other.birth_date = v.birth_date
WHERE v.birth_date <> person.birth_date
GROUP BY v.lea_id, v.mosis_id

-- M-17
SELECT a.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id, NULL::bigint, NULL::bigint, v.v_id, '',
    jsonb_build_object('other', v.mosis_id)
FROM a JOIN scope USING (lea_id)
JOIN v ON v.lea_id = a.lea_id AND v.birth_date = a.birth_date AND v.mosis_id <> a.mosis_id AND v.mosis_id <> ''
    AND lower(v.last_name) = lower(a.last_name) AND lower(v.first_name) = lower(a.first_name)
JOIN v_code ON v_code.v_id = v.v_id AND v_code.course_code = a.course_code
JOIN fits ON fits.one = a.semester AND fits.two = v.semester
WHERE a.counts AND v.counts AND NOT EXISTS (SELECT FROM av WHERE av.a_id = a.a_id)
    AND NOT EXISTS (SELECT FROM av WHERE av.v_id = v.v_id)

-- M-18
SELECT one.lea_id, NULL::bigint, one.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, '',
    jsonb_build_object('other', min(lea.state_district_id))
FROM person AS one JOIN scope USING (lea_id)
JOIN person AS two ON two.mosis_id = one.mosis_id AND two.lea_id <> one.lea_id AND two.birth_date <> one.birth_date
JOIN directory_lea AS lea ON lea.organization_id = two.lea_id
WHERE NOT (
    similarity(lower(one.last_name), lower(two.last_name)) >= %(family_name)s
    AND similarity(lower(one.first_name), lower(two.first_name)) >= %(given_name)s
)
GROUP BY one.lea_id, one.mosis_id

-- M-19
SELECT {unit}, '', jsonb_build_object('other', candidate.mosis_id)
FROM unit JOIN v USING (v_id)
JOIN LATERAL (
    SELECT person.mosis_id FROM person
    JOIN o ON o.lea_id = person.lea_id AND o.mosis_id = person.mosis_id AND o.course_code = unit.course_code
    JOIN fits ON fits.one = o.semester AND fits.two = unit.semester
    WHERE person.lea_id = unit.lea_id AND person.birth_date = v.birth_date AND person.mosis_id <> unit.mosis_id
        AND o.is_coded AND NOT EXISTS (SELECT FROM ov WHERE ov.o_id = o.o_id)
        AND similarity(lower(person.last_name), lower(v.last_name)) >= %(family_name)s
        AND similarity(lower(person.first_name), lower(v.first_name)) >= %(given_name)s
    ORDER BY similarity(lower(person.last_name || person.first_name), lower(v.last_name || v.first_name)) DESC,
        person.mosis_id
    LIMIT 1
) AS candidate ON true
WHERE unit.october_opens AND NOT unit.has_o AND unit.source IN ('A', 'V') AND unit.has_v
