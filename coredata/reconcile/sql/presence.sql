-- Who is in which source, and who is not. Decision: 1010 and 1001 are two codes each; a withdrawn course that lacks a file is
-- M-47 alone.

-- M-01
SELECT {unit},
    CASE
        WHEN a.decided_on > scope.october_on THEN 'added_later'
        WHEN EXISTS (
            SELECT FROM o JOIN fits ON fits.one = o.semester AND fits.two = unit.semester
            WHERE o.mosis_id = unit.mosis_id AND o.lea_id = unit.lea_id AND NOT o.is_coded
                AND o.delivery_system IN ('V', 'S', 'VH') AND NOT EXISTS (SELECT FROM ao WHERE ao.o_id = o.o_id)
        ) THEN 'other_program'
        ELSE ''
    END,
    jsonb_build_object('expected', a.program, 'date', unit.begins_on)
FROM unit JOIN scope USING (lea_id) LEFT JOIN a USING (a_id)
WHERE unit.october_opens AND NOT unit.has_o AND NOT unit.is_late AND NOT unit.is_withdrawn
    AND CASE WHEN unit.source = 'A' THEN unit.has_v OR unit.has_j ELSE unit.has_j AND unit.has_v END

-- M-02
SELECT {unit}, '', jsonb_build_object('found', unit.semester)
FROM unit
WHERE unit.june_opens AND NOT unit.has_j AND NOT unit.is_withdrawn
    AND (unit.has_o OR (unit.source = 'A' AND unit.has_v))

-- M-03
SELECT {unit},
    CASE
        WHEN EXISTS (
            SELECT FROM providers_agreement AS agreement
            WHERE agreement.kind = 'partnership' AND agreement.lea_id = unit.lea_id
                AND agreement.provider_id = unit.provider_id AND agreement.valid_from <= unit.begins_on
                AND (agreement.valid_to IS NULL OR agreement.valid_to >= unit.begins_on)
        ) THEN 'partnership'
        WHEN EXISTS (
            SELECT FROM v JOIN v_code USING (v_id)
            WHERE v.lea_id = unit.lea_id AND v.provider_id = a.provider_id AND v.birth_date = a.birth_date
                AND v.mosis_id <> a.mosis_id AND v_code.course_code = a.course_code
        ) THEN 'id_typo'
        ELSE 'never_opened'
    END,
    jsonb_build_object('date', unit.begins_on, 'number', %(as_of)s::date - unit.begins_on)
FROM unit JOIN a USING (a_id)
WHERE unit.source = 'A' AND (unit.has_o OR unit.has_j) AND NOT unit.is_listed
    AND unit.begins_on + %(days)s < %(as_of)s

-- M-04
SELECT lea.organization_id, gone.provider_id, row.mosis_id, row.course_code, row.semester,
    unit.a_id, unit.o_id, unit.j_id, NULL::bigint,
    CASE WHEN row.end_date > %(as_of)s THEN 'account_purged' ELSE '' END,
    jsonb_build_object('reported', gone.status, 'date', last.as_of)
FROM scope
JOIN directory_lea AS lea ON lea.organization_id = scope.lea_id
JOIN coredata_reportrow AS row ON row.district_code = lea.state_district_id
JOIN coredata_reportedenrollment AS gone ON gone.row_id = row.id
JOIN coredata_providerreport AS last ON last.id = gone.last_report_id
LEFT JOIN unit ON unit.mosis_id = row.mosis_id AND unit.course_code = row.course_code AND unit.lea_id = scope.lea_id
    AND unit.provider_id = gone.provider_id
    AND EXISTS (SELECT FROM fits WHERE fits.one = unit.semester AND fits.two = row.semester)
WHERE gone.school_year_id = %(year)s AND gone.status IN ('pending', 'active', 'incomplete')
    -- Not gone.is_present: a report that is only tried has not changed it. Of whichever student or LEA it says it now.
    AND NOT EXISTS (
        SELECT FROM coredata_providerreport AS now JOIN coredata_reportrow AS there ON there.report_id = now.id
        WHERE now.id = ANY(%(reports)s) AND now.provider_id = gone.provider_id
            AND there.enrollment_id = gone.enrollment_id
    )
    AND row.basis = 'mocap' AND row.mosis_id <> '' AND NOT coalesce(unit.is_listed, false)
    AND EXISTS (
        SELECT FROM coredata_providerreport AS now WHERE now.id = ANY(%(reports)s) AND now.provider_id = gone.provider_id
    )

-- M-06
SELECT {unit}, CASE WHEN a.state = 'approved' THEN 'forgotten' ELSE '' END,
    jsonb_build_object('date', a.decided_on, 'number', %(as_of)s::date - unit.begins_on)
FROM unit JOIN a USING (a_id)
WHERE unit.october_opens AND NOT unit.has_o AND NOT unit.has_j AND NOT unit.is_listed AND NOT unit.is_withdrawn
    AND unit.begins_on + %(days)s < %(as_of)s AND coalesce(a.decided_on + %(days)s < %(as_of)s, true)

-- M-07
SELECT {unit}, '', jsonb_build_object('found', o.program_code, 'reported', v.status)
FROM unit LEFT JOIN o USING (o_id) JOIN v USING (v_id)
WHERE unit.source IN ('O', 'J') AND unit.has_v AND NOT (unit.is_refused AND v.status = 'active')

-- M-08
-- One that a provider lists as a MOCAP course that has not begun is a MOCAP course.
SELECT {unit}, CASE WHEN v.basis = 'mocap' THEN 'not_requested' ELSE '' END,
    jsonb_build_object('found', o.program_code)
FROM unit JOIN o USING (o_id) LEFT JOIN v USING (v_id)
WHERE unit.source = 'O' AND NOT unit.has_v

-- M-09
SELECT {unit}, CASE WHEN j.semester IN ('S2', 'Q3', 'Q4', 'T3') THEN 'second_semester' ELSE 'wrong_code' END,
    jsonb_build_object('found', j.grade_earned)
FROM unit JOIN j USING (j_id)
WHERE unit.source = 'J' AND NOT unit.has_v

-- M-10
SELECT {unit},
    CASE
        WHEN EXISTS (SELECT FROM av JOIN a USING (a_id) WHERE av.v_id = v.v_id AND a.state = 'denied') THEN 'denied'
        WHEN EXISTS (SELECT FROM core WHERE core.mosis_id = v.mosis_id AND core.lea_id <> v.lea_id)
            AND NOT EXISTS (SELECT FROM core WHERE core.mosis_id = v.mosis_id AND core.lea_id = v.lea_id)
        THEN 'wrong_district'
        WHEN EXISTS (
            SELECT FROM a WHERE a.lea_id = v.lea_id AND a.birth_date = v.birth_date AND a.mosis_id <> v.mosis_id
                AND a.course_code = v.course_code
        ) THEN 'id_error'
        ELSE ''
    END,
    jsonb_build_object('reported', v.status, 'date', v.begins_on)
FROM unit JOIN v USING (v_id)
WHERE unit.source = 'V' AND unit.october_opens AND NOT unit.is_refused

-- M-11
SELECT {unit}, CASE WHEN unit.semester IN ('S2', 'Q3', 'Q4', 'T3') THEN 'spring_course' ELSE 'late_enrollment' END,
    jsonb_build_object('date', unit.begins_on)
FROM unit
WHERE unit.october_opens AND NOT unit.has_o AND unit.is_late AND NOT unit.is_withdrawn
    AND CASE WHEN unit.source = 'A' THEN unit.has_v OR unit.has_j ELSE unit.has_j AND unit.has_v END
    AND unit.begins_on + %(days)s < %(as_of)s
