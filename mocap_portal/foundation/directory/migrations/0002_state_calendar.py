"""The state's holidays, school years and usual term dates, so that clocks count right on an empty database."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from mocap_portal.foundation.shared.calendar import missouri_holidays

HOLIDAY_SOURCE = "RSMo 9.010"
HOLIDAY_YEARS = range(2019, 2041)
# Before any clock can have started, so that every clock skips these days.
ENTERED_AT = dt.datetime(2018, 12, 1, tzinfo=dt.UTC)

# By the calendar year in which they end: 2023-24 to 2032-33.
SCHOOL_YEARS = range(2024, 2034)


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    closed_day = apps.get_model("directory", "ClosedDay")
    closed_day.objects.bulk_create(
        closed_day(lea=None, date=date, reason=name, source=HOLIDAY_SOURCE, entered_at=ENTERED_AT)
        for year in HOLIDAY_YEARS
        for date, name in missouri_holidays(year).items()
    )
    school_year, term = apps.get_model("directory", "SchoolYear"), apps.get_model("directory", "Term")
    for year in SCHOOL_YEARS:
        # A school year runs from 1 July to 30 June (RSMo 160.041).
        row = school_year.objects.create(
            year=year, starts_on=dt.date(year - 1, 7, 1), ends_on=dt.date(year, 6, 30)
        )
        term.objects.bulk_create(
            term(school_year=row, code=code, starts_on=first, ends_on=last)
            for code, (first, last) in usual_terms(year).items()
        )


def usual_terms(year: int) -> dict[str, tuple[dt.date, dt.date]]:
    """First and last day of each term. These dates are usual, not set by law."""
    fall, christmas = dt.date(year - 1, 8, 20), dt.date(year - 1, 12, 20)
    spring, may = dt.date(year, 1, 6), dt.date(year, 5, 22)
    return {
        "S1": (fall, christmas),
        "S2": (spring, may),
        "YL": (fall, may),
        "SU": (dt.date(year, 6, 1), dt.date(year, 6, 30)),
    }


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "SchoolYear").objects.filter(year__in=SCHOOL_YEARS).delete()
    apps.get_model("directory", "ClosedDay").objects.filter(lea=None, source=HOLIDAY_SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunPython(lay, lift)]
