-- What was found, each identity once, with the places in every source that it rests on; of two causes the one that the
-- catalogue names first. Ids of temporary rows end here.
INSERT INTO result
SELECT DISTINCT ON (found.code, found.lea_id, found.mosis_id, found.course_code, found.semester, whole.provider_id)
    found.code, found.lea_id, found.provider_id, found.mosis_id, found.course_code, found.semester, found.cause,
    jsonb_strip_nulls(found.facts || jsonb_build_object(
        'line', a.line_id,
        'scheduled', a.scheduled_id,
        'october', CASE WHEN o.o_id IS NOT NULL THEN jsonb_build_object(
            'line', o.student_line, 'course_line', o.course_line, 'program', o.program_code,
            'delivery', o.delivery_system, 'credits', o.units_of_credit, 'lea', o.lea_id
        ) END,
        'june', CASE WHEN j.j_id IS NOT NULL THEN jsonb_build_object(
            'line', j.line, 'grade', j.grade_earned, 'credits', j.credits_earned, 'lea', j.lea_id
        ) END,
        'report', CASE WHEN v.v_id IS NOT NULL THEN jsonb_build_object(
            'id', v.report_id, 'line', v.line, 'enrollment', v.enrollment_id, 'status', v.status,
            'district', v.district_code
        ) END
    )) AS facts
FROM found
JOIN LATERAL (SELECT CASE WHEN found.mosis_id = '' THEN found.provider_id END AS provider_id) AS whole ON true
LEFT JOIN a ON a.a_id = found.a_id
LEFT JOIN o ON o.o_id = found.o_id
LEFT JOIN j ON j.j_id = found.j_id
LEFT JOIN v ON v.v_id = found.v_id
ORDER BY found.code, found.lea_id, found.mosis_id, found.course_code, found.semester, whole.provider_id,
    found.provider_id, coalesce(array_position(%(causes)s::text[], found.code || ' ' || found.cause), 0), v.report_id,
    v.line, o.student_line, o.course_line, j.line, found.facts, a.line_id, a.scheduled_id;
{analyze} result;
