"""Rows come with a file that is being read, checked or stored: it has a state for each since then."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION coredata_refuse_strays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM coredata_upload
        WHERE id = nullif(current_setting('coredata.loading', true), '')::bigint AND state IN (%s)
    ) THEN
        RAISE EXCEPTION 'Rows come with a file that is being checked; none is.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
"""
BEFORE, NOW = "'uploaded', 'parsed'", "'uploaded', 'parsed', 'checked'"


class Migration(migrations.Migration):
    dependencies = [("coredata", "0004_openings_and_rules_not_run")]
    operations = [migrations.RunSQL(FUNCTION % NOW, FUNCTION % BEFORE)]
