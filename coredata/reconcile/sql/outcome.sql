-- How courses ended. A year on one side and a semester on the other are M-37's: their credits are not of one span.

-- M-78
SELECT {unit}, '', jsonb_build_object('found', j.grade_earned, 'reported', v.final_grade)
FROM unit JOIN j USING (j_id) JOIN v USING (v_id)
JOIN directory_codemeaning AS meaning ON meaning.code_set = 'grade_earned' AND meaning.code = v.final_grade
    AND meaning.valid_from <= %(as_of)s AND (meaning.valid_to IS NULL OR meaning.valid_to >= %(as_of)s)
WHERE v.status = 'completed' AND j.outcome IN ('pass', 'fail') AND meaning."group" IN ('pass', 'fail')
    AND j.outcome <> meaning."group"

-- M-79
SELECT {unit}, '', jsonb_build_object('found', j.grade_earned, 'reported', v.final_grade)
FROM unit JOIN j USING (j_id) JOIN v USING (v_id)
JOIN directory_codemeaning AS meaning ON meaning.code_set = 'grade_earned' AND meaning.code = v.final_grade
    AND meaning.valid_from <= %(as_of)s AND (meaning.valid_to IS NULL OR meaning.valid_to >= %(as_of)s)
WHERE v.status = 'completed' AND j.outcome = meaning."group" AND j.grade_earned <> v.final_grade

-- M-80
SELECT {unit},
    CASE WHEN v.status = 'completed' AND v.semester = j.semester AND v.credits_earned <> j.credits_earned
    THEN 'provider' ELSE 'october' END,
    jsonb_build_object('found', j.credits_earned, 'expected', o.units_of_credit, 'reported', v.credits_earned)
FROM unit JOIN j USING (j_id) LEFT JOIN o USING (o_id) LEFT JOIN v USING (v_id)
WHERE (unit.source = 'A' OR o.is_coded OR unit.has_v) AND (
    (v.status = 'completed' AND j.outcome = 'pass' AND v.semester = j.semester AND v.credits_earned <> j.credits_earned)
    OR (
        j.outcome = 'pass' AND o.semester IN (j.semester, '') AND j.credits_earned < o.units_of_credit
        AND j.credits_earned > 0
    )
)

-- M-81
SELECT {unit},
    CASE WHEN v.status = 'completed' AND EXISTS (
        SELECT FROM directory_codemeaning AS meaning
        WHERE meaning.code_set = 'grade_earned' AND meaning.code = v.final_grade AND meaning."group" = 'pass'
            AND meaning.valid_from <= %(as_of)s AND (meaning.valid_to IS NULL OR meaning.valid_to >= %(as_of)s)
    ) THEN 'grade_wrong' ELSE '' END,
    jsonb_build_object('found', j.grade_earned, 'number', j.credits_earned)
FROM unit JOIN j USING (j_id) LEFT JOIN v USING (v_id)
WHERE j.credits_earned > 0 AND j.outcome IN ('withdrawn', 'fail')

-- M-82
SELECT {unit}, '', jsonb_build_object('found', j.grade_earned)
FROM unit JOIN j USING (j_id)
WHERE j.outcome = 'pass' AND j.credits_earned = 0 AND j.grade_level IN ('09', '10', '11', '12', '9')

-- M-83
SELECT {unit}, CASE WHEN v.credits_earned <= o.units_of_credit THEN 'credits_wrong' ELSE '' END,
    jsonb_build_object('found', j.credits_earned, 'limit', o.units_of_credit)
FROM unit JOIN j USING (j_id) JOIN o USING (o_id) LEFT JOIN v USING (v_id)
WHERE j.credits_earned > o.units_of_credit AND o.semester IN (j.semester, '')

-- M-84
SELECT {unit}, '', jsonb_build_object('found', o.grade_level)
FROM unit JOIN o USING (o_id)
WHERE unit.june_opens AND NOT unit.has_j AND NOT unit.is_withdrawn
    AND o.grade_level IN ('K', 'KG', '0', '00', '01', '02', '03', '04', '05', '1', '2', '3', '4', '5')

-- M-85
SELECT {unit}, '', jsonb_build_object('found', j.grade_earned, 'reported', v.status)
FROM unit JOIN j USING (j_id) JOIN v USING (v_id)
WHERE v.status = 'no_start'
