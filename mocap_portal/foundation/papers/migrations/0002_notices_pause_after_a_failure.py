import django.utils.timezone
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("papers", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="notice", name="notice_waiting_by_age"),
        migrations.AddField(
            model_name="notice",
            name="try_after",
            field=models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                fields=["try_after"], condition=Q(state="queued"), name="notice_waiting_by_turn"
            ),
        ),
    ]
