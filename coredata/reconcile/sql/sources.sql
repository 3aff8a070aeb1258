-- The four sources of a school year, as far as students of the LEAs in scope stand in them: a (what was approved), o
-- (October), j (June) and v (what providers report), beside core (Student Core).
--
-- What a source says of another LEA's students is not there; what other LEAs say of these students is.

INSERT INTO every_v
SELECT
    reported.id AS v_id, reported.report_id, reported.line, lea.organization_id AS lea_id, reported.district_code,
    report.provider_id, reported.enrollment_id, reported.approval_id, reported.mosis_id, reported.birth_date,
    reported.first_name, reported.last_name, reported.enrollment_type AS type, reported.basis,
    reported.provider_course_code AS own_code, reported.course_code, reported.semester,
    reported.begin_date AS begins_on, reported.end_date AS ends_on, reported.status, reported.status_date,
    reported.credits_earned, reported.final_grade,
    CASE reported.teacher_provided WHEN 'Y' THEN '50' WHEN 'N' THEN '52' ELSE '' END AS program,
    reported.basis = 'mocap' AND reported.status IN ('active', 'completed', 'incomplete', 'withdrawn') AS counts,
    reported.basis = 'mocap' AND reported.status = 'withdrawn' AS is_withdrawn
FROM (
    SELECT reported.* FROM pupil JOIN coredata_reportrow AS reported USING (mosis_id)
    UNION ALL
    SELECT reported.* FROM scope
        JOIN directory_lea AS lea ON lea.organization_id = scope.lea_id
        JOIN coredata_reportrow AS reported ON reported.district_code = lea.state_district_id
        WHERE reported.mosis_id = ''
) AS reported
JOIN coredata_providerreport AS report ON report.id = reported.report_id
LEFT JOIN directory_lea AS lea ON lea.state_district_id = reported.district_code
WHERE reported.report_id = ANY(%(reports)s);
{analyze} every_v;

-- Approvals of these students, and those that providers name beside students of the LEAs in scope (M-90).
INSERT INTO wanted
SELECT line.id FROM pupil
    JOIN records_student AS student USING (mosis_id)
    JOIN records_claim AS claim ON claim.student_id = student.id
    JOIN part_time_courserequest AS request ON request.claim_id = claim.id
    JOIN part_time_courseline AS line ON line.request_id = request.id
UNION SELECT roster.line_id FROM pupil JOIN registration_rosterline AS roster USING (mosis_id)
UNION SELECT line.id FROM every_v JOIN scope USING (lea_id)
    JOIN part_time_courseline AS line ON line.id
        = CASE WHEN every_v.approval_id ~ '^[1-9][0-9]{0,17}$' THEN every_v.approval_id::bigint END;
ANALYZE wanted;

INSERT INTO every_a
SELECT
    line.id AS line_id, NULL::bigint AS scheduled_id, 'PT' AS type,
    coalesce(roster.lea_id, request.lea_id) AS lea_id, NULL::bigint AS resident_id, course.provider_id,
    NULL::text AS school_code,
    -- As it is now: the roster keeps the number as it was told, which may have been corrected since.
    coalesce(student.mosis_id, roster.mosis_id) AS mosis_id, student.id AS student_id, student.birth_date,
    student.first_name, student.last_name,
    course.state_course_code::text AS course_code, course.provider_course_code AS own_code, term.code::text AS semester,
    line.state::text AS state, line.basis::text AS basis,
    CASE course.instruction WHEN 'curriculum_only' THEN '52' ELSE '50' END AS program,
    coalesce(line.started_on, line.starts_on, term.starts_on) AS begins_on,
    coalesce(line.ended_on, line.ends_on, term.ends_on) AS ends_on,
    (decision.decided_at AT TIME ZONE 'America/Chicago')::date AS decided_on, clock.due_on AS decide_by,
    line.state = ANY(%(approved)s) AND line.basis <> 'private'
        AND NOT (line.state = 'removed' AND line.started_on IS NULL) AS counts,
    line.state IN ('withdrawn', 'removed') AND line.started_on IS NOT NULL AS is_withdrawn
FROM wanted
JOIN part_time_courseline AS line ON line.id = wanted.line_id
JOIN part_time_courserequest AS request ON request.id = line.request_id AND request.state <> 'draft'
JOIN directory_term AS term ON term.id = request.term_id AND term.school_year_id = %(year)s
JOIN providers_course AS course ON course.id = line.course_id
JOIN records_claim AS claim ON claim.id = request.claim_id
JOIN records_student AS student ON student.id = claim.student_id
LEFT JOIN registration_rosterline AS roster ON roster.line_id = line.id
LEFT JOIN part_time_decision AS decision ON decision.id = line.decision_id
LEFT JOIN clocks_clock AS clock ON clock.id = request.clock_id
WHERE coalesce(student.mosis_id, roster.mosis_id) IS NOT NULL;

