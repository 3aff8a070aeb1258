"""What requests that are there already know of what is new: their decision, who pays, when a draft was touched.

In a migration of its own: PostgreSQL alters no table whose changed rows still have foreign keys to check.
"""

from django.db import migrations

FORWARDS = """
UPDATE part_time_courserequest SET touched_at = started_at;
UPDATE part_time_courseline SET decision_id = decision.id
    FROM part_time_decision AS decision WHERE decision.line_id = part_time_courseline.id;
UPDATE part_time_courseline SET basis = CASE WHEN state IN ('requested', 'denied') THEN 'asked' ELSE 'agreed' END
    WHERE over_full_load;
"""


class Migration(migrations.Migration):
    dependencies = [("part_time", "0008_complete_part_time")]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
