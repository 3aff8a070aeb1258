-- What many mismatches of one LEA say together.

-- M-05
SELECT {lea}, '', jsonb_build_object('number', missing.number, 'limit', expected.number)
FROM scope
JOIN (SELECT lea_id, count(*) AS number FROM found WHERE code = 'M-01' AND a_id IS NOT NULL GROUP BY lea_id) AS missing USING (lea_id)
JOIN (SELECT lea_id, count(*) AS number FROM unit WHERE source = 'A' GROUP BY lea_id) AS expected USING (lea_id)
WHERE missing.number >= %(lines)s AND missing.number * 100 >= expected.number * %(share)s
