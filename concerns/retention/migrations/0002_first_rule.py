"""How long concerns are kept, and the narrow way by which what was said about one can go."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # HB 1552 took effect

# Nothing that was said is ever changed. It goes only in a transaction that names a disposal, which two people want, and
# only where that disposal lists the concern.
WAY = """
CREATE OR REPLACE FUNCTION concerns_entries_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND coalesce(current_setting('retention.disposal', true), '') <> '' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'What was said about a concern stays as it is.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION retention_entries_go_when_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM retention_disposalitem item JOIN retention_disposal disposal ON disposal.id = item.disposal_id
        WHERE disposal.id = current_setting('retention.disposal')::bigint AND disposal."table" = 'concerns'
            AND disposal.confirmed_at IS NOT NULL AND disposal.finished_at IS NULL
            AND item.number = OLD.concern_id AND item.state = 'listed'
    ) THEN
        RAISE EXCEPTION 'Nobody has confirmed that this concern goes.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER entries_go_when_listed BEFORE DELETE ON concerns_entry
    FOR EACH ROW EXECUTE FUNCTION retention_entries_go_when_listed();
"""
NO_WAY = """
DROP TRIGGER entries_go_when_listed ON concerns_entry;
DROP FUNCTION retention_entries_go_when_listed();
CREATE OR REPLACE FUNCTION concerns_entries_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was said about a concern stays as it is.' USING ERRCODE = 'restrict_violation';
END
$$;
"""


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("retention", "RetentionRule").objects.create(
        table="concerns",
        years=5,
        valid_from=TWO_TRACKS_ACT,
        source="RSMo 109.255; the number of years is ours until the records board has set one (ASSUMPTION)",
        note="Counted from the day on which the concern was closed.",
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("retention", "RetentionRule").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("retention", "0001_initial"), ("concerns", "0001_initial")]
    operations = [migrations.RunPython(lay, lift), migrations.RunSQL(WAY, NO_WAY)]
