-- Who is in which source, and who is not. Decision: 1010 and 1001 are two codes each; a withdrawn course that lacks a file is
-- M-47 alone.

-- M-01
SELECT {unit}, '',
    jsonb_build_object('expected', a.program, 'date', unit.begins_on)
FROM unit LEFT JOIN a USING (a_id)
WHERE unit.october_opens AND NOT unit.has_o AND NOT unit.is_late AND NOT unit.is_withdrawn
    AND CASE WHEN unit.source = 'A' THEN unit.has_v OR unit.has_j ELSE unit.has_j AND unit.has_v END

-- M-02
SELECT {unit}, '', jsonb_build_object('found', unit.semester)
FROM unit
WHERE unit.june_opens AND NOT unit.has_j AND NOT unit.is_withdrawn
    AND (unit.has_o OR (unit.source = 'A' AND unit.has_v))

-- M-03
SELECT {unit}, '', jsonb_build_object('date', unit.begins_on, 'number', %(as_of)s::date - unit.begins_on)
FROM unit
WHERE unit.source = 'A' AND (unit.has_o OR unit.has_j) AND NOT unit.is_listed
    AND unit.begins_on + %(days)s < %(as_of)s

-- M-04
SELECT lea.organization_id, gone.provider_id, row.mosis_id, row.course_code, row.semester,
    unit.a_id, unit.o_id, unit.j_id, NULL::bigint, '',
    jsonb_build_object('reported', gone.status, 'date', last.as_of)
FROM coredata_reportedenrollment AS gone
JOIN coredata_reportrow AS row ON row.id = gone.row_id
JOIN coredata_providerreport AS last ON last.id = gone.last_report_id
JOIN directory_lea AS lea ON lea.state_district_id = row.district_code
JOIN scope ON scope.lea_id = lea.organization_id
LEFT JOIN unit ON unit.mosis_id = row.mosis_id AND unit.course_code = row.course_code AND unit.lea_id = scope.lea_id
    AND unit.provider_id = gone.provider_id
    AND EXISTS (SELECT FROM fits WHERE fits.one = unit.semester AND fits.two = row.semester)
WHERE gone.school_year_id = %(year)s AND NOT gone.is_present AND gone.status IN ('pending', 'active', 'incomplete')
    AND row.basis = 'mocap' AND row.mosis_id <> '' AND NOT coalesce(unit.is_listed, false)
    AND EXISTS (
        SELECT FROM coredata_providerreport AS now WHERE now.id = ANY(%(reports)s) AND now.provider_id = gone.provider_id
    )

-- M-06
SELECT {unit}, '', jsonb_build_object('date', a.decided_on, 'number', %(as_of)s::date - unit.begins_on)
FROM unit JOIN a USING (a_id)
WHERE unit.october_opens AND NOT unit.has_o AND NOT unit.has_j AND NOT unit.is_listed AND NOT unit.is_withdrawn
    AND unit.begins_on + %(days)s < %(as_of)s AND coalesce(a.decided_on + %(days)s < %(as_of)s, true)

-- M-07
SELECT {unit}, '', jsonb_build_object('found', o.program_code, 'reported', v.status)
FROM unit LEFT JOIN o USING (o_id) JOIN v USING (v_id)
WHERE unit.source IN ('O', 'J') AND unit.has_v AND NOT (unit.is_refused AND v.status = 'active')

-- M-08
SELECT {unit}, '', jsonb_build_object('found', o.program_code)
FROM unit JOIN o USING (o_id)
WHERE unit.source = 'O' AND NOT unit.has_v

-- M-09
SELECT {unit}, '', jsonb_build_object('found', j.grade_earned)
FROM unit JOIN j USING (j_id)
WHERE unit.source = 'J' AND NOT unit.has_v

-- M-10
SELECT {unit}, '', jsonb_build_object('reported', v.status, 'date', v.begins_on)
FROM unit JOIN v USING (v_id)
WHERE unit.source = 'V' AND unit.october_opens AND NOT unit.is_refused

-- M-11
SELECT {unit}, '', jsonb_build_object('date', unit.begins_on)
FROM unit
WHERE unit.october_opens AND NOT unit.has_o AND unit.is_late AND NOT unit.is_withdrawn
    AND CASE WHEN unit.source = 'A' THEN unit.has_v OR unit.has_j ELSE unit.has_j AND unit.has_v END
    AND unit.begins_on + %(days)s < %(as_of)s
