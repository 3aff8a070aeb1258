-- How much a student takes, and who may.

-- M-65
SELECT o.lea_id, NULL::bigint, o.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, '',
    jsonb_build_object('number', sum(o.units_of_credit), 'limit', %(credits)s)
FROM o JOIN scope USING (lea_id)
WHERE o.is_coded
GROUP BY o.lea_id, o.mosis_id
HAVING sum(o.units_of_credit) > %(credits)s

-- M-66
SELECT a.lea_id, max(a.provider_id), a.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, '',
    jsonb_build_object('number', coalesce(reported.credits, 0), 'limit', %(credits)s)
FROM a JOIN scope USING (lea_id)
JOIN (
    SELECT lea_id, mosis_id, sum(units_of_credit) AS credits FROM o WHERE is_coded GROUP BY lea_id, mosis_id
) AS reported ON reported.lea_id = a.lea_id AND reported.mosis_id = a.mosis_id AND reported.credits < %(credits)s
WHERE a.counts AND a.type = 'FT' AND a.state = 'active'
GROUP BY a.lea_id, a.mosis_id, reported.credits

-- M-67
SELECT a.lea_id, NULL::bigint, a.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint, NULL::bigint, '',
    jsonb_build_object('number', count(*), 'limit', %(courses)s)
FROM a JOIN scope USING (lea_id)
WHERE a.type = 'PT' AND a.state IN ('active', 'finished')
    AND NOT EXISTS (SELECT FROM records_learningplan AS plan WHERE plan.student_id = a.student_id)
GROUP BY a.lea_id, a.mosis_id
HAVING count(*) > %(courses)s

-- M-68
SELECT {o}, '', jsonb_build_object('found', o.program_code)
FROM o JOIN scope USING (lea_id)
WHERE o.is_coded
    AND NOT EXISTS (SELECT FROM ao JOIN a USING (a_id) WHERE ao.o_id = o.o_id AND a.counts)
    AND (
        EXISTS (SELECT FROM ov JOIN v USING (v_id) WHERE ov.o_id = o.o_id AND v.basis = 'private_pay')
        OR EXISTS (
            SELECT FROM ao JOIN a USING (a_id)
            WHERE ao.o_id = o.o_id AND a.basis = 'private' AND a.state = ANY(%(approved)s)
        )
    )

-- M-69
SELECT unit.lea_id, max(unit.provider_id), unit.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint,
    NULL::bigint, '', jsonb_build_object('limit', %(age)s)
FROM unit LEFT JOIN a USING (a_id) LEFT JOIN o USING (o_id) LEFT JOIN v USING (v_id)
WHERE coalesce(o.birth_date, a.birth_date, v.birth_date) + make_interval(years => %(age)s) <= %(year_starts)s::date
    OR coalesce(o.grade_level, '') IN ('PK', 'P3', 'P4')
GROUP BY unit.lea_id, unit.mosis_id
