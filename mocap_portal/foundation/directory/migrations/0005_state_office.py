"""The state office, for which DESE's people work."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NAME = "Missouri Department of Elementary and Secondary Education"


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "Organization").objects.create(name=NAME, is_state_office=True)


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("directory", "Organization").objects.filter(is_state_office=True).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_code_meanings")]
    operations = [migrations.RunPython(lay, lift)]
