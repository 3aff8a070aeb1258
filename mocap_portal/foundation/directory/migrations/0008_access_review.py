"""When the yearly review of roles begins, and how long its answers may take."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FIRST = dt.date(2018, 8, 28)  # the same day from which the other values of our own choice hold

# Key, number, note.
VALUES = [
    ("access_review_month", "9", "September: after the people of a new school year have come."),
    ("access_review_day", "15", "The day of that month."),
    ("access_review_days", "30", "Calendar days from the day on which it is asked."),
]


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    legal_value = apps.get_model("directory", "LegalValue")
    legal_value.objects.bulk_create(
        legal_value(key=key, number=Decimal(number), valid_from=FIRST, source="ASSUMPTION", note=note)
        for key, number, note in VALUES
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    keys = [key for key, _number, _note in VALUES]
    apps.get_model("directory", "LegalValue").objects.filter(key__in=keys).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0007_values_of_part_time")]
    operations = [
        migrations.AlterField(
            model_name='legalvalue',
            name='key',
            field=models.CharField(choices=[('decision_days', 'Business days to decide a part-time request'), ('counselor_days', "Business days of them for the counselor's review"), ('register_days', 'Business days to register an approved course'), ('confirm_days', 'Business days for the provider to confirm'), ('adequacy_target', 'State adequacy target, dollars'), ('cap_year_share', 'Price cap of a year-long course, share of the target'), ('cap_semester_share', 'Price cap of a semester course, share of the target'), ('full_load', 'Courses at once that make a full load'), ('learning_plan_over', 'Active courses above which a learning plan is needed'), ('maximum_age', 'Age at which a student is too old'), ('prior_semester', 'Show the prior-semester finding (1 yes, 0 no)'), ('explanation_length', "Fewest characters of a denial's explanation"), ('board_appeal_days', 'Calendar days of the school board to answer an appeal'), ('state_appeal_days', 'Calendar days of DESE to answer an appeal'), ('invitation_days', 'Days an invitation stays open'), ('draft_reminder_days', 'Days after which a draft is mailed about'), ('unfinished_days', 'Days for which unsent answers are kept'), ('burst_requests', 'Requests from one source that are shown as a burst'), ('burst_minutes', 'Minutes within which they make a burst'), ('daily_minutes', 'Minutes a day that a course takes, unless it says otherwise'), ('weekly_days', 'Days a week on which a course is worked on'), ('swap_days', 'Calendar days after its first day in which a course can be exchanged'), ('adult_age', "Age at which a student's rights are their own"), ('authorization_years', "Most years of a provider's authorization"), ('authorization_days', 'Days to explain a denied authorization'), ('access_review_month', 'Yearly review of roles: month (1 to 12)'), ('access_review_day', 'Yearly review of roles: day of the month (1 to 28)'), ('access_review_days', 'Yearly review of roles: days to answer')], max_length=30),
        ),
        migrations.AlterField(
            model_name='legalvalueevent',
            name='key',
            field=models.CharField(choices=[('decision_days', 'Business days to decide a part-time request'), ('counselor_days', "Business days of them for the counselor's review"), ('register_days', 'Business days to register an approved course'), ('confirm_days', 'Business days for the provider to confirm'), ('adequacy_target', 'State adequacy target, dollars'), ('cap_year_share', 'Price cap of a year-long course, share of the target'), ('cap_semester_share', 'Price cap of a semester course, share of the target'), ('full_load', 'Courses at once that make a full load'), ('learning_plan_over', 'Active courses above which a learning plan is needed'), ('maximum_age', 'Age at which a student is too old'), ('prior_semester', 'Show the prior-semester finding (1 yes, 0 no)'), ('explanation_length', "Fewest characters of a denial's explanation"), ('board_appeal_days', 'Calendar days of the school board to answer an appeal'), ('state_appeal_days', 'Calendar days of DESE to answer an appeal'), ('invitation_days', 'Days an invitation stays open'), ('draft_reminder_days', 'Days after which a draft is mailed about'), ('unfinished_days', 'Days for which unsent answers are kept'), ('burst_requests', 'Requests from one source that are shown as a burst'), ('burst_minutes', 'Minutes within which they make a burst'), ('daily_minutes', 'Minutes a day that a course takes, unless it says otherwise'), ('weekly_days', 'Days a week on which a course is worked on'), ('swap_days', 'Calendar days after its first day in which a course can be exchanged'), ('adult_age', "Age at which a student's rights are their own"), ('authorization_years', "Most years of a provider's authorization"), ('authorization_days', 'Days to explain a denied authorization'), ('access_review_month', 'Yearly review of roles: month (1 to 12)'), ('access_review_day', 'Yearly review of roles: day of the month (1 to 28)'), ('access_review_days', 'Yearly review of roles: days to answer')], max_length=30),
        ),
        migrations.RunPython(lay, lift),
    ]
