-- The four sources of a school year, as far as students of the LEAs in scope stand in them: a (what was approved), o
-- (October), j (June) and v (what providers report), beside core (Student Core). Temporary, gone with the transaction.
--
-- Before this, `scope` is filled: a row for each LEA that is compared, with when its files were certified; so are
-- `core_file` and `stay_file`, with the certified files of those kinds of every LEA.
-- What a source says of another LEA's students is not there; what other LEAs say of these students is.

-- What a provider's own code of a course means: a state course code, on these days (K4).
CREATE TEMPORARY TABLE crosswalk ON COMMIT DROP AS
SELECT provider_id, provider_course_code AS own_code, state_course_code AS course_code, valid_from, valid_to,
    grade_low, grade_high
FROM providers_course
WHERE valid_from <= %(year_ends)s AND (valid_to IS NULL OR valid_to >= %(year_starts)s);

CREATE TEMPORARY TABLE every_a ON COMMIT DROP AS
SELECT
    line.id AS line_id, NULL::bigint AS scheduled_id, 'PT' AS type,
    coalesce(roster.lea_id, request.lea_id) AS lea_id, NULL::bigint AS resident_id, course.provider_id,
    NULL::text AS school_code,
    -- As it is now: the roster keeps the number as it was told, which may have been corrected since.
    coalesce(student.mosis_id, roster.mosis_id) AS mosis_id, student.id AS student_id, student.birth_date,
    student.first_name, student.last_name, student.grade,
    course.state_course_code::text AS course_code, course.provider_course_code AS own_code, term.code::text AS semester,
    line.state::text AS state, line.basis::text AS basis, course.credits, line.final_grade,
    CASE course.instruction WHEN 'curriculum_only' THEN '52' ELSE '50' END AS program,
    coalesce(line.started_on, line.starts_on, term.starts_on) AS begins_on, line.started_on,
    coalesce(line.ended_on, line.ends_on, term.ends_on) AS ends_on,
    (decision.decided_at AT TIME ZONE 'America/Chicago')::date AS decided_on, clock.due_on AS decide_by,
    line.state = ANY(%(approved)s) AND line.basis <> 'private'
        AND NOT (line.state = 'removed' AND line.started_on IS NULL) AS counts,
    line.state IN ('withdrawn', 'removed') AND line.started_on IS NOT NULL AS is_withdrawn
FROM part_time_courseline AS line
JOIN part_time_courserequest AS request ON request.id = line.request_id AND request.state <> 'draft'
JOIN directory_term AS term ON term.id = request.term_id AND term.school_year_id = %(year)s
JOIN providers_course AS course ON course.id = line.course_id
JOIN records_claim AS claim ON claim.id = request.claim_id
JOIN records_student AS student ON student.id = claim.student_id
LEFT JOIN registration_rosterline AS roster ON roster.line_id = line.id
LEFT JOIN part_time_decision AS decision ON decision.id = line.decision_id
LEFT JOIN clocks_clock AS clock ON clock.id = request.clock_id
WHERE coalesce(student.mosis_id, roster.mosis_id) IS NOT NULL
UNION ALL
-- Of a full-time student each course of the schedule that holds now, or held last.
SELECT
    NULL, scheduled.id, 'FT', program.host_id, enrollment.resident_lea_id, course.provider_id,
    school.state_school_id,
    student.mosis_id, student.id, student.birth_date, student.first_name, student.last_name, student.grade,
    course.state_course_code::text, course.provider_course_code,
    CASE
        WHEN scheduled.starts_on <= first.ends_on AND scheduled.ends_on > second.starts_on THEN 'YL'
        WHEN scheduled.starts_on <= first.ends_on THEN 'S1'
        ELSE 'S2'
    END,
    CASE WHEN enrollment.ended_on IS NULL OR enrollment.ended_on >= scheduled.ends_on THEN 'active' ELSE 'withdrawn' END,
    'district', scheduled.credit, '',
    CASE course.instruction WHEN 'curriculum_only' THEN '52' ELSE '50' END,
    scheduled.starts_on, scheduled.starts_on, least(scheduled.ends_on, enrollment.ended_on),
    (enrollment.admitted_at AT TIME ZONE 'America/Chicago')::date, NULL,
    enrollment.ended_on IS NULL OR enrollment.ended_on >= scheduled.starts_on,
    enrollment.ended_on IS NOT NULL AND enrollment.ended_on < scheduled.ends_on
