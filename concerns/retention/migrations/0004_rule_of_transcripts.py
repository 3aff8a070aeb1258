"""How long requests for transcripts are kept, and the narrow way by which what was done about one can go."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # as for concerns

# The log of what left has no way out: it stays as long as the archive (34 CFR 99.32(a)(2)), and with it who was looked
# at before. All else that was done goes only in a transaction that names a disposal, which two people want, and only
# where that disposal lists the request.
GOES = ("answer", "entry", "identitycheck", "look")
WAY = """
CREATE OR REPLACE FUNCTION movip_story_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'movip_disclosure'
        AND coalesce(current_setting('retention.disposal', true), '') <> ''
    THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'What was done about a request stays as it is.' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION retention_story_goes_when_listed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM retention_disposalitem item JOIN retention_disposal disposal ON disposal.id = item.disposal_id
        WHERE disposal.id = current_setting('retention.disposal')::bigint AND disposal."table" = 'transcripts'
            AND disposal.confirmed_at IS NOT NULL AND disposal.finished_at IS NULL
            AND item.number = OLD.request_id AND item.state = 'listed'
    ) THEN
        RAISE EXCEPTION 'Nobody has confirmed that this request goes.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_TABLE_NAME = 'movip_identitycheck'
        AND EXISTS (SELECT FROM movip_disclosure WHERE request_id = OLD.request_id)
    THEN
        RAISE EXCEPTION 'Something left after this check, so it stays.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;
"""
TRIGGERS = "".join(
    f"CREATE TRIGGER story_goes_when_listed BEFORE DELETE ON movip_{table} "
    "FOR EACH ROW EXECUTE FUNCTION retention_story_goes_when_listed();\n"
    for table in GOES
)
NO_WAY = (
    "".join(f"DROP TRIGGER story_goes_when_listed ON movip_{table};\n" for table in GOES)
    + """
DROP FUNCTION retention_story_goes_when_listed();
CREATE OR REPLACE FUNCTION movip_story_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was done about a request stays as it is.' USING ERRCODE = 'restrict_violation';
END
$$;
"""
)


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("retention", "RetentionRule").objects.create(
        table="transcripts",
        years=5,
        valid_from=TWO_TRACKS_ACT,
        source="RSMo 109.255; the number of years is ours until the records board has set one (ASSUMPTION)",
        note="Counted from the day on which the request was answered, its paper last left, or it was closed.",
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("retention", "RetentionRule").objects.filter(table="transcripts").delete()


class Migration(migrations.Migration):
    dependencies = [("retention", "0003_transcripts"), ("movip", "0002_let_go")]
    operations = [migrations.RunPython(lay, lift), migrations.RunSQL(WAY + TRIGGERS, NO_WAY)]
