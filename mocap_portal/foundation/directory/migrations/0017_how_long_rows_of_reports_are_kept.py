"""For how long the rows of provider reports are kept that no longer count."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COURSE_ACCESS_ACT = dt.date(2018, 8, 28)  # SB 603 took effect
KEY = "report_rows_days"


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "LegalValue").objects.create(
        key=KEY,
        number=Decimal(365),
        valid_from=COURSE_ACCESS_ACT,
        source="RSMo 109.255 leaves it to a schedule; until one is loaded the portal's own choice (ASSUMPTION)",
        note="Of reports that were superseded, retracted or returned. Rows of a report that counts stay.",
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "LegalValue").objects.filter(key=KEY).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0016_codes_of_reports'),
    ]

    operations = [
        migrations.AlterField(
            model_name='legalvalue',
            name='key',
            field=models.CharField(choices=[('decision_days', 'Business days to decide a part-time request'), ('counselor_days', "Business days of them for the counselor's review"), ('register_days', 'Business days to register an approved course'), ('confirm_days', 'Business days for the provider to confirm'), ('adequacy_target', 'State adequacy target, dollars'), ('cap_year_share', 'Price cap of a year-long course, share of the target'), ('cap_semester_share', 'Price cap of a semester course, share of the target'), ('full_load', 'Courses at once that make a full load'), ('learning_plan_over', 'Active courses above which a learning plan is needed'), ('maximum_age', 'Age at which a student is too old'), ('prior_semester', 'Show the prior-semester finding (1 yes, 0 no)'), ('explanation_length', "Fewest characters of a denial's explanation"), ('board_appeal_days', 'Calendar days of the school board to answer an appeal'), ('state_appeal_days', 'Calendar days of DESE to answer an appeal'), ('invitation_days', 'Days an invitation stays open'), ('draft_reminder_days', 'Days after which a draft is mailed about'), ('unfinished_days', 'Days for which unsent answers are kept'), ('burst_requests', 'Requests from one source that are shown as a burst'), ('burst_minutes', 'Minutes within which they make a burst'), ('daily_minutes', 'Minutes a day that a course takes, unless it says otherwise'), ('weekly_days', 'Days a week on which a course is worked on'), ('swap_days', 'Calendar days after its first day in which a course can be exchanged'), ('adult_age', "Age at which a student's rights are their own"), ('authorization_years', "Most years of a provider's authorization"), ('authorization_days', 'Days to explain a denied authorization'), ('access_review_month', 'Yearly review of roles: month (1 to 12)'), ('access_review_day', 'Yearly review of roles: day of the month (1 to 28)'), ('access_review_days', 'Yearly review of roles: days to answer'), ('full_time_credits', 'Credits of a school year that make a student full-time'), ('resident_input_days', 'Business days of the resident district to inform a program'), ('records_ask_days', 'Business days to ask another school for records'), ('records_answer_days', 'Business days of the other school to send them'), ('foster_ask_days', 'The same for a child in foster care: to ask'), ('foster_answer_days', 'The same for a child in foster care: to send'), ('program_review_days', 'Business days of a program to review its own decision'), ('placement_days', "Business days to send a disenrolled student's family its options"), ('inactivity_days', "School days without activity, unless a program's policy says otherwise"), ('inactivity_share', 'Share of the planned time below which a student is behind'), ('inactivity_weeks', 'Weeks over which that share is measured'), ('attendance_from_age', 'Age from which attendance counts for state aid'), ('progress_reports', 'Progress reports a school year'), ('federal_weekly_hours', 'Scheduled hours a week of the federal attendance standard'), ('federal_weeks', 'Weeks of a course of the federal attendance standard'), ('programs_complete', 'The table of program codes is complete (1 yes, 0 no)'), ('deliveries_complete', 'The table of delivery systems is complete (1 yes, 0 no)'), ('grades_complete', 'The table of grades earned is complete (1 yes, 0 no)'), ('provider_report_days', "Days after which a provider's next report is due"), ('report_rows_days', 'Days after a school year for which rows of provider reports that no longer count are kept')], max_length=30),
        ),
        migrations.AlterField(
            model_name='legalvalueevent',
            name='key',
            field=models.CharField(choices=[('decision_days', 'Business days to decide a part-time request'), ('counselor_days', "Business days of them for the counselor's review"), ('register_days', 'Business days to register an approved course'), ('confirm_days', 'Business days for the provider to confirm'), ('adequacy_target', 'State adequacy target, dollars'), ('cap_year_share', 'Price cap of a year-long course, share of the target'), ('cap_semester_share', 'Price cap of a semester course, share of the target'), ('full_load', 'Courses at once that make a full load'), ('learning_plan_over', 'Active courses above which a learning plan is needed'), ('maximum_age', 'Age at which a student is too old'), ('prior_semester', 'Show the prior-semester finding (1 yes, 0 no)'), ('explanation_length', "Fewest characters of a denial's explanation"), ('board_appeal_days', 'Calendar days of the school board to answer an appeal'), ('state_appeal_days', 'Calendar days of DESE to answer an appeal'), ('invitation_days', 'Days an invitation stays open'), ('draft_reminder_days', 'Days after which a draft is mailed about'), ('unfinished_days', 'Days for which unsent answers are kept'), ('burst_requests', 'Requests from one source that are shown as a burst'), ('burst_minutes', 'Minutes within which they make a burst'), ('daily_minutes', 'Minutes a day that a course takes, unless it says otherwise'), ('weekly_days', 'Days a week on which a course is worked on'), ('swap_days', 'Calendar days after its first day in which a course can be exchanged'), ('adult_age', "Age at which a student's rights are their own"), ('authorization_years', "Most years of a provider's authorization"), ('authorization_days', 'Days to explain a denied authorization'), ('access_review_month', 'Yearly review of roles: month (1 to 12)'), ('access_review_day', 'Yearly review of roles: day of the month (1 to 28)'), ('access_review_days', 'Yearly review of roles: days to answer'), ('full_time_credits', 'Credits of a school year that make a student full-time'), ('resident_input_days', 'Business days of the resident district to inform a program'), ('records_ask_days', 'Business days to ask another school for records'), ('records_answer_days', 'Business days of the other school to send them'), ('foster_ask_days', 'The same for a child in foster care: to ask'), ('foster_answer_days', 'The same for a child in foster care: to send'), ('program_review_days', 'Business days of a program to review its own decision'), ('placement_days', "Business days to send a disenrolled student's family its options"), ('inactivity_days', "School days without activity, unless a program's policy says otherwise"), ('inactivity_share', 'Share of the planned time below which a student is behind'), ('inactivity_weeks', 'Weeks over which that share is measured'), ('attendance_from_age', 'Age from which attendance counts for state aid'), ('progress_reports', 'Progress reports a school year'), ('federal_weekly_hours', 'Scheduled hours a week of the federal attendance standard'), ('federal_weeks', 'Weeks of a course of the federal attendance standard'), ('programs_complete', 'The table of program codes is complete (1 yes, 0 no)'), ('deliveries_complete', 'The table of delivery systems is complete (1 yes, 0 no)'), ('grades_complete', 'The table of grades earned is complete (1 yes, 0 no)'), ('provider_report_days', "Days after which a provider's next report is due"), ('report_rows_days', 'Days after a school year for which rows of provider reports that no longer count are kept')], max_length=30),
        ),
        migrations.RunPython(lay, lift),
    ]
