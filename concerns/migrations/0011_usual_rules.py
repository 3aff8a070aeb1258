"""What the office hears sooner than the rest, until it makes rules of its own."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FIRST_DAY = dt.date(2022, 8, 28)  # as the categories

# Category, business days to the first reply, why.
RULES = [
    ("safety", 1, "Whoever fears for a child hears from us on the next business day."),
    ("discrimination", 5, "Another office is in charge and its own terms run: they must hear soon where to go."),
    ("disability", 5, "The routes of special education have terms of their own: they must hear soon where to go."),
    ("privacy", 5, "What is known to the wrong people spreads further every day."),
    ("denial", 10, "The days to appeal run while we look into it."),
]


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("concerns", "RoutingRule")
    for position, (category, days, note) in enumerate(RULES, start=1):
        rule.objects.create(position=position, category=category, days=days, note=note, valid_from=FIRST_DAY)


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rule = apps.get_model("concerns", "RoutingRule")
    rule.objects.filter(note__in=[note for _category, _days, note in RULES]).delete()


class Migration(migrations.Migration):
    dependencies = [("concerns", "0010_the_office_works")]
    operations = [migrations.RunPython(lay, lift)]
