-- Which LEA reports whom.

-- M-54
-- Two Octobers, or an approval here and October there: either way two LEAs claim the course. Of a host's row: M-60.
WITH shared AS (
    SELECT lea_id, partner_lea_id FROM providers_agreement
    WHERE kind = 'cooperative' AND valid_from <= %(as_of)s AND (valid_to IS NULL OR valid_to >= %(year_starts)s)
), sharing(one, two) AS (
    SELECT lea_id, partner_lea_id FROM shared UNION SELECT partner_lea_id, lea_id FROM shared
)
SELECT {o}, CASE WHEN (o.lea_id, second.lea_id) IN (SELECT one, two FROM sharing) THEN 'cooperative' ELSE '' END,
    jsonb_build_object('other', lea.state_district_id)
FROM o JOIN scope USING (lea_id)
JOIN o AS second USING (mosis_id, course_code)
JOIN fits ON fits.one = o.semester AND fits.two = second.semester
JOIN directory_lea AS lea ON lea.organization_id = second.lea_id
WHERE second.lea_id <> o.lea_id AND o.is_coded AND second.is_coded
UNION ALL
SELECT side.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id, o.o_id, NULL, NULL,
    CASE WHEN (a.lea_id, o.lea_id) IN (SELECT one, two FROM sharing) THEN 'cooperative' ELSE '' END,
    jsonb_build_object('other', lea.state_district_id)
FROM a JOIN ao USING (a_id) JOIN o USING (o_id)
JOIN LATERAL (VALUES (a.lea_id, o.lea_id), (o.lea_id, a.lea_id)) AS side(lea_id, other_id) ON true
JOIN scope ON scope.lea_id = side.lea_id
JOIN directory_lea AS lea ON lea.organization_id = side.other_id
WHERE a.counts AND a.type = 'PT' AND o.is_coded AND o.lea_id <> a.lea_id AND ao.place = 1
    AND NOT EXISTS (SELECT FROM ao AS own JOIN o AS here USING (o_id) WHERE own.a_id = a.a_id AND here.lea_id = a.lea_id)
    AND NOT EXISTS (SELECT FROM full_time_program AS program WHERE program.host_id = o.lea_id)

-- M-55
SELECT {unit},
    CASE WHEN v.lea_id IN (SELECT lea_id FROM core_file)
        AND NOT EXISTS (SELECT FROM core WHERE core.lea_id = v.lea_id AND core.mosis_id = v.mosis_id)
    THEN 'code_typo' ELSE '' END,
    jsonb_build_object('reported', v.district_code)
FROM unit JOIN v USING (v_id)
WHERE v.counts AND v.lea_id <> unit.lea_id AND unit.source IN ('A', 'O')

-- M-56
SELECT unit.lea_id, max(unit.provider_id), unit.mosis_id, '', '', NULL::bigint, NULL::bigint, NULL::bigint,
    NULL::bigint, '', '{{}}'::jsonb
FROM unit
WHERE unit.source IN ('A', 'O') AND unit.lea_id IN (SELECT lea_id FROM core_file)
    AND NOT EXISTS (SELECT FROM core WHERE core.lea_id = unit.lea_id AND core.mosis_id = unit.mosis_id)
GROUP BY unit.lea_id, unit.mosis_id

-- M-57
SELECT a.resident_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id, o.o_id, NULL::bigint, NULL::bigint,
    '', jsonb_build_object('other', host.state_district_id, 'found', o.program_code)
FROM a JOIN scope ON scope.lea_id = a.resident_id
JOIN ao USING (a_id) JOIN o USING (o_id)
JOIN directory_lea AS host ON host.organization_id = a.lea_id
WHERE a.counts AND a.type = 'FT' AND o.lea_id = a.resident_id AND a.resident_id <> a.lea_id
    AND NOT EXISTS (SELECT FROM ao AS own JOIN o AS hosted USING (o_id) WHERE own.a_id = a.a_id AND hosted.lea_id = a.lea_id)

