"""The tables of rows: one for each kind of file, partitioned by collection, and certified rows that never change."""

from django.db import migrations

# As the layouts have them today. A column that a layout gains comes here by a migration of its own; a new school year
# needs none.
TABLES = {
    "coredata_crs_assign": """
        collection_id bigint NOT NULL,
        upload_id bigint NOT NULL DEFAULT current_setting('coredata.loading')::bigint,
        line integer NOT NULL,
        has_error boolean NOT NULL,
        district_code text,
        school_code text,
        educator text,
        position_code text,
        cte_program_type text,
        assignment_number text,
        local_course_number text,
        local_course_name text,
        course_code text,
        sequence text,
        course_grade_level text,
        semester text,
        program_code text,
        delivery_system text,
        minutes_per_week integer,
        units_of_credit numeric,
        receiving_district_code text,
        sending_district_code text,
        sending_school_code text,
        virtual_instruction text
    """,
    "coredata_stu_assign": """
        collection_id bigint NOT NULL,
        upload_id bigint NOT NULL DEFAULT current_setting('coredata.loading')::bigint,
        line integer NOT NULL,
        has_error boolean NOT NULL,
        district_code text,
        school_code text,
        mosis_id text,
        local_student_id text,
        last_name text,
        first_name text,
        middle_name text,
        name_suffix text,
        birth_date date,
        grade_level text,
        assignment_number text,
        dual_credit_site text,
        receiving_district_code text,
        sending_district_code text,
        sending_school_code text,
        educator text,
        position_code text,
        cte_program_type text,
        adult text,
        local_course_number text,
        local_course_name text,
        local_section text,
        course_code text
    """,
    "coredata_stu_core": """
        collection_id bigint NOT NULL,
        upload_id bigint NOT NULL DEFAULT current_setting('coredata.loading')::bigint,
        line integer NOT NULL,
        has_error boolean NOT NULL,
        attending_district_code text,
        attending_school_code text,
        district_code text,
        school_code text,
        resident_district_code text,
        resident_school_code text,
        mosis_id text,
        local_student_id text,
        last_name text,
        first_name text,
        middle_name text,
        name_suffix text,
        birth_date date,
        grade_level text,
        residency_status text,
        member_fte numeric,
        enrolled_on_count_date text,
        one_prior_ten text,
        instruction_method text
    """,
    "coredata_stu_crs_comp": """
        collection_id bigint NOT NULL,
        upload_id bigint NOT NULL DEFAULT current_setting('coredata.loading')::bigint,
        line integer NOT NULL,
        has_error boolean NOT NULL,
        district_code text,
        school_code text,
        receiving_district_code text,
        sending_district_code text,
        sending_school_code text,
        mosis_id text,
        local_student_id text,
        last_name text,
        first_name text,
        middle_name text,
        name_suffix text,
        birth_date date,
        grade_level text,
        educator text,
        position_code text,
        cte_program_type text,
        assignment_number text,
        local_course_number text,
        local_course_name text,
        course_code text,
        semester text,
        grade_earned text,
        credits_earned numeric,
        program_code text,
        delivery_system text
    """,
    "coredata_stu_enrl_attnd": """
        collection_id bigint NOT NULL,
        upload_id bigint NOT NULL DEFAULT current_setting('coredata.loading')::bigint,
        line integer NOT NULL,
        has_error boolean NOT NULL,
        attending_district_code text,
        attending_school_code text,
        district_code text,
        school_code text,
        resident_district_code text,
        resident_school_code text,
        mosis_id text,
        birth_date date,
        grade_level text,
        residency_status text,
        entry_date date,
        entry_code text,
        exit_date date,
        exit_code text,
        exit_district_code text,
        exit_school_code text
    """,
}
STUDENTS = ("coredata_stu_assign", "coredata_stu_core", "coredata_stu_crs_comp", "coredata_stu_enrl_attnd")

REFUSE = """
CREATE FUNCTION coredata_refuse_certified() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT upload_id FROM changed) AS touched
        JOIN coredata_upload AS upload ON upload.id = touched.upload_id
        WHERE upload.state IN ('certified', 'superseded')
    ) THEN
        RAISE EXCEPTION 'Rows of a certified file never change.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
-- Rows come with a file that is being checked. Whoever stores them names it (coredata.loading), and the rows take it
-- from there: one look for a statement, where a foreign key or the new rows would have to be gone through one by one.
CREATE FUNCTION coredata_refuse_strays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM coredata_upload
        WHERE id = nullif(current_setting('coredata.loading', true), '')::bigint AND state IN ('uploaded', 'parsed')
    ) THEN
        RAISE EXCEPTION 'Rows come with a file that is being checked; none is.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE FUNCTION coredata_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows leave with their collection, which is detached whole.' USING ERRCODE = 'restrict_violation';
END
$$;
-- A trigger on a partitioned table does not fire for a statement that names a partition, so each has its own.
CREATE FUNCTION coredata_guard(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TRIGGER certified_insert BEFORE INSERT ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION coredata_refuse_strays()', guarded);
    EXECUTE format('CREATE TRIGGER certified_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS changed '
        'FOR EACH STATEMENT EXECUTE FUNCTION coredata_refuse_certified()', guarded);
    EXECUTE format('CREATE TRIGGER certified_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS changed '
        'FOR EACH STATEMENT EXECUTE FUNCTION coredata_refuse_certified()', guarded);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %s '
        'FOR EACH STATEMENT EXECUTE FUNCTION coredata_refuse_truncate()', guarded);
END
$$;
"""
LIFT = """
DROP FUNCTION coredata_guard(regclass);
DROP FUNCTION coredata_refuse_truncate() CASCADE;
DROP FUNCTION coredata_refuse_strays() CASCADE;
DROP FUNCTION coredata_refuse_certified() CASCADE;
"""


def operations() -> list[migrations.RunSQL]:
    laid = [migrations.RunSQL(REFUSE, LIFT)]
    for name, columns in TABLES.items():
        sql = f"CREATE TABLE {name} ({columns}) PARTITION BY LIST (collection_id);"
        # The rows of a file lie together, in the order of its lines: where, is all that has to be known.
        sql += f"CREATE INDEX {name}_of_upload ON {name} USING brin (upload_id) WITH (pages_per_range = 32);"
        if name in STUDENTS:
            # Only ever looked up by the whole ID, for which a hash costs half of what a tree does while rows come in.
            sql += f"CREATE INDEX {name}_of_student ON {name} USING hash (mosis_id);"
        sql += f"SELECT coredata_guard('{name}');"
        laid.append(migrations.RunSQL(sql, f"DROP TABLE {name};"))
    return laid


class Migration(migrations.Migration):
    dependencies = [("coredata", "0002_usual_windows")]
    operations = operations()