FROM (
    SELECT DISTINCT ON (enrollment_id) id, enrollment_id FROM full_time_schedule
    WHERE school_year_id = %(year)s AND valid_from <= %(as_of)s ORDER BY enrollment_id, version DESC
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

CREATE TEMPORARY TABLE every_v ON COMMIT DROP AS
SELECT
    reported.id AS v_id, reported.report_id, reported.line, lea.organization_id AS lea_id, reported.district_code,
    report.provider_id, report.as_of AS reported_on,
    reported.enrollment_id, reported.approval_id, reported.mosis_id, reported.birth_date, reported.first_name,
    reported.last_name, reported.grade_level, reported.enrollment_type AS type, reported.basis,
    reported.provider_course_code AS own_code, reported.course_code, listed.course_code AS mapped_code,
    reported.semester, reported.begin_date AS begins_on, reported.end_date AS ends_on, reported.status,
    reported.status_date, reported.credits_earned, reported.final_grade,
    CASE reported.teacher_provided WHEN 'Y' THEN '50' WHEN 'N' THEN '52' ELSE '' END AS program,
    reported.basis = 'mocap' AND reported.status IN ('active', 'completed', 'incomplete', 'withdrawn') AS counts,
    reported.basis = 'mocap' AND reported.status = 'withdrawn' AS is_withdrawn
FROM coredata_providerreport AS report
JOIN coredata_reportrow AS reported ON reported.report_id = report.id
LEFT JOIN directory_lea AS lea ON lea.state_district_id = reported.district_code
LEFT JOIN LATERAL (
    SELECT course_code FROM crosswalk
    WHERE provider_id = report.provider_id AND own_code = reported.provider_course_code
    ORDER BY valid_from <= reported.begin_date AND (valid_to IS NULL OR valid_to >= reported.begin_date) DESC,
        valid_from DESC, course_code
    LIMIT 1
) AS listed ON true
WHERE report.id = ANY(%(reports)s);
CREATE INDEX ON every_v (mosis_id);
ANALYZE every_a, every_v, scope;

-- The students about whom an LEA in scope has to answer.
CREATE TEMPORARY TABLE pupil ON COMMIT DROP AS
SELECT mosis_id FROM every_a JOIN scope USING (lea_id)
UNION SELECT mosis_id FROM every_a JOIN scope ON scope.lea_id = every_a.resident_id
UNION SELECT mosis_id FROM every_v JOIN scope USING (lea_id) WHERE mosis_id <> ''
-- Who moved in while another LEA's course runs (M-62). Of the LEAs in scope all are here already.
UNION SELECT mosis_id FROM every_v JOIN coredata_student_lines AS known USING (mosis_id)
    JOIN core_file USING (collection_id, upload_id) JOIN scope ON scope.lea_id = core_file.lea_id
    WHERE every_v.counts AND every_v.status = 'active' AND every_v.lea_id NOT IN (SELECT lea_id FROM scope)
UNION SELECT mosis_id FROM {october} AS october JOIN scope USING (lea_id) WHERE program_code = ANY(%(programs)s)
UNION SELECT mosis_id FROM {june} AS june JOIN scope USING (lea_id) WHERE program_code = ANY(%(programs)s);
ALTER TABLE pupil ADD PRIMARY KEY (mosis_id);
ANALYZE pupil;

CREATE TEMPORARY TABLE a ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY line_id, scheduled_id) AS a_id, * FROM every_a JOIN pupil USING (mosis_id);

CREATE TEMPORARY TABLE v ON COMMIT DROP AS
SELECT every_v.* FROM every_v JOIN pupil USING (mosis_id)
UNION ALL SELECT every_v.* FROM every_v JOIN scope USING (lea_id) WHERE mosis_id = '';

CREATE TEMPORARY TABLE o ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY october.lea_id, student_line, course_line) AS o_id,
    october.*, program_code = ANY(%(programs)s) AS is_coded
FROM {october} AS october JOIN pupil USING (mosis_id);

CREATE TEMPORARY TABLE j ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY june.lea_id, line) AS j_id, june.*,
    CASE WHEN grade_earned = '' THEN 'incomplete' ELSE coalesce(meaning."group", '') END AS outcome
FROM {june} AS june JOIN pupil USING (mosis_id)
LEFT JOIN directory_codemeaning AS meaning ON meaning.code_set = 'grade_earned' AND meaning.code = grade_earned
    AND meaning.valid_from <= %(as_of)s AND (meaning.valid_to IS NULL OR meaning.valid_to >= %(as_of)s);

-- Student Core of the LEAs in scope, and of those others in which one of these students stands.
CREATE TEMPORARY TABLE core ON COMMIT DROP AS
SELECT file.lea_id, kept.mosis_id, kept.line, kept.birth_date, kept.first_name, kept.last_name, kept.grade_level
FROM core_file AS file
JOIN coredata_stu_core AS kept ON kept.collection_id = file.collection_id AND kept.upload_id = file.upload_id
JOIN pupil USING (mosis_id)
WHERE file.lea_id IN (SELECT lea_id FROM scope) OR file.upload_id IN (
    SELECT upload_id FROM coredata_student_lines
    WHERE collection_id IN (SELECT collection_id FROM core_file) AND mosis_id IN (SELECT mosis_id FROM pupil)
);

-- When students left, where a district sends Enrollment and Attendance.
CREATE TEMPORARY TABLE stay ON COMMIT DROP AS
SELECT file.lea_id, kept.mosis_id, kept.line, kept.exit_date
FROM stay_file AS file
JOIN coredata_stu_enrl_attnd AS kept ON kept.collection_id = file.collection_id AND kept.upload_id = file.upload_id
JOIN pupil USING (mosis_id)
WHERE kept.exit_date IS NOT NULL;

CREATE INDEX ON a (mosis_id, course_code);
CREATE INDEX ON o (mosis_id, course_code);
CREATE INDEX ON j (mosis_id, course_code);
CREATE INDEX ON v (mosis_id, course_code);
CREATE INDEX ON core (mosis_id);
ANALYZE a, o, j, v, core, stay;
