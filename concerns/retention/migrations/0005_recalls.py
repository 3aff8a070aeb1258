"""The narrow way by which the recall of a transcript can go: with the transcript, if nobody has got it."""

from django.db import migrations

# A recall is known by its transcript, and has no request of its own. One of a transcript that left has no way out:
# whoever holds the paper has to be told for as long as the log says that it left.
WAY = """
CREATE FUNCTION retention_recall_goes_with_its_transcript() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM retention_disposalitem item JOIN retention_disposal disposal ON disposal.id = item.disposal_id
        JOIN movip_answer answer ON answer.request_id = item.number
        WHERE disposal.id = current_setting('retention.disposal')::bigint AND disposal."table" = 'transcripts'
            AND disposal.confirmed_at IS NOT NULL AND disposal.finished_at IS NULL
            AND answer.id = OLD.answer_id AND item.state = 'listed'
    ) THEN
        RAISE EXCEPTION 'Nobody has confirmed that this request goes.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM movip_disclosure WHERE answer_id = OLD.answer_id) THEN
        RAISE EXCEPTION 'Something left that was recalled, so the recall stays.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER story_goes_when_listed BEFORE DELETE ON movip_recall
    FOR EACH ROW EXECUTE FUNCTION retention_recall_goes_with_its_transcript();
"""
NO_WAY = """
DROP TRIGGER story_goes_when_listed ON movip_recall;
DROP FUNCTION retention_recall_goes_with_its_transcript();
"""


class Migration(migrations.Migration):
    dependencies = [("retention", "0004_rule_of_transcripts"), ("movip", "0003_recall")]
    operations = [migrations.RunSQL(WAY, NO_WAY)]
