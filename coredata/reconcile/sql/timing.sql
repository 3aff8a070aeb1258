-- What was decided when, and what became of it.

-- M-42
SELECT {unit}, '', jsonb_build_object('approved', a.decided_on, 'reported', v.begins_on)
FROM unit JOIN a USING (a_id) JOIN v USING (v_id)
WHERE v.counts AND v.begins_on < a.decided_on

-- M-43
SELECT {asked}, CASE WHEN a.basis = 'private' THEN 'private_pay' ELSE '' END,
    jsonb_build_object('date', a.decided_on, 'reported', v.status)
FROM a JOIN scope USING (lea_id) JOIN av USING (a_id) JOIN v USING (v_id)
WHERE a.state = 'denied' AND v.status = 'active' AND v.basis = 'mocap'
    AND NOT EXISTS (SELECT FROM av AS other JOIN a AS approved USING (a_id) WHERE other.v_id = v.v_id AND approved.counts)

-- M-44
SELECT {asked}, '', jsonb_build_object('date', a.decide_by, 'reported', v.status)
FROM a JOIN scope USING (lea_id) JOIN av USING (a_id) JOIN v USING (v_id)
WHERE a.state = 'requested' AND a.decide_by < %(as_of)s AND v.status = 'active' AND v.basis = 'mocap'
    AND NOT EXISTS (SELECT FROM av AS other JOIN a AS approved USING (a_id) WHERE other.v_id = v.v_id AND approved.counts)

-- M-46
SELECT {asked}, '', jsonb_build_object('reported', v.status)
FROM a JOIN scope USING (lea_id) JOIN av USING (a_id) JOIN v USING (v_id)
WHERE a.state = 'cancelled' AND v.status = 'active' AND v.basis = 'mocap'
    AND NOT EXISTS (SELECT FROM av AS other JOIN a AS approved USING (a_id) WHERE other.v_id = v.v_id AND approved.counts)

-- M-47
SELECT {unit},
    CASE WHEN unit.has_o OR NOT unit.october_opens THEN 'june' ELSE 'october' END,
    jsonb_build_object('date', coalesce(v.status_date, a.ends_on))
FROM unit JOIN scope USING (lea_id) LEFT JOIN a USING (a_id) LEFT JOIN v USING (v_id)
WHERE unit.is_withdrawn AND unit.source IN ('A', 'O', 'J')
    AND ((unit.october_opens AND NOT unit.has_o) OR (scope.has_june AND NOT unit.has_j))  -- without June it is M-71

-- M-48
SELECT {unit}, '', jsonb_build_object('date', v.status_date, 'found', j.grade_earned, 'reported', v.status)
FROM unit JOIN v USING (v_id) JOIN j USING (j_id)
WHERE v.status = 'withdrawn' AND j.outcome IN ('pass', 'fail')

-- M-49
SELECT {unit}, '', jsonb_build_object('found', j.grade_earned, 'reported', v.final_grade)
FROM unit JOIN v USING (v_id) JOIN j USING (j_id)
WHERE v.status = 'completed' AND j.outcome = 'withdrawn'

-- M-50
SELECT {unit}, '', jsonb_build_object('reported', v.status)
FROM unit JOIN v USING (v_id)
WHERE v.status = 'no_start' AND unit.has_o

-- M-51
SELECT {unit}, CASE WHEN v.ends_on < %(as_of)s THEN 'not_closed' ELSE '' END,
    jsonb_build_object('found', j.grade_earned, 'reported', v.status)
FROM unit JOIN v USING (v_id) JOIN j USING (j_id)
WHERE v.status = 'active' AND v.basis = 'mocap' AND %(as_of)s > %(year_ends)s

-- M-52
SELECT {v},
    CASE WHEN v.begins_on NOT BETWEEN %(year_starts)s AND %(year_ends)s AND (
        v.begins_on + interval '1 year' BETWEEN %(year_starts)s AND %(year_ends)s
        OR v.begins_on - interval '1 year' BETWEEN %(year_starts)s AND %(year_ends)s
    ) THEN 'year_wrong' ELSE '' END,
    jsonb_build_object('reported', v.begins_on, 'date', v.ends_on)
FROM v JOIN scope USING (lea_id)
WHERE v.ends_on < v.begins_on OR v.begins_on NOT BETWEEN %(year_starts)s AND %(year_ends)s

-- M-53
SELECT {unit}, CASE WHEN v.status IN ('active', 'incomplete') THEN 'still_working' ELSE '' END,
    jsonb_build_object('found', j.grade_earned)
FROM unit JOIN j USING (j_id) LEFT JOIN v USING (v_id)
WHERE j.outcome = 'incomplete' AND %(as_of)s > %(june_due)s::date + %(days)s
