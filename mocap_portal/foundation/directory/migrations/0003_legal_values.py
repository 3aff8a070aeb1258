"""The numbers that law, policy or we set, each with its source. The state office corrects them on its page.

Confidence: H was read in an official text, M was seen second-hand or inferred, RECALL has still to be checked
against the revised statutes, ASSUMPTION is our own choice.
"""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COURSE_ACCESS_ACT = dt.date(2018, 8, 28)  # SB 603 took effect
TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # HB 1552 took effect

# Key, number, first day, last day, source, note.
VALUES: list[tuple[str, str, dt.date, dt.date | None, str, str]] = [
    (
        "decision_days",
        "10",
        TWO_TRACKS_ACT,
        None,
        "Board policies after RSMo 161.670 (Carthage R-9 Regulation 6190; Grain Valley IGCD)",
        "Confidence H as district policy. Counted from submission; silence neither approves nor denies.",
    ),
    ("counselor_days", "5", TWO_TRACKS_ACT, None, "ASSUMPTION", "Half of the days to decide."),
    ("register_days", "3", TWO_TRACKS_ACT, None, "ASSUMPTION", "The sources say “promptly”."),
    ("confirm_days", "5", TWO_TRACKS_ACT, None, "ASSUMPTION", "No source gives the provider a number."),
    (
        "adequacy_target",
        "6375",
        dt.date(2019, 7, 1),
        dt.date(2024, 6, 30),
        "RSMo 163.011; state budget reports for fiscal years 2020 to 2024",
        "Confidence H. School years 2019-20 to 2023-24.",
    ),
    (
        "adequacy_target",
        "6760",
        dt.date(2024, 7, 1),
        dt.date(2025, 6, 30),
        "RSMo 163.011; midpoint of the two-year phase-in",
        "Confidence M (RECALL). School year 2024-25: check before relying on it.",
    ),
    (
        "adequacy_target",
        "7145",
        dt.date(2025, 7, 1),
        None,
        "RSMo 163.011; first school year at the full value",
        "Confidence H for 2025-26. Later years are unknown: enter each year's target here.",
    ),
    (
        "cap_year_share",
        "0.14",
        COURSE_ACCESS_ACT,
        None,
        "RSMo 161.670.3",
        "Confidence H. Of the target, for a course of a whole year.",
    ),
    (
        "cap_semester_share",
        "0.07",
        COURSE_ACCESS_ACT,
        None,
        "RSMo 161.670.3",
        "Confidence H. Of the target, for a course of one semester.",
    ),
    (
        "full_load",
        "6",
        COURSE_ACCESS_ACT,
        None,
        "RSMo 161.670.2(4)",
        "Confidence M. Six credits per regular term, read as six courses at once.",
    ),
    (
        "learning_plan_over",
        "2",
        COURSE_ACCESS_ACT,
        None,
        "DESE guidance for districts on MOCAP",
        "Confidence H. More than two active courses need an individual learning plan.",
    ),
    ("maximum_age", "21", COURSE_ACCESS_ACT, None, "RSMo 161.670.1", "Confidence H. Under 21."),
    (
        "prior_semester",
        "1",
        COURSE_ACCESS_ACT,
        None,
        "RSMo 161.670.3 as enacted by SB 603 (2018); DESE program pages",
        "The statute dropped it on 28 August 2022 (HB 1552); the program's pages still print it. Enter 0 to end it.",
    ),
    ("explanation_length", "40", COURSE_ACCESS_ACT, None, "ASSUMPTION", "Characters of a denial's explanation."),
    (
        "board_appeal_days",
        "30",
        COURSE_ACCESS_ACT,
        None,
        "Board policies under the 2018 text of RSMo 161.670 (Northwest, Diamond)",
        "Confidence H as district policy. Counted from the meeting that hears the appeal.",
    ),
    (
        "state_appeal_days",
        "7",
        COURSE_ACCESS_ACT,
        None,
        "Board policies under the 2018 text of RSMo 161.670 (Northwest, Diamond, Prairie Home)",
        "Confidence H as district policy. Counted from receipt; the answer is final.",
    ),
    ("invitation_days", "14", COURSE_ACCESS_ACT, None, "ASSUMPTION", "Calendar days."),
]


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    legal_value = apps.get_model("directory", "LegalValue")
    legal_value.objects.bulk_create(
        legal_value(
            key=key, number=Decimal(number), valid_from=first, valid_to=last, source=source, note=note
        )
        for key, number, first, last, source, note in VALUES
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    legal_value = apps.get_model("directory", "LegalValue")
    for key, _number, first, _last, _source, _note in VALUES:
        legal_value.objects.filter(key=key, valid_from=first).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_state_calendar")]
    operations = [migrations.RunPython(lay, lift)]
