"""When the files of each school year are due, so that an empty portal knows its deadlines."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

OCTOBER = "Core data calendar; day of opening from a district's calendar"
JUNE = "Assumed: the end of the school year"
# The portal reads them where a district sends them.
OPTIONAL = {("Jun", "stu_core"), ("Jun", "stu_enrl_attnd"), ("Aug", "stu_enrl_attnd")}
FIRST, LAST = 2024, 2034  # the school years that the directory lays


def windows(year: int) -> list[tuple[str, str, dt.date, dt.date, str]]:
    """Cycle, kind, first day, due day and source, of the school year that ends in this year."""
    autumn = dt.date(year - 1, 9, 1)
    spring, june = dt.date(year, 5, 1), dt.date(year, 6, 30)
    return [
        ("Oct", "stu_core", autumn, dt.date(year - 1, 10, 15), OCTOBER),
        ("Oct", "crs_assign", autumn, dt.date(year - 1, 10, 31), OCTOBER),
        ("Oct", "stu_assign", autumn, dt.date(year - 1, 10, 31), OCTOBER),
        ("Jun", "stu_core", spring, june, JUNE),
        ("Jun", "stu_crs_comp", spring, june, JUNE),
        ("Jun", "stu_enrl_attnd", spring, june, JUNE),
        ("Aug", "stu_enrl_attnd", dt.date(year, 7, 1), dt.date(year, 8, 15), "Core data calendar"),
    ]


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    window = apps.get_model("coredata", "CollectionWindow")
    years = apps.get_model("directory", "SchoolYear").objects.filter(year__range=(FIRST, LAST))
    window.objects.bulk_create(
        window(
            school_year=year,
            cycle=cycle,
            kind=kind,
            opens_on=first,
            due_on=due,
            is_optional=(cycle, kind) in OPTIONAL,
            source=source,
        )
        for year in years
        for cycle, kind, first, due, source in windows(year.year)
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("coredata", "CollectionWindow").objects.filter(closes_on=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("coredata", "0001_initial"),
        ("directory", "0010_core_data_code_sets"),
    ]
    operations = [migrations.RunPython(lay, lift)]
