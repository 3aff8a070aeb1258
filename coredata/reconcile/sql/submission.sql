-- Files that are missing or older than what is known. About an LEA as a whole: no student.

-- M-70
SELECT {lea}, '', jsonb_build_object('date', %(october_due)s::date, 'number', expected.number)
FROM scope JOIN (
    SELECT lea_id, count(*) AS number FROM (
        SELECT lea_id FROM a WHERE counts UNION ALL SELECT lea_id FROM v WHERE counts
    ) AS told GROUP BY lea_id
) AS expected USING (lea_id)
WHERE scope.october_opens AND NOT scope.has_courses AND NOT scope.has_students

-- M-71
SELECT {lea}, '', jsonb_build_object('date', %(june_due)s::date, 'number', expected.number)
FROM scope JOIN (
    SELECT lea_id, count(*) AS number FROM (
        SELECT lea_id FROM a WHERE counts UNION ALL SELECT lea_id FROM v WHERE counts
        UNION ALL SELECT lea_id FROM o WHERE is_coded
    ) AS told GROUP BY lea_id
) AS expected USING (lea_id)
WHERE scope.june_opens AND NOT scope.has_june

-- M-73
SELECT {lea}, CASE WHEN scope.has_courses THEN 'students' ELSE 'courses' END, '{{}}'::jsonb
FROM scope
WHERE scope.has_courses <> scope.has_students

-- M-74
SELECT {lea}, '', jsonb_build_object('date', scope.newer_trial_on)
FROM scope
WHERE scope.newer_trial_on IS NOT NULL

-- M-76
SELECT {lea},
    CASE WHEN EXISTS (
        SELECT FROM a JOIN ao USING (a_id) JOIN o USING (o_id)
        WHERE a.lea_id = scope.lea_id AND o.lea_id = scope.lea_id AND a.counts
    ) THEN 'not_coded' ELSE '' END,
    jsonb_build_object('number', expected.number)
FROM scope JOIN (SELECT lea_id, count(*) AS number FROM a WHERE counts GROUP BY lea_id) AS expected USING (lea_id)
WHERE scope.has_courses AND scope.has_students
    AND NOT EXISTS (SELECT FROM o WHERE o.lea_id = scope.lea_id AND o.is_coded)

-- M-77
-- Most of what is reported and not coded here is of students who stand in another district: that is the provider's mistake.
SELECT {lea}, CASE WHEN strangers.number * 2 > strangers.of THEN 'district_wrong' ELSE '' END,
    jsonb_build_object('found', coded.number, 'reported', told.number)
FROM scope
JOIN (SELECT lea_id, count(*) AS number FROM v WHERE counts GROUP BY lea_id) AS told USING (lea_id)
LEFT JOIN (SELECT lea_id, count(*) AS number FROM o WHERE is_coded GROUP BY lea_id) AS reported USING (lea_id)
CROSS JOIN LATERAL (SELECT coalesce(reported.number, 0) AS number) AS coded
JOIN LATERAL (
    SELECT count(*) AS of, count(*) FILTER (
        WHERE EXISTS (SELECT FROM o WHERE o.mosis_id = v.mosis_id AND o.lea_id <> scope.lea_id)
            OR EXISTS (SELECT FROM core WHERE core.mosis_id = v.mosis_id AND core.lea_id <> scope.lea_id)
    ) AS number
    FROM v
    WHERE v.lea_id = scope.lea_id AND v.counts
        AND NOT EXISTS (SELECT FROM o WHERE o.mosis_id = v.mosis_id AND o.lea_id = scope.lea_id)
        AND NOT EXISTS (SELECT FROM core WHERE core.mosis_id = v.mosis_id AND core.lea_id = scope.lea_id)
) AS strangers ON true
WHERE scope.has_courses AND scope.has_students
    AND abs(coded.number - told.number) > %(rows)s
    AND abs(coded.number - told.number) * 100 > greatest(coded.number, told.number) * %(share)s

-- M-12
-- Of a trial, whose bad values are not kept: by what checking it found.
SELECT {lea}, '', jsonb_build_object('number', wrong.number)
FROM scope JOIN (
    SELECT upload.lea_id, count(DISTINCT (problem.upload_id, problem.line)) AS number
    FROM coredata_problem AS problem JOIN coredata_upload AS upload ON upload.id = problem.upload_id
    WHERE upload.id = ANY(%(trials)s) AND problem.rule = 'V-22' GROUP BY upload.lea_id
) AS wrong USING (lea_id)

-- M-75
SELECT {lea}, '', jsonb_build_object('number', wrong.number)
FROM scope JOIN (
    SELECT upload.lea_id, count(DISTINCT (problem.upload_id, problem.line)) AS number
    FROM coredata_problem AS problem JOIN coredata_upload AS upload ON upload.id = problem.upload_id
    WHERE upload.id = ANY(%(trials)s) AND problem.rule IN ('V-01', 'V-02') GROUP BY upload.lea_id
) AS wrong USING (lea_id)
