"""Numbers and codes that a whole part-time request needs, each with its source (confidence as in 0003)."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COURSE_ACCESS_ACT = dt.date(2018, 8, 28)  # SB 603 took effect
TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # HB 1552 took effect

# Key, number, first day, source, note.
VALUES: list[tuple[str, str, dt.date, str, str]] = [
    ("draft_reminder_days", "3", TWO_TRACKS_ACT, "ASSUMPTION", "One mail for each draft."),
    ("unfinished_days", "30", TWO_TRACKS_ACT, "ASSUMPTION", "Answers that were typed and never sent."),
    (
        "burst_requests",
        "10",
        TWO_TRACKS_ACT,
        "ASSUMPTION, after 787 sign-ups by one vendor in Louisiana in 2013",
        "Shown to the district; nothing is refused.",
    ),
    ("burst_minutes", "60", TWO_TRACKS_ACT, "ASSUMPTION", "The hour in which they are counted."),
    ("daily_minutes", "60", COURSE_ACCESS_ACT, "POMS PR 08205.028, Missouri", "One hour a day for a course."),
    ("weekly_days", "5", COURSE_ACCESS_ACT, "POMS PR 08205.028, Missouri", "Five days a week."),
    ("swap_days", "14", TWO_TRACKS_ACT, "ASSUMPTION on the MOCAP FAQ", "“Early” has no number in the sources."),
    ("adult_age", "18", COURSE_ACCESS_ACT, "34 CFR 99.5", "Confidence H."),
    (
        "authorization_years",
        "3",
        COURSE_ACCESS_ACT,
        "RSMo 161.670.3(13)",
        "Confidence M (RECALL). Renewal at least every three years.",
    ),
    (
        "authorization_days",
        "30",
        COURSE_ACCESS_ACT,
        "RSMo 161.670.6",
        "Confidence M (RECALL). Calendar days in which a denial is explained in writing.",
    ),
]

REASONS_SOURCE = "DESE MOCAP home page: what MOCAP allows Missouri to do"
# Each line is a step.
SPECIAL_EDUCATION = """\
Ask the school for a meeting of the IEP or 504 team, and say what you disagree with.
You can ask DESE for mediation, file a child complaint with DESE, or ask for a due process hearing.
About a 504 plan you can also write to the district's 504 coordinator or the Office for Civil Rights."""

# Code, label, meaning, source.
CODES: dict[str, list[tuple[str, str, str, str]]] = {
    "request_reason": [
        ("not_offered", "The school does not offer this course", "", REASONS_SOURCE),
        ("no_teacher", "The school has no qualified teacher for it", "", REASONS_SOURCE),
        ("schedule", "It does not fit the student's schedule", "", REASONS_SOURCE),
        ("alternative_setting", "The student learns in an alternative setting", "", REASONS_SOURCE),
        ("home_or_hospital", "The student is taught at home or in a hospital", "", REASONS_SOURCE),
        ("failed_before", "The student did not pass this course before", "", REASONS_SOURCE),
        ("other", "Another reason", "", REASONS_SOURCE),
    ],
    "dispute_route": [
        (
            "special_education",
            "Disagreements about special education have a way of their own.",
            SPECIAL_EDUCATION,
            "District policies (Fox C-6; Northwest R-I); 34 CFR 300.151 and 300.506 to 300.508 (RECALL)",
        ),
    ],
}


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    legal_value = apps.get_model("directory", "LegalValue")
    legal_value.objects.bulk_create(
        legal_value(key=key, number=Decimal(number), valid_from=first, source=source, note=note)
        for key, number, first, source, note in VALUES
    )
    code_meaning = apps.get_model("directory", "CodeMeaning")
    code_meaning.objects.bulk_create(
        code_meaning(
            code_set=code_set,
            code=code,
            position=position,
            label=label,
            meaning=meaning,
            valid_from=COURSE_ACCESS_ACT,
            source=source,
        )
        for code_set, codes in CODES.items()
        for position, (code, label, meaning, source) in enumerate(codes, start=1)
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "LegalValue").objects.filter(key__in=[key for key, *_ in VALUES]).delete()
    apps.get_model("directory", "CodeMeaning").objects.filter(code_set__in=list(CODES)).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0006_complete_part_time")]
    operations = [migrations.RunPython(lay, lift)]
