"""The numbers with which the portal begins to look; docs/decisions/0026 has what was measured with them."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # HB 1552 took effect: concerns are not older


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("patterns", "Method").objects.create(
        version=1,
        window_days=28,
        past_days=364,
        least_past_days=56,
        least_count=4,
        night_budget=Decimal("0.05"),
        weight=20,
        source="The portal's own choice (ASSUMPTION); the state publishes none",
        note="Measured on made-up quiet years: decision record 26.",
        valid_from=TWO_TRACKS_ACT,
    )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("patterns", "Method").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("patterns", "0001_initial")]
    operations = [migrations.RunPython(lay, lift)]
