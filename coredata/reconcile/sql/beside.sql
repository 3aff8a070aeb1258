-- What was found before (`old`) beside what is found now (`now`), with the same columns to join them by: of a mismatch without a
-- student the provider belongs to its identity (`whole`).

-- The mismatches that this question can speak of: those of LEAs in scope and, where the whole state is asked, nobody's.
INSERT INTO old
SELECT mismatch.id, mismatch.state, mismatch.code, mismatch.mosis_id, mismatch.course_code, mismatch.semester,
    coalesce(mismatch.lea_id, 0) AS lea, mismatch.waived_until,
    CASE WHEN mismatch.mosis_id = '' THEN coalesce(mismatch.provider_id, 0) ELSE 0 END AS whole
FROM reconcile_mismatch AS mismatch
WHERE mismatch.school_year_id = %(year)s
    AND mismatch.lea_id IN (SELECT lea_id FROM scope)
UNION ALL
SELECT mismatch.id, mismatch.state, mismatch.code, mismatch.mosis_id, mismatch.course_code, mismatch.semester, 0,
    mismatch.waived_until, CASE WHEN mismatch.mosis_id = '' THEN coalesce(mismatch.provider_id, 0) ELSE 0 END
FROM reconcile_mismatch AS mismatch
WHERE mismatch.school_year_id = %(year)s AND mismatch.lea_id IS NULL AND %(is_whole)s;

INSERT INTO now
SELECT result.*, coalesce(result.lea_id, 0) AS lea,
    CASE WHEN result.mosis_id = '' THEN coalesce(result.provider_id, 0) ELSE 0 END AS whole
FROM result;
{analyze} old, now;
