-- The tables that a question fills, in the order in which they are filled. They are made once for a connection and are empty
-- whenever a transaction begins: made anew for each LEA they would cost more than all that is asked of them.
--
-- None has an index or a second table for long values, which has one: each transaction makes every index of these tables
-- anew when it ends, and a hundred of them take longer than to compare an LEA. {text}, {numeric} and {jsonb} stay in their
-- row; all are short.

-- Filled by the engine: each LEA that is compared, with when its files were certified; the certified files of Student Core,
-- of Course Assignment and of Enrollment and Attendance of every LEA; students whose every course matters; student-courses that stand nowhere
-- else: of the versions that were certified before, and of trials.
CREATE TEMPORARY TABLE scope (
    lea_id bigint, has_courses boolean NOT NULL, has_students boolean NOT NULL, has_june boolean NOT NULL,
    october_on date, october_opens boolean NOT NULL, june_opens boolean NOT NULL, newer_trial_on date
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE core_file (lea_id bigint, upload_id bigint, collection_id bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE course_file (lea_id bigint, upload_id bigint, collection_id bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE stay_file (lea_id bigint, upload_id bigint, collection_id bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE known_student (mosis_id {text}) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE o_before (LIKE coredata_studentcourse INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE o_trial (LIKE coredata_studentcourse INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE j_trial (LIKE coredata_studentoutcome INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DELETE ROWS;
-- A row of a trial has a number below zero.
ALTER TABLE o_trial ALTER COLUMN id SET INCREMENT BY -1 SET MINVALUE -9223372036854775808 SET START WITH -1 RESTART;
ALTER TABLE j_trial ALTER COLUMN id SET INCREMENT BY -1 SET MINVALUE -9223372036854775808 SET START WITH -1 RESTART;

-- Filled by sources.sql.
CREATE TEMPORARY TABLE pupil (mosis_id {text} NOT NULL) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE every_v (
    v_id bigint, report_id bigint, line integer, lea_id bigint, district_code {text}, provider_id bigint,
    enrollment_id {text}, approval_id {text}, mosis_id {text}, birth_date date, first_name {text}, last_name {text}, type {text},
    basis {text}, own_code {text}, course_code {text}, semester {text}, begins_on date, ends_on date, status {text},
    status_date date, credits_earned {numeric}, final_grade {text}, program {text}, counts boolean, is_withdrawn boolean
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE wanted (line_id bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE every_a (
    line_id bigint, scheduled_id bigint, type {text}, lea_id bigint, resident_id bigint, provider_id bigint,
    school_code {text}, mosis_id {text}, student_id bigint, birth_date date, first_name {text}, last_name {text},
    course_code {text}, own_code {text}, semester {text}, state {text}, basis {text}, program {text}, begins_on date, ends_on date,
    decided_on date, decide_by date, counts boolean, is_withdrawn boolean
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE a (a_id bigint, LIKE every_a INCLUDING STORAGE) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE o (
    LIKE coredata_studentcourse, o_id bigint, is_coded boolean
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE j (LIKE coredata_studentoutcome, j_id bigint, outcome varchar(20)) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE crosswalk (
    provider_id bigint, own_code {text}, course_code {text}, valid_from date, valid_to date, grade_low smallint,
    grade_high smallint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE in_catalog (course_code {text}) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE v (LIKE every_v INCLUDING STORAGE, mapped_code {text}) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE core (
    lea_id bigint, mosis_id {text}, line integer, birth_date date, first_name {text}, last_name {text}
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE section (
    lea_id bigint, line integer, school_code {text}, assignment_number {text}, course_code {text}, semester {text},
    program_code {text}
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE stay (lea_id bigint, mosis_id {text}, exit_date date) ON COMMIT DELETE ROWS;

-- Filled by pairs.sql.
CREATE TEMPORARY TABLE fits (one {text}, two {text}) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE a_code (a_id bigint, course_code {text}, far integer) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE v_code (v_id bigint, course_code {text}, far integer) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE ao (a_id bigint, o_id bigint, place bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE aj (a_id bigint, j_id bigint, place bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE av (a_id bigint, v_id bigint, place bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE ov (o_id bigint, v_id bigint, place bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE oj (o_id bigint, j_id bigint, place bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE jv (j_id bigint, v_id bigint, place bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE unit (
    source {text}, lea_id bigint, mosis_id {text}, course_code {text}, semester {text}, a_id bigint, o_id bigint, j_id bigint,
    v_id bigint, provider_id bigint, has_o boolean, has_j boolean, has_v boolean, is_listed boolean,
    is_withdrawn boolean, begins_on date, is_late boolean, october_opens boolean, june_opens boolean, is_refused boolean
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE person (
    lea_id bigint, mosis_id {text}, birth_date date, first_name {text}, last_name {text}
) ON COMMIT DELETE ROWS;

-- Filled by the codes, by conclusion.sql and by beside.sql.
CREATE TEMPORARY TABLE found (
    code {text} NOT NULL, lea_id bigint, provider_id bigint, mosis_id {text} NOT NULL, course_code {text} NOT NULL,
    semester {text} NOT NULL, cause {text} NOT NULL DEFAULT '', facts {jsonb} NOT NULL DEFAULT '{}', a_id bigint, o_id bigint,
    j_id bigint, v_id bigint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE result (
    code {text}, lea_id bigint, provider_id bigint, mosis_id {text}, course_code {text}, semester {text}, cause {text}, facts {jsonb}
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE old (
    id bigint, state {text}, code {text}, mosis_id {text}, course_code {text}, semester {text}, lea bigint, waived_until date,
    whole bigint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE now (LIKE result INCLUDING STORAGE, lea bigint, whole bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE renumbered (before {text}, after {text}) ON COMMIT DELETE ROWS;

-- Filled by whoever keeps what was found, and by life.sql.
CREATE TEMPORARY TABLE file (lea_id bigint, courses bigint, students bigint, june bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE newer (lea_id bigint, provider_id bigint, upload_id bigint, report_id bigint) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE both_of (
    id bigint, state {text}, waived_until date, mosis_id {text}, provider_id bigint, cause {text}, facts {jsonb}
) ON COMMIT DELETE ROWS;
