"""What concerns are about, and how long the state office has to answer them and requests for old transcripts."""

import datetime as dt
from decimal import Decimal

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # HB 1552 took effect
VIRTUAL_COURSES_ACT = dt.date(2007, 8, 1)  # the first term of MoVIP

OURS = "The state publishes no times for concerns; the portal's own choice (ASSUMPTION)"

# Key, number, first day, source, note.
VALUES = [
    ("concern_acknowledge_days", 2, TWO_TRACKS_ACT, OURS, "From the day it is received."),
    ("concern_sort_days", 5, TWO_TRACKS_ACT, OURS, "From the day it is received."),
    ("concern_reply_days", 15, TWO_TRACKS_ACT, OURS, "From the day it is received."),
    ("concern_answer_days", 5, TWO_TRACKS_ACT, OURS, "From the day the district or provider is asked."),
    ("transcript_days", 45, VIRTUAL_COURSES_ACT, "34 CFR 99.10(b)", "Confidence H. Calendar days."),
]

SOURCE = "Drawn from the duties in RSMo 161.670 and 5 CSR 20-100.230; the list is ours (ASSUMPTION)"

# Code, what the codes of a group have in common, label, label in Spanish.
CATEGORIES = [
    ("no_decision", "", "No decision in time", "No hubo decisión a tiempo"),
    ("denial", "appeal", "A course was denied without a good reason", "Se negó un curso sin una buena razón"),
    ("steering", "", "Somebody was pushed toward a provider", "Se presionó a alguien hacia un proveedor"),
    ("records", "", "Records or a transfer take too long", "Los expedientes o un traslado tardan demasiado"),
    ("progress", "", "No progress reports", "No hay informes de progreso"),
    ("teacher", "", "The teacher cannot be reached", "No se puede contactar al docente"),
    (
        "disability",
        "special_education",
        "Special education or services for a disability",
        "Educación especial o servicios por una discapacidad",
    ),
    (
        "accessibility",
        "",
        "A course or a site cannot be used with a disability",
        "Un curso o sitio no se puede usar con una discapacidad",
    ),
    ("discrimination", "discrimination", "Discrimination or harassment", "Discriminación o acoso"),
    ("safety", "safety", "A child is not safe", "Un niño o una niña no está a salvo"),
    ("attendance", "", "Attendance, or a student was taken out", "Asistencia, o se dio de baja a un estudiante"),
    ("billing", "", "A bill, a fee or a price", "Una factura, un cargo o un precio"),
    ("quality", "", "The quality of a course", "La calidad de un curso"),
    ("privacy", "", "Privacy of a student's data", "Privacidad de los datos de un estudiante"),
    ("data", "", "Data about a student are wrong", "Los datos de un estudiante son incorrectos"),
    ("other", "", "Something else", "Otra cosa"),
]


def lay(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for key, number, first, source, note in VALUES:
        apps.get_model("directory", "LegalValue").objects.create(
            key=key, number=Decimal(number), valid_from=first, source=source, note=note
        )
    for position, (code, group, label, spanish) in enumerate(CATEGORIES):
        apps.get_model("directory", "CodeMeaning").objects.create(
            code_set="concern_category",
            code=code,
            position=position,
            group=group,
            label=label,
            label_es=spanish,
            valid_from=TWO_TRACKS_ACT,
            source=SOURCE,
        )


def lift(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    keys = [key for key, *_ in VALUES]
    apps.get_model("directory", "LegalValue").objects.filter(key__in=keys).delete()
    apps.get_model("directory", "CodeMeaning").objects.filter(code_set="concern_category").delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0018_values_of_concerns")]
    operations = [migrations.RunPython(lay, lift)]
