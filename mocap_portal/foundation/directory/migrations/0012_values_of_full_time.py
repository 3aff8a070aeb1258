"""What the full-time track asks for: days, standards, why families choose a program, the eight activities."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COURSE_ACCESS_ACT = dt.date(2018, 8, 28)  # SB 603 took effect
TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # HB 1552 took effect
VIRTUAL_COURSES_ACT = dt.date(2007, 8, 1)  # the first term of MoVIP: standards for letters reach back

# Key, number, first day, source, note.
VALUES: list[tuple[str, str, dt.date, str, str]] = [
    ("resident_input_days", "10", TWO_TRACKS_ACT, "RSMo 161.670.3(4)(a)b", "Confidence H. Late input changes nothing."),
    ("records_ask_days", "2", TWO_TRACKS_ACT, "RSMo 167.020", "Confidence M (RECALL): check the number."),
    ("records_answer_days", "5", TWO_TRACKS_ACT, "RSMo 167.020", "Confidence M (RECALL): check the number."),
    ("foster_ask_days", "2", TWO_TRACKS_ACT, "RSMo 167.018", "Confidence H."),
    ("foster_answer_days", "3", TWO_TRACKS_ACT, "RSMo 167.018", "Confidence H."),
    ("program_review_days", "10", TWO_TRACKS_ACT, "ASSUMPTION", "The host's own policy may name another number."),
    ("placement_days", "3", TWO_TRACKS_ACT, "ASSUMPTION on RSMo 161.670.4(4)", "The sources say “promptly”."),
    ("inactivity_days", "5", TWO_TRACKS_ACT, "ASSUMPTION", "School days in a row; a program's policy goes before."),
    ("inactivity_share", "0.5", TWO_TRACKS_ACT, "ASSUMPTION", "Of the planned time."),
    ("inactivity_weeks", "2", TWO_TRACKS_ACT, "ASSUMPTION", "Over which the share is measured."),
    ("attendance_from_age", "5", TWO_TRACKS_ACT, "RSMo 161.670.2(1)", "Confidence H. Up to the maximum age."),
    ("progress_reports", "4", TWO_TRACKS_ACT, "RSMo 161.670.4(2); HB 2287 (2024)", "Full-time and part-time."),
    ("federal_weekly_hours", "20", VIRTUAL_COURSES_ACT, "20 CFR 404.367(c)", "Confidence H."),
    ("federal_weeks", "13", VIRTUAL_COURSES_ACT, "20 CFR 404.367(b)", "Confidence H."),
]

SURVEY = "RSMo 161.670.3(4)(a)c asks for reasons; the list is ours (ASSUMPTION)"
STATUTE = "RSMo 161.670.4(1)"

# Code, label, source.
CODES: dict[str, list[tuple[str, str, str]]] = {
    "survey_reason": [
        ("pace", "To learn at another pace", SURVEY),
        ("schedule", "To have a schedule that fits work, sport or the arts", SURVEY),
        ("courses", "Courses that our school does not offer", SURVEY),
        ("catch_up", "To catch up on credits", SURVEY),
        ("health", "Going to a building is hard at the moment", SURVEY),
        ("safety", "To feel safer or more at ease", SURVEY),
        ("attention", "More attention from teachers", SURVEY),
        ("moving", "The family moves often, or lives far away", SURVEY),
        ("other", "Another reason", SURVEY),
    ],
    "activity": [
        ("login", "Logged in to the online course", STATUTE),
        ("offline", "Worked offline", STATUTE),
        ("assignment", "Completed an assignment", STATUTE),
        ("testing", "Took a test", STATUTE),
        ("face_to_face", "Met school staff face to face", STATUTE),
        ("phone_video", "Spoke with school staff by phone or video", STATUTE),
        ("field_trip", "School field trip", STATUTE),
        ("orientation", "Orientation", STATUTE),
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
            valid_from=TWO_TRACKS_ACT,
            source=source,
        )
        for code_set, codes in CODES.items()
        for position, (code, label, source) in enumerate(codes, start=1)
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "LegalValue").objects.filter(key__in=[key for key, *_ in VALUES]).delete()
    apps.get_model("directory", "CodeMeaning").objects.filter(code_set__in=list(CODES)).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_codes_of_full_time")]
    operations = [migrations.RunPython(lay, lift)]
