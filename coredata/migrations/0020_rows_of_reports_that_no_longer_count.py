"""Rows of a report that no longer counts may leave when their time is over; of one that counts they stay."""

from django.db import migrations

STAY = """
CREATE OR REPLACE FUNCTION coredata_report_rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT report_id FROM gone) AS touched
        JOIN coredata_providerreport AS report ON report.id = touched.report_id
        WHERE report.state = 'accepted' OR (
            report.state IN ('superseded', 'retracted')
            AND report.id::text IS DISTINCT FROM current_setting('coredata.forgetting', true)
        )
    ) THEN
        RAISE EXCEPTION 'Rows of a report that was accepted stay.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION coredata_report_rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT report_id FROM gone) AS touched
        JOIN coredata_providerreport AS report ON report.id = touched.report_id
        WHERE report.state IN ('accepted', 'superseded', 'retracted')
    ) THEN
        RAISE EXCEPTION 'Rows of a report that was accepted stay.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("coredata", "0011_answered_requests")]

    operations = [migrations.RunSQL(STAY, BEFORE)]
