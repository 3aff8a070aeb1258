"""A student's rows are found through a row for each student of a file, not through an index over all rows.

An index over 300,000 rows costs as much as half of their COPY; a student has about eleven of them, and knows their lines.
"""

from django.db import migrations

STUDENTS = ("coredata_stu_assign", "coredata_stu_core", "coredata_stu_crs_comp", "coredata_stu_enrl_attnd")
KINDS = ("coredata_crs_assign", *STUDENTS)
PLACES = """
CREATE TABLE coredata_student_lines (
    collection_id bigint NOT NULL,
    upload_id bigint NOT NULL DEFAULT current_setting('coredata.loading')::bigint,
    mosis_id text NOT NULL,
    lines integer[] NOT NULL
) PARTITION BY LIST (collection_id);
CREATE INDEX coredata_student_lines_of_upload ON coredata_student_lines USING brin (upload_id) WITH (pages_per_range = 32);
CREATE INDEX coredata_student_lines_of_student ON coredata_student_lines USING hash (mosis_id);
SELECT coredata_guard('coredata_student_lines');
"""
# What is there already: a row for each student of each stored file.
FILL = """
DO $$
DECLARE stored record;
BEGIN
    FOR stored IN SELECT c.id, c.kind, c.school_year_id, lower(c.cycle) AS cycle FROM coredata_storedcollection AS c
        WHERE c.kind <> 'crs_assign' AND c.removed_at IS NULL
    LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF coredata_student_lines FOR VALUES IN (%s)',
            format('coredata_student_lines_%s_%s_%s', stored.school_year_id, stored.cycle, stored.id), stored.id);
        EXECUTE format('INSERT INTO coredata_student_lines SELECT collection_id, upload_id, mosis_id, '
            'array_agg(line ORDER BY line) FROM %I WHERE collection_id = %s AND mosis_id IS NOT NULL '
            'GROUP BY 1, 2, 3 ORDER BY 2', 'coredata_' || stored.kind, stored.id);
        PERFORM coredata_guard(format('coredata_student_lines_%s_%s_%s', stored.school_year_id, stored.cycle, stored.id));
    END LOOP;
END
$$;
"""


# The rows of a file lie together in the order of its lines: where, is all that has to be known.
BY_LINE = "CREATE INDEX {0}_of_upload ON {0} USING brin (upload_id, line) WITH (pages_per_range = 8, autosummarize = on);"
BY_FILE = "CREATE INDEX {0}_of_upload ON {0} USING brin (upload_id) WITH (pages_per_range = 32);"
BY_STUDENT = "CREATE INDEX {0}_of_student ON {0} USING hash (mosis_id);"


def operations() -> list[migrations.RunSQL]:
    # Filled before it is guarded: the guard asks for a file that is being loaded.
    made, guard = PLACES.rsplit("SELECT", 1)
    drop = "DROP INDEX {0}_of_upload;"
    return [
        # That a row has an error, its problems say.
        *(
            migrations.RunSQL(
                f"ALTER TABLE {name} DROP COLUMN has_error;",
                f"ALTER TABLE {name} ADD COLUMN has_error boolean NOT NULL DEFAULT false;",
            )
            for name in KINDS
        ),
        *(
            migrations.RunSQL((drop + BY_LINE).format(name), (drop + BY_FILE).format(name))
            for name in KINDS
        ),
        *(
            migrations.RunSQL(f"DROP INDEX {name}_of_student;", BY_STUDENT.format(name))
            for name in STUDENTS
        ),
        migrations.RunSQL(made + FILL + "SELECT" + guard, "DROP TABLE coredata_student_lines;"),
    ]


class Migration(migrations.Migration):
    dependencies = [("coredata", "0007_student_courses")]
    operations = operations()