-- M-58
SELECT {unit}, '', jsonb_build_object('date', unit.begins_on)
FROM unit JOIN a USING (a_id)
WHERE a.type = 'FT' AND unit.october_opens AND NOT unit.is_withdrawn AND NOT unit.is_late
    AND unit.begins_on <= %(as_of)s
    AND NOT EXISTS (SELECT FROM ao JOIN o USING (o_id) WHERE ao.a_id = a.a_id AND o.lea_id = a.lea_id)

-- M-59
SELECT side.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id, o.o_id, NULL::bigint, NULL::bigint,
    '', jsonb_build_object('other', lea.state_district_id)
FROM a JOIN ao USING (a_id) JOIN o USING (o_id)
JOIN LATERAL (VALUES (a.lea_id, a.resident_id), (a.resident_id, a.lea_id)) AS side(lea_id, other_id) ON true
JOIN scope ON scope.lea_id = side.lea_id
JOIN directory_lea AS lea ON lea.organization_id = side.other_id
WHERE a.counts AND a.type = 'FT' AND a.resident_id <> a.lea_id AND o.lea_id = side.lea_id
    AND EXISTS (
        SELECT FROM ao AS second JOIN o AS there USING (o_id)
        WHERE second.a_id = a.a_id AND there.lea_id = side.other_id
    )

-- M-60
SELECT side.lea_id, a.provider_id, a.mosis_id, a.course_code, a.semester, a.a_id, o.o_id, NULL::bigint, NULL::bigint,
    '', jsonb_build_object('other', lea.state_district_id)
FROM a JOIN ao USING (a_id) JOIN o USING (o_id)
JOIN LATERAL (VALUES (a.lea_id, o.lea_id), (o.lea_id, a.lea_id)) AS side(lea_id, other_id) ON true
JOIN scope ON scope.lea_id = side.lea_id
JOIN directory_lea AS lea ON lea.organization_id = side.other_id
WHERE a.counts AND a.type = 'PT' AND o.is_coded AND o.lea_id <> a.lea_id AND ao.place = 1
    AND EXISTS (SELECT FROM full_time_program AS program WHERE program.host_id = o.lea_id)

-- M-61
SELECT {unit}, '', jsonb_build_object('date', stay.exit_date, 'reported', v.status)
FROM unit JOIN v USING (v_id)
JOIN stay ON stay.lea_id = unit.lea_id AND stay.mosis_id = unit.mosis_id
WHERE v.status = 'active' AND v.counts AND stay.exit_date >= v.begins_on
    AND (v.ends_on IS NULL OR stay.exit_date < v.ends_on)
    AND NOT EXISTS (
        SELECT FROM stay AS later WHERE later.lea_id = stay.lea_id AND later.mosis_id = stay.mosis_id
            AND later.exit_date > stay.exit_date
    )

-- M-62
SELECT core.lea_id, v.provider_id, v.mosis_id, v.course_code, v.semester, NULL::bigint, NULL::bigint, NULL::bigint,
    v.v_id, '', jsonb_build_object('other', v.district_code, 'reported', v.status)
FROM v JOIN core ON core.mosis_id = v.mosis_id AND core.lea_id <> v.lea_id
JOIN scope ON scope.lea_id = core.lea_id
WHERE v.counts AND v.status = 'active'
    AND v.lea_id IN (SELECT lea_id FROM core_file)
    AND NOT EXISTS (SELECT FROM core AS old WHERE old.mosis_id = v.mosis_id AND old.lea_id = v.lea_id)
    AND NOT EXISTS (SELECT FROM av JOIN a USING (a_id) WHERE av.v_id = v.v_id AND a.lea_id = core.lea_id)

-- M-63
SELECT {unit}, '', jsonb_build_object('found', o.sending_district_code, 'other', j.sending_district_code)
FROM unit JOIN o USING (o_id) JOIN j USING (j_id)
WHERE o.lea_id = j.lea_id AND o.sending_district_code <> '' AND j.sending_district_code <> ''
    AND o.sending_district_code <> j.sending_district_code

-- M-64
SELECT {unit}, '', jsonb_build_object('expected', a.school_code, 'found', o.school_code)
FROM unit JOIN a USING (a_id) JOIN o USING (o_id)
WHERE a.type = 'FT' AND o.lea_id = a.lea_id AND o.school_code <> a.school_code
