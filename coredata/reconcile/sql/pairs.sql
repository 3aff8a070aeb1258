-- Which rows of the four sources speak of the same student-course: every pair that may, and for each row the best.
--
-- The ladder, best first: K1 student, course, semester and LEA; K2 the same at another LEA; K3 a semester that fits; K4 by
-- the provider's own code of the course; K5 by the number of the approval. K6 is no pair: it suggests (identity.sql).

-- Which semesters share a time, of all that stand anywhere; one that nobody knows may be any time.
INSERT INTO fits
WITH known AS (
    SELECT * FROM unnest(%(semesters)s::text[], %(times)s::integer[]) AS known(code, time)
), told AS (
    SELECT code FROM known UNION SELECT semester FROM a UNION SELECT semester FROM o UNION SELECT semester FROM j
    UNION SELECT semester FROM v UNION SELECT semester FROM o_before
), code AS (
    SELECT told.code, coalesce(known.time, %(any_time)s) AS time FROM told LEFT JOIN known USING (code)
)
SELECT one.code AS one, two.code AS two FROM code AS one CROSS JOIN code AS two WHERE one.time & two.time <> 0;

INSERT INTO a_code
SELECT a_id, course_code, 0 AS far FROM a
UNION SELECT a.a_id, crosswalk.course_code, 1 FROM a JOIN crosswalk USING (provider_id, own_code)
    WHERE crosswalk.course_code <> a.course_code;

INSERT INTO v_code
SELECT v_id, course_code, 0 AS far FROM v WHERE course_code <> ''
UNION SELECT v_id, mapped_code, 1 FROM v WHERE mapped_code <> course_code;
{analyze} a_code, v_code;

INSERT INTO ao
SELECT a.a_id, o.o_id, row_number() OVER (
    PARTITION BY a.a_id
    ORDER BY a_code.far, o.semester <> a.semester, o.lea_id <> a.lea_id, NOT o.is_coded, o.lea_id, o.student_line
) AS place
FROM a JOIN a_code USING (a_id)
JOIN o ON o.mosis_id = a.mosis_id AND o.course_code = a_code.course_code
JOIN fits ON fits.one = a.semester AND fits.two = o.semester;

INSERT INTO aj
SELECT a.a_id, j.j_id, row_number() OVER (
    PARTITION BY a.a_id
    ORDER BY a_code.far, j.semester <> a.semester, j.lea_id <> a.lea_id, j.lea_id, j.line
) AS place
FROM a JOIN a_code USING (a_id)
JOIN j ON j.mosis_id = a.mosis_id AND j.course_code = a_code.course_code
JOIN fits ON fits.one = a.semester AND fits.two = j.semester;

-- Another provider's row of the same course is a pair too: that they differ is what has to be said (M-35).
INSERT INTO av
SELECT a_id, v_id, row_number() OVER (
    PARTITION BY a_id ORDER BY far, NOT same_provider, NOT same_semester, NOT counts, NOT same_lea, report_id, line
) AS place
FROM (
    SELECT DISTINCT ON (a_id, v_id) * FROM (
        SELECT a.a_id, v.v_id, a_code.far + v_code.far AS far, v.provider_id = a.provider_id AS same_provider,
            v.semester = a.semester AS same_semester, v.counts, v.lea_id = a.lea_id AS same_lea, v.report_id, v.line
        FROM a JOIN a_code USING (a_id)
        JOIN v ON v.mosis_id = a.mosis_id
        JOIN v_code ON v_code.v_id = v.v_id AND v_code.course_code = a_code.course_code
        JOIN fits ON fits.one = a.semester AND fits.two = v.semester
        UNION ALL
        SELECT a.a_id, v.v_id, 5, v.provider_id = a.provider_id, v.semester = a.semester, v.counts,
            v.lea_id = a.lea_id, v.report_id, v.line
        FROM v JOIN a ON a.line_id::text = v.approval_id AND a.mosis_id = v.mosis_id
    ) AS found
    ORDER BY a_id, v_id, far
) AS pairs;