-- Of a full-time student each course of the schedule that holds now, or held last.
INSERT INTO every_a
SELECT
    NULL, scheduled.id, 'FT', program.host_id, enrollment.resident_lea_id, course.provider_id,
    school.state_school_id,
    student.mosis_id, student.id, student.birth_date, student.first_name, student.last_name,
    course.state_course_code::text, course.provider_course_code,
    CASE
        WHEN scheduled.starts_on <= first.ends_on AND scheduled.ends_on > second.starts_on THEN 'YL'
        WHEN scheduled.starts_on <= first.ends_on THEN 'S1'
        ELSE 'S2'
    END,
    CASE WHEN enrollment.ended_on IS NULL OR enrollment.ended_on >= scheduled.ends_on THEN 'active' ELSE 'withdrawn' END,
    'district',
    CASE course.instruction WHEN 'curriculum_only' THEN '52' ELSE '50' END,
    scheduled.starts_on, least(scheduled.ends_on, enrollment.ended_on),
    (enrollment.admitted_at AT TIME ZONE 'America/Chicago')::date, NULL,
    enrollment.ended_on IS NULL OR enrollment.ended_on >= scheduled.starts_on,
    enrollment.ended_on IS NOT NULL AND enrollment.ended_on < scheduled.ends_on
FROM (
    SELECT DISTINCT ON (enrollment_id) id, enrollment_id FROM full_time_schedule
    WHERE school_year_id = %(year)s AND valid_from <= %(as_of)s AND enrollment_id IN (
        SELECT enrollment.id FROM pupil JOIN records_student AS student USING (mosis_id)
            JOIN full_time_programenrollment AS enrollment ON enrollment.student_id = student.id
    )
    ORDER BY enrollment_id, version DESC
) AS schedule
JOIN full_time_programenrollment AS enrollment ON enrollment.id = schedule.enrollment_id
    AND enrollment.entered_at IS NOT NULL
JOIN full_time_program AS program ON program.id = enrollment.program_id
LEFT JOIN directory_school AS school ON school.id = program.school_id
JOIN full_time_scheduledcourse AS scheduled ON scheduled.schedule_id = schedule.id
JOIN providers_course AS course ON course.id = scheduled.course_id
JOIN records_student AS student ON student.id = enrollment.student_id
JOIN directory_term AS first ON first.school_year_id = %(year)s AND first.code = 'S1'
JOIN directory_term AS second ON second.school_year_id = %(year)s AND second.code = 'S2'
WHERE student.mosis_id IS NOT NULL;
{analyze} every_a;

INSERT INTO a
SELECT row_number() OVER (ORDER BY line_id, scheduled_id) AS a_id, every_a.* FROM every_a JOIN pupil USING (mosis_id);

INSERT INTO o
SELECT october.*, row_number() OVER (ORDER BY october.lea_id, student_line, course_line) AS o_id,
    program_code = ANY(%(programs)s) AS is_coded
FROM {october} AS october JOIN pupil USING (mosis_id);

INSERT INTO j
SELECT june.*, row_number() OVER (ORDER BY june.lea_id, line) AS j_id,
    CASE WHEN grade_earned = '' THEN 'incomplete' ELSE coalesce(meaning."group", '') END AS outcome
FROM {june} AS june JOIN pupil USING (mosis_id)
LEFT JOIN directory_codemeaning AS meaning ON meaning.code_set = 'grade_earned' AND meaning.code = grade_earned
    AND meaning.valid_from <= %(as_of)s AND (meaning.valid_to IS NULL OR meaning.valid_to >= %(as_of)s);

-- What a provider's own code of a course means: a state course code, on these days (K4). Of the catalog only what is
-- named above, by its own code or by its state code.
INSERT INTO crosswalk
SELECT DISTINCT listed.*
FROM (SELECT provider_id, own_code FROM a UNION SELECT provider_id, own_code FROM every_v) AS named
CROSS JOIN LATERAL (
    SELECT course.provider_id, course.provider_course_code, course.state_course_code, course.valid_from,
        course.valid_to, course.grade_low, course.grade_high
    FROM providers_course AS course
    WHERE course.provider_id = named.provider_id AND course.provider_course_code = named.own_code
        AND course.valid_from <= %(year_ends)s AND (course.valid_to IS NULL OR course.valid_to >= %(year_starts)s)
    OFFSET 0
) AS listed;
{analyze} crosswalk;

