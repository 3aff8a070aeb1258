-- What many mismatches of one LEA say together.

-- M-05
-- The students have these courses and most sections lack the code; or what did come through names no sending and receiving
-- district, so the system exports MOCAP rows without: then something else leaves the others out.
SELECT {lea},
    CASE
        WHEN missing.uncoded * 2 > missing.number THEN 'not_coded'
        WHEN came.number > 0 AND came.named = 0 THEN 'export_filter'
        ELSE ''
    END,
    jsonb_build_object('number', missing.number, 'limit', expected.number)
FROM scope
JOIN (
    SELECT lea_id, count(*) AS number, count(*) FILTER (WHERE cause = 'other_program') AS uncoded
    FROM found WHERE code = 'M-01' AND a_id IS NOT NULL GROUP BY lea_id
) AS missing USING (lea_id)
JOIN (SELECT lea_id, count(*) AS number FROM unit WHERE source = 'A' GROUP BY lea_id) AS expected USING (lea_id)
LEFT JOIN (
    SELECT lea_id, count(*) AS number,
        count(*) FILTER (WHERE o.sending_district_code <> '' AND o.receiving_district_code <> '') AS named
    FROM o WHERE o.is_coded GROUP BY lea_id
) AS came USING (lea_id)
WHERE missing.number >= %(lines)s AND missing.number * 100 >= expected.number * %(share)s
