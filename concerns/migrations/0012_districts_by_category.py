import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("concerns", "0011_usual_rules")]

    operations = [
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["lea", "category"], name="concern_by_district"),
        ),
        migrations.AlterField(
            model_name="concern",
            name="lea",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="concerns",
                to="directory.lea",
            ),
        ),
    ]
