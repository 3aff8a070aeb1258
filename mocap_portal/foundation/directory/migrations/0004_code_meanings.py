"""Program and delivery codes, what a denial may rest on, and what a family acknowledges."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

VALID_FROM = dt.date(2018, 8, 28)  # SB 603 took effect

CORE_DATA = "DESE MOCAP home page; Core Data Exhibit 34"
FACTORS = "Factors that Missouri districts print (FFSD; Brentwood; Bayless; MSBA policy IGCD)"
GOOD_CAUSE = "RSMo 161.670.3; district policies (Carthage R-9 6190; Chadwick I-160-P)"
FORM = "District request form (Morgan County R-II)"
DISTRICT_PAGE = "District policy on virtual courses (6190)"

# Price, preferred vendor and local program are left out on purpose: they are no ground for a denial.
CODES: dict[str, list[tuple[str, str, str, str]]] = {
    # Code, label, meaning, source.
    "program": [
        (
            "50",
            "MOCAP course taught by the provider",
            "The provider's Missouri-certificated teacher teaches the course.",
            CORE_DATA,
        ),
        (
            "52",
            "MOCAP curriculum taught by the district",
            "The district's own Missouri-certificated teacher teaches with the provider's curriculum.",
            CORE_DATA,
        ),
    ],
    "delivery": [
        ("V", "Virtual", "A teacher delivers the course over the internet.", CORE_DATA),
        ("S", "Electronic media", "Electronic media deliver the course; no teacher does.", CORE_DATA),
    ],
    "denial_factor": [
        ("time_management", "Time management", "Planning work and meeting dates without reminders.", FACTORS),
        ("persistence", "Persistence", "Staying with hard work and asking for help.", FACTORS),
        ("communication", "Communication", "Writing and speaking well enough to learn online.", FACTORS),
        ("technical_skills", "Technical skills", "Using a computer and the course's tools.", FACTORS),
        ("technology_access", "Access to technology", "A computer and internet that are there in time.", FACTORS),
        ("earlier_virtual_results", "Earlier virtual courses", "How earlier virtual courses went.", FACTORS),
        (
            "graduation_fit",
            "Fit with graduation",
            "Whether the course fits what is needed to graduate and the student's own plan.",
            FACTORS,
        ),
        ("prerequisite", "Prerequisite", "A course that must come first is not completed.", GOOD_CAUSE),
        (
            "in_person_better",
            "An in-person option suits the student better",
            "An in-person course was considered and serves this student better.",
            GOOD_CAUSE,
        ),
        ("other", "Another reason", "Explained in the text. It must be about this student.", GOOD_CAUSE),
    ],
    "acknowledgement": [
        (
            "weekly_time",
            "Time each week",
            "Each course takes about five hours a week: one hour on each of five days.",
            DISTRICT_PAGE,
        ),
        (
            "same_calendar",
            "Same calendar",
            "The course follows the same calendar as classes at the school.",
            FORM,
        ),
        (
            "active_part",
            "Taking an active part",
            "The student takes an active part in the course, or may be removed from it.",
            FORM,
        ),
        (
            "device_and_internet",
            "Device and internet",
            "The district does not provide a device or internet unless it has agreed to.",
            FORM,
        ),
        (
            "district_rules",
            "District rules",
            "The student stays a student of the district, and its policies and rules apply.",
            DISTRICT_PAGE,
        ),
        (
            "activities",
            "Sports and activities",
            "Taking virtual courses may change whether the student can take part in MSHSAA sports and activities.",
            DISTRICT_PAGE,
        ),
    ],
}


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    code_meaning = apps.get_model("directory", "CodeMeaning")
    code_meaning.objects.bulk_create(
        code_meaning(
            code_set=code_set,
            code=code,
            position=position,
            label=label,
            meaning=meaning,
            valid_from=VALID_FROM,
            source=source,
        )
        for code_set, codes in CODES.items()
        for position, (code, label, meaning, source) in enumerate(codes, start=1)
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    code_meaning = apps.get_model("directory", "CodeMeaning")
    for code_set, codes in CODES.items():
        codes_laid = [code for code, _label, _meaning, _source in codes]
        code_meaning.objects.filter(code_set=code_set, code__in=codes_laid, valid_from=VALID_FROM).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_legal_values")]
    operations = [migrations.RunPython(lay, lift)]
