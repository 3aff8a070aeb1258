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

-- A number that was corrected, or given up when two records of one student were joined, and the one that took its place. Not
-- one that is another student's by now: what stood under it may be of either.
INSERT INTO renumbered
SELECT DISTINCT was.mosis_id AS before, coalesce(kept.mosis_id, student.mosis_id) AS after
FROM (SELECT DISTINCT mosis_id FROM old WHERE state <> 'resolved' AND mosis_id <> '') AS known
JOIN records_studentevent AS was USING (mosis_id)
JOIN records_student AS student ON student.id = was.pgh_obj_id
LEFT JOIN records_student AS kept ON kept.id = student.merged_into_id
WHERE coalesce(kept.mosis_id, student.mosis_id) <> was.mosis_id
    AND NOT EXISTS (SELECT FROM records_student AS other WHERE other.mosis_id = was.mosis_id);

-- The same disagreement goes on under the student's new number, with its answers: where nothing stands there yet, and nothing
-- is left under the old one.
UPDATE old SET mosis_id = moved.mosis_id
FROM (
    SELECT DISTINCT ON (now.lea, now.code, now.mosis_id, now.course_code, now.semester) old.id, now.mosis_id
    FROM old JOIN renumbered ON renumbered.before = old.mosis_id
    JOIN now ON now.mosis_id = renumbered.after AND now.lea = old.lea AND now.code = old.code
        AND now.course_code = old.course_code AND now.semester = old.semester
    WHERE old.state <> 'resolved'
        AND NOT EXISTS (
            SELECT FROM now AS still WHERE still.mosis_id = old.mosis_id AND still.lea = old.lea
                AND still.code = old.code AND still.course_code = old.course_code AND still.semester = old.semester
        )
        AND NOT EXISTS (
            SELECT FROM old AS there WHERE there.mosis_id = now.mosis_id AND there.lea = old.lea
                AND there.code = old.code AND there.course_code = old.course_code AND there.semester = old.semester
        )
    ORDER BY now.lea, now.code, now.mosis_id, now.course_code, now.semester, old.id
) AS moved
WHERE moved.id = old.id;