INSERT INTO ov
SELECT o_id, v_id, row_number() OVER (
    PARTITION BY o_id ORDER BY far, NOT counts, NOT same_semester, NOT same_lea, report_id, line
) AS place
FROM (
    SELECT DISTINCT ON (o.o_id, v.v_id) o.o_id, v.v_id, v_code.far, v.counts, v.semester = o.semester AS same_semester,
        v.lea_id = o.lea_id AS same_lea, v.report_id, v.line
    FROM o JOIN v ON v.mosis_id = o.mosis_id
    JOIN v_code ON v_code.v_id = v.v_id AND v_code.course_code = o.course_code
    JOIN fits ON fits.one = o.semester AND fits.two = v.semester
    ORDER BY o.o_id, v.v_id, v_code.far
) AS pairs;

INSERT INTO oj
SELECT o.o_id, j.j_id, row_number() OVER (
    PARTITION BY o.o_id ORDER BY j.semester <> o.semester, j.lea_id <> o.lea_id, j.lea_id, j.line
) AS place
FROM o JOIN j USING (mosis_id, course_code)
JOIN fits ON fits.one = o.semester AND fits.two = j.semester;

INSERT INTO jv
SELECT j_id, v_id, row_number() OVER (
    PARTITION BY j_id ORDER BY far, NOT counts, NOT same_semester, NOT same_lea, report_id, line
) AS place
FROM (
    SELECT DISTINCT ON (j.j_id, v.v_id) j.j_id, v.v_id, v_code.far, v.counts, v.semester = j.semester AS same_semester,
        v.lea_id = j.lea_id AS same_lea, v.report_id, v.line
    FROM j JOIN v ON v.mosis_id = j.mosis_id
    JOIN v_code ON v_code.v_id = v.v_id AND v_code.course_code = j.course_code
    JOIN fits ON fits.one = j.semester AND fits.two = v.semester
    ORDER BY j.j_id, v.v_id, v_code.far
) AS pairs;
{analyze} ao, aj, av, ov, oj, jv;

