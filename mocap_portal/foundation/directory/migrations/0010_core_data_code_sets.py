"""The code sets of core data as far as they are known, and the numbers that its rules ask for."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COURSE_ACCESS_ACT = dt.date(2018, 8, 28)  # SB 603 took effect
EXPORTS = "Documentation of student information systems; DESE's full list is not at hand"
LAYOUT = "DESE layout Student Assignment"

VALUES = [
    ("full_time_credits", "6", "SSA POMS PR 08205.028: six credits are full time (per school year: ASSUMPTION)"),
    ("programs_complete", "0", "DESE's full list is not at hand"),
    ("deliveries_complete", "0", "DESE's full list is not at hand"),
    ("grades_complete", "0", "DESE's full list is not at hand"),
]
LETTERS = ("A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-")
TERMS = ("First", "Second", "Third", "Fourth")

# Code, group, label, source.
CODES: dict[str, list[tuple[str, str, str, str]]] = {
    "program": [
        ("00", "", "Not funded by a program", EXPORTS),
        ("01", "", "Career education", EXPORTS),
        ("02", "", "Career education, special needs", EXPORTS),
        ("03", "", "Title I", EXPORTS),
        ("04", "", "Title I.C, migrant students", EXPORTS),
    ],
    "delivery": [("VH", "", "Virtual, before or after school", EXPORTS)],
    "semester": [
        *((f"Q{number}", "", f"{name} quarter", EXPORTS) for number, name in enumerate(TERMS, start=1)),
        *((f"S{number}", "", f"{name} semester", EXPORTS) for number, name in enumerate(TERMS[:2], start=1)),
        *((f"T{number}", "", f"{name} trimester", EXPORTS) for number, name in enumerate(TERMS[:3], start=1)),
        ("YL", "", "Whole year", EXPORTS),
    ],
    "grade_level": [
        ("PK", "", "Before kindergarten", LAYOUT),
        ("K", "", "Kindergarten", LAYOUT),
        *((f"{grade:02d}", "", f"Grade {grade}", LAYOUT) for grade in range(1, 13)),
    ],
    "grade_earned": [
        *((letter, "pass", f"Letter grade {letter}", EXPORTS) for letter in LETTERS),
        ("P", "pass", "Pass", EXPORTS),
        ("S", "pass", "Satisfactory", EXPORTS),
        ("F", "fail", "Fail", EXPORTS),
        ("U", "fail", "Unsatisfactory", EXPORTS),
        ("NC", "fail", "No credit", EXPORTS),
        ("I", "incomplete", "Incomplete", EXPORTS),
        ("IC", "incomplete", "Incomplete", EXPORTS),
        ("WD", "withdrawn", "Withdrew without a final grade", EXPORTS),
        ("AU", "audited", "Audited", EXPORTS),
    ],
    "residency": [
        ("R1", "", "Resident", EXPORTS),
        ("RII", "", "Resident who attends elsewhere, tuition paid", EXPORTS),
        ("NR", "", "Not a resident", EXPORTS),
        ("FL", "", "Residency FL", EXPORTS),
        ("DI", "", "Residency DI", EXPORTS),
        ("PT", "", "Residency PT", EXPORTS),
    ],
}
# What a label alone does not say.
MEANINGS = {
    "00": "No program of the state or federal government pays for the course.",
    "01": "A course of career education.",
    "02": "A course of career education for students with special needs.",
    "03": "A course that Title I pays for.",
    "04": "A course that Title I.C pays for, for the children of migrant workers.",
    "VH": "A virtual course taken before or after the hours of school.",
}
BEFORE = 10  # codes of a set that an earlier migration laid stand first


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "LegalValue").objects.bulk_create(
        apps.get_model("directory", "LegalValue")(
            key=key, number=Decimal(number), valid_from=COURSE_ACCESS_ACT, source=source
        )
        for key, number, source in VALUES
    )
    code_meaning = apps.get_model("directory", "CodeMeaning")
    code_meaning.objects.bulk_create(
        code_meaning(
            code_set=code_set,
            code=code,
            group=group,
            position=position,
            label=label,
            meaning=MEANINGS.get(code, ""),
            valid_from=COURSE_ACCESS_ACT,
            source=source,
        )
        for code_set, codes in CODES.items()
        for position, (code, group, label, source) in enumerate(codes, start=BEFORE)
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "LegalValue").objects.filter(key__in=[key for key, *_ in VALUES]).delete()
    for code_set, codes in CODES.items():
        laid = [code for code, *_ in codes]
        apps.get_model("directory", "CodeMeaning").objects.filter(code_set=code_set, code__in=laid).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_codes_of_core_data")]
    operations = [migrations.RunPython(lay, lift)]
