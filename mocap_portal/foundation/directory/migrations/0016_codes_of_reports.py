"""The codes of provider reports, and how often a provider reports."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COURSE_ACCESS_ACT = dt.date(2018, 8, 28)  # SB 603 took effect
FORMAT = "Format MOCAP-ENR-1.0, proposed by the portal (confidence L)"
PAGE = "DESE MOCAP page for districts (confidence H)"

VALUES = [
    (
        "provider_report_days",
        "31",
        "5 CSR 20-100.230(4)(B), G-12; monthly is an ASSUMPTION",
        "From the day of the last report to the day on which the next one is due.",
    )
]

# Code, label, source.
CODES: dict[str, list[tuple[str, str, str]]] = {
    "report_format": [("MOCAP-ENR-1.0", "One row for each enrollment, 30 columns", FORMAT)],
    "enrollment_status": [
        ("pending", "Enrolled, not started", FORMAT),
        ("active", "Active", FORMAT),
        ("completed", "Completed", FORMAT),
        ("withdrawn", "Withdrawn", FORMAT),
        ("no_start", "Never started", FORMAT),
        ("incomplete", "Over, incomplete", FORMAT),
    ],
    "reported_basis": [
        ("mocap", "MOCAP course, ordered through the program", PAGE),
        ("site_license", "Site license of the district", PAGE),
        ("cooperative", "Cooperative agreement", PAGE),
        ("partnership", "Partnership agreement", PAGE),
        ("non_mocap_course", "Course that is no MOCAP course", PAGE),
        ("private_pay", "Paid by the family", PAGE),
    ],
    "enrollment_type": [("PT", "Part-time", FORMAT), ("FT", "Full-time", FORMAT)],
    "teacher_provided": [
        ("Y", "The provider's teacher (program code 50)", PAGE),
        ("N", "The district's own teacher (program code 52)", PAGE),
    ],
}


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    legal_value = apps.get_model("directory", "LegalValue")
    legal_value.objects.bulk_create(
        legal_value(key=key, number=Decimal(number), valid_from=COURSE_ACCESS_ACT, source=source, note=note)
        for key, number, source, note in VALUES
    )
    code_meaning = apps.get_model("directory", "CodeMeaning")
    code_meaning.objects.bulk_create(
        code_meaning(
            code_set=code_set,
            code=code,
            position=position,
            label=label,
            valid_from=COURSE_ACCESS_ACT,
            source=source,
        )
        for code_set, codes in CODES.items()
        for position, (code, label, source) in enumerate(codes, start=1)
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "LegalValue").objects.filter(key__in=[key for key, *_ in VALUES]).delete()
    apps.get_model("directory", "CodeMeaning").objects.filter(code_set__in=list(CODES)).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0015_code_sets_of_reports")]
    operations = [migrations.RunPython(lay, lift)]