-- A student-course, told by the row that knows most of it, with the best row of each other source: what was approved,
-- else what October codes as MOCAP, else what June does, else what a provider reports as a MOCAP course.
--
-- is_refused: there is a request for it that is not decided, or was not approved while the provider runs it, or that the
-- family pays for: timing.sql or M-88 says so.
INSERT INTO unit
WITH told AS (
    SELECT 'A' AS source, a.lea_id, a.mosis_id, a.course_code, a.semester, a.a_id, ao.o_id,
        coalesce(aj.j_id, oj.j_id) AS j_id, coalesce(av.v_id, ov.v_id) AS v_id
    FROM a
    LEFT JOIN ao ON ao.a_id = a.a_id AND ao.place = 1
    LEFT JOIN aj ON aj.a_id = a.a_id AND aj.place = 1
    LEFT JOIN av ON av.a_id = a.a_id AND av.place = 1
    LEFT JOIN oj ON oj.o_id = ao.o_id AND oj.place = 1
    LEFT JOIN ov ON ov.o_id = ao.o_id AND ov.place = 1
    WHERE a.counts
    UNION ALL
    SELECT 'O', o.lea_id, o.mosis_id, o.course_code, o.semester, NULL, o.o_id, oj.j_id, ov.v_id
    FROM o
    LEFT JOIN oj ON oj.o_id = o.o_id AND oj.place = 1
    LEFT JOIN ov ON ov.o_id = o.o_id AND ov.place = 1
    WHERE o.is_coded AND NOT EXISTS (SELECT FROM ao JOIN a USING (a_id) WHERE ao.o_id = o.o_id AND a.counts)
        AND NOT EXISTS (
            SELECT FROM ov AS through JOIN av USING (v_id) JOIN a USING (a_id)
            WHERE through.o_id = o.o_id AND a.counts
        )
    UNION ALL
    SELECT 'J', j.lea_id, j.mosis_id, j.course_code, j.semester, NULL, NULL, j.j_id, jv.v_id
    FROM j
    LEFT JOIN jv ON jv.j_id = j.j_id AND jv.place = 1
    LEFT JOIN v ON v.v_id = jv.v_id
    WHERE (
            j.program_code = ANY(%(programs)s) OR v.counts
            -- Most files carry no code of June's: then the catalog says whether it may be a MOCAP course, of a student who
            -- is known for one by an approval, a report or a code in the LEA's own files, whichever LEAs are asked.
            OR j.program_code = '' AND (j.every_course OR (j.lea_id, j.mosis_id) IN (
                SELECT lea_id, mosis_id FROM o WHERE is_coded
                UNION ALL SELECT lea_id, mosis_id FROM j WHERE program_code = ANY(%(programs)s)
            )) AND v.v_id IS NULL AND NOT EXISTS (SELECT FROM oj WHERE oj.j_id = j.j_id)
                AND EXISTS (SELECT FROM in_catalog WHERE in_catalog.course_code = j.course_code)
        )
        AND NOT EXISTS (SELECT FROM aj JOIN a USING (a_id) WHERE aj.j_id = j.j_id AND a.counts)
        AND NOT EXISTS (SELECT FROM oj JOIN o USING (o_id) WHERE oj.j_id = j.j_id AND o.is_coded)
        AND NOT EXISTS (SELECT FROM jv AS through JOIN av USING (v_id) JOIN a USING (a_id)
            WHERE through.j_id = j.j_id AND a.counts)
    UNION ALL
    SELECT 'V', v.lea_id, v.mosis_id, v.course_code, v.semester, NULL, NULL, NULL, v.v_id
    FROM v
    WHERE v.counts
        AND NOT EXISTS (SELECT FROM av JOIN a USING (a_id) WHERE av.v_id = v.v_id AND a.counts)
        AND NOT EXISTS (SELECT FROM ov JOIN o USING (o_id) WHERE ov.v_id = v.v_id AND o.is_coded)
        AND NOT EXISTS (SELECT FROM jv WHERE jv.v_id = v.v_id)
), refused AS (
    SELECT DISTINCT v.v_id FROM av JOIN a USING (a_id) JOIN v USING (v_id)
    WHERE a.state = 'requested' OR (a.state IN ('denied', 'cancelled') AND v.status = 'active')
        OR (a.basis = 'private' AND a.state = ANY(%(approved)s))
)
SELECT told.*,
    coalesce(a.provider_id, v.provider_id) AS provider_id,
    o.o_id IS NOT NULL AS has_o, j.j_id IS NOT NULL AS has_j,
    coalesce(v.counts, false) AS has_v, v.v_id IS NOT NULL AS is_listed,
    coalesce(a.is_withdrawn, false) OR coalesce(v.is_withdrawn, false) AS is_withdrawn,
    coalesce(v.begins_on, a.begins_on) AS begins_on,
    coalesce(coalesce(v.begins_on, a.begins_on) > scope.october_on, false) AS is_late,
    scope.october_opens, scope.june_opens,
    told.a_id IS NULL AND refused.v_id IS NOT NULL AS is_refused
FROM told
JOIN scope ON scope.lea_id = told.lea_id
LEFT JOIN a ON a.a_id = told.a_id
LEFT JOIN o ON o.o_id = told.o_id
LEFT JOIN j ON j.j_id = told.j_id
LEFT JOIN v ON v.v_id = told.v_id
LEFT JOIN refused ON refused.v_id = told.v_id;
{analyze} unit;

-- Who a student is at an LEA: by Student Core, else by what was approved, else by October, which keeps no name.
INSERT INTO person
SELECT DISTINCT ON (lea_id, mosis_id) lea_id, mosis_id, birth_date, first_name, last_name
FROM (
    SELECT 1 AS place, lea_id, mosis_id, birth_date, first_name, last_name, line FROM core
    UNION ALL SELECT 2, lea_id, mosis_id, birth_date, first_name, last_name, a_id FROM a
    UNION ALL SELECT 3, lea_id, mosis_id, birth_date, NULL, NULL, student_line FROM o
) AS told
WHERE birth_date IS NOT NULL
ORDER BY lea_id, mosis_id, place, line;
{analyze} person;