INSERT INTO crosswalk
SELECT DISTINCT listed.*
FROM (
    SELECT provider_id, course_code FROM every_v WHERE course_code <> ''
    EXCEPT SELECT provider_id, course_code FROM crosswalk
) AS named
CROSS JOIN LATERAL (
    SELECT course.provider_id, course.provider_course_code, course.state_course_code, course.valid_from,
        course.valid_to, course.grade_low, course.grade_high
    FROM providers_course AS course
    WHERE course.state_course_code = named.course_code AND course.provider_id = named.provider_id
        AND course.valid_from <= %(year_ends)s AND (course.valid_to IS NULL OR course.valid_to >= %(year_starts)s)
    OFFSET 0
) AS listed;

-- What October and June report that the catalog has, by its state code.
INSERT INTO in_catalog
SELECT course_code FROM (
    SELECT course_code FROM o WHERE is_coded UNION SELECT course_code FROM j WHERE program_code = ''
) AS reported
WHERE EXISTS (
    SELECT FROM providers_course AS course
    WHERE course.state_course_code = reported.course_code
        AND course.valid_from <= %(year_ends)s AND (course.valid_to IS NULL OR course.valid_to >= %(year_starts)s)
);
{analyze} crosswalk, in_catalog;

INSERT INTO v
SELECT every_v.*, listed.course_code AS mapped_code
FROM every_v
LEFT JOIN (
    SELECT DISTINCT ON (asked.provider_id, asked.own_code, asked.begins_on) asked.*, crosswalk.course_code
    FROM (SELECT DISTINCT provider_id, own_code, coalesce(begins_on, '-infinity') AS begins_on FROM every_v) AS asked
    JOIN crosswalk USING (provider_id, own_code)
    ORDER BY asked.provider_id, asked.own_code, asked.begins_on,
        crosswalk.valid_from <= asked.begins_on
            AND (crosswalk.valid_to IS NULL OR crosswalk.valid_to >= asked.begins_on) DESC,
        crosswalk.valid_from DESC, crosswalk.course_code
) AS listed ON listed.provider_id = every_v.provider_id AND listed.own_code = every_v.own_code
    AND listed.begins_on = coalesce(every_v.begins_on, '-infinity');

-- Student Core of every LEA in which one of these students stands.
INSERT INTO core
SELECT file.lea_id, kept.mosis_id, kept.line, kept.birth_date, kept.first_name, kept.last_name
FROM (
    SELECT DISTINCT file.* FROM pupil
    JOIN coredata_student_lines AS places USING (mosis_id) JOIN core_file AS file USING (collection_id, upload_id)
    WHERE places.collection_id = ANY(%(core_collections)s)
) AS file
CROSS JOIN LATERAL (  -- a file's rows lie together: each is read whole, and no other
    SELECT * FROM coredata_stu_core AS kept
    WHERE kept.collection_id = file.collection_id AND kept.upload_id = file.upload_id
        AND kept.collection_id = ANY(%(core_collections)s)
    OFFSET 0
) AS kept
JOIN pupil ON pupil.mosis_id = kept.mosis_id;

-- Course Assignment of the LEAs in scope.
INSERT INTO section
SELECT file.lea_id, kept.line, kept.school_code, kept.assignment_number, kept.course_code, kept.semester,
    kept.program_code
FROM course_file AS file JOIN scope USING (lea_id)
CROSS JOIN LATERAL (
    SELECT * FROM coredata_crs_assign AS kept
    WHERE kept.collection_id = file.collection_id AND kept.upload_id = file.upload_id
        AND kept.collection_id = ANY(%(course_collections)s)
    OFFSET 0
) AS kept;

-- When students left, where a district sends Enrollment and Attendance.
INSERT INTO stay
SELECT file.lea_id, kept.mosis_id, kept.exit_date
FROM (
    SELECT DISTINCT file.* FROM pupil
    JOIN coredata_student_lines AS places USING (mosis_id) JOIN stay_file AS file USING (collection_id, upload_id)
    WHERE places.collection_id = ANY(%(stay_collections)s)
) AS file
CROSS JOIN LATERAL (
    SELECT * FROM coredata_stu_enrl_attnd AS kept
    WHERE kept.collection_id = file.collection_id AND kept.upload_id = file.upload_id
        AND kept.collection_id = ANY(%(stay_collections)s) AND kept.exit_date IS NOT NULL
    OFFSET 0
) AS kept
JOIN pupil ON pupil.mosis_id = kept.mosis_id;
{analyze} a, o, j, v, core, section, stay;
