"""Courses that were confirmed before the provider named a last day end with their term.

In a migration of its own: PostgreSQL alters no table whose changed rows still have foreign keys to check.
"""

from django.db import migrations

FORWARDS = """
UPDATE part_time_courseline AS line SET ends_on = GREATEST(term.ends_on, line.starts_on)
    FROM part_time_courserequest AS request, directory_term AS term
    WHERE request.id = line.request_id AND term.id = request.term_id
    AND line.state = 'confirmed' AND line.ends_on IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0007_values_of_part_time"),
        ("part_time", "0009_what_stored_requests_know"),
        ("registration", "0002_teachers_and_how_it_went"),
    ]
    operations = [migrations.RunSQL(FORWARDS, migrations.RunSQL.noop)]
