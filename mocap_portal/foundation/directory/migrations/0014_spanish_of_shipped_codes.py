"""What families read of the codes that earlier migrations laid, in Spanish. A row that DESE has written since stays."""

import datetime as dt

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COURSE_ACCESS_ACT = dt.date(2018, 8, 28)  # since when the codes hold that 0004 and 0007 laid
TWO_TRACKS_ACT = dt.date(2022, 8, 28)  # and 0012

# Code, label and meaning in Spanish.
SPANISH: dict[tuple[str, dt.date], list[tuple[str, str, str]]] = {
    ("program", COURSE_ACCESS_ACT): [
        (
            "50",
            "Curso de MOCAP que enseña el proveedor",
            "Enseña el curso un docente del proveedor con certificado de Missouri.",
        ),
        (
            "52",
            "Plan de estudios de MOCAP que enseña el distrito",
            "Un docente del propio distrito con certificado de Missouri enseña con el plan de estudios del proveedor.",
        ),
    ],
    ("denial_factor", COURSE_ACCESS_ACT): [
        (
            "time_management",
            "Organización del tiempo",
            "Planear el trabajo y cumplir las fechas sin que se lo recuerden.",
        ),
        ("persistence", "Perseverancia", "Seguir adelante con un trabajo difícil y pedir ayuda."),
        (
            "communication",
            "Comunicación",
            "Escribir y hablar lo bastante bien para aprender en línea.",
        ),
        (
            "technical_skills",
            "Manejo de la tecnología",
            "Usar una computadora y las herramientas del curso.",
        ),
        (
            "technology_access",
            "Acceso a la tecnología",
            "Una computadora e internet que estén listos a tiempo.",
        ),
        (
            "earlier_virtual_results",
            "Cursos virtuales anteriores",
            "Cómo le fue en cursos virtuales anteriores.",
        ),
        (
            "graduation_fit",
            "Si ayuda a graduarse",
            "Si el curso va con lo que se necesita para graduarse y con el plan del propio estudiante.",
        ),
        ("prerequisite", "Requisito previo", "No se ha completado un curso que tiene que ir antes."),
        (
            "in_person_better",
            "Una opción presencial le conviene más al estudiante",
            "Se consideró un curso presencial y le sirve más a este estudiante.",
        ),
        ("other", "Otra razón", "Se explica en el texto. Tiene que tratar de este estudiante."),
    ],
    ("acknowledgement", COURSE_ACCESS_ACT): [
        (
            "weekly_time",
            "Tiempo cada semana",
            "Cada curso toma unas cinco horas a la semana: una hora en cada uno de cinco días.",
        ),
        (
            "same_calendar",
            "El mismo calendario",
            "El curso sigue el mismo calendario que las clases de la escuela.",
        ),
        (
            "active_part",
            "Participación activa",
            "El estudiante participa activamente en el curso; si no, se le puede sacar de él.",
        ),
        (
            "device_and_internet",
            "Computadora e internet",
            "El distrito no da ni computadora ni internet, a menos que lo haya acordado.",
        ),
        (
            "district_rules",
            "Reglas del distrito",
            "El estudiante sigue siendo estudiante del distrito, y valen las políticas y reglas del distrito.",
        ),
        (
            "activities",
            "Deportes y actividades",
            "Tomar cursos virtuales puede cambiar si el estudiante puede estar en deportes y actividades de MSHSAA.",
        ),
    ],
    ("request_reason", COURSE_ACCESS_ACT): [
        ("not_offered", "La escuela no ofrece este curso", ""),
        ("no_teacher", "La escuela no tiene un docente calificado para el curso", ""),
        ("schedule", "No cabe en el horario del estudiante", ""),
        ("alternative_setting", "El estudiante aprende en un entorno alternativo", ""),
        ("home_or_hospital", "El estudiante recibe clases en casa o en un hospital", ""),
        ("failed_before", "El estudiante no aprobó este curso antes", ""),
        ("other", "Otra razón", ""),
    ],
    ("survey_reason", TWO_TRACKS_ACT): [
        ("pace", "Para aprender a otro ritmo", ""),
        ("schedule", "Para tener un horario que permita trabajo, deporte o arte", ""),
        ("courses", "Cursos que nuestra escuela no ofrece", ""),
        ("catch_up", "Para recuperar créditos", ""),
        ("health", "Ir a un edificio es difícil en este momento", ""),
        ("safety", "Para sentirse con más seguridad o más tranquilidad", ""),
        ("attention", "Más atención de los docentes", ""),
        ("moving", "La familia se muda a menudo o vive lejos", ""),
        ("other", "Otra razón", ""),
    ],
    ("activity", TWO_TRACKS_ACT): [
        ("login", "Entró al curso en línea", ""),
        ("offline", "Trabajó sin conexión", ""),
        ("assignment", "Completó una tarea", ""),
        ("testing", "Hizo un examen", ""),
        ("face_to_face", "Se reunió en persona con personal de la escuela", ""),
        ("phone_video", "Habló con personal de la escuela por teléfono o video", ""),
        ("field_trip", "Excursión escolar", ""),
        ("orientation", "Orientación", ""),
    ],
}


def write(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("directory", "CodeMeaning").objects
    for (code_set, valid_from), codes in SPANISH.items():
        for code, label, meaning in codes:
            laid = rows.filter(code_set=code_set, code=code, valid_from=valid_from)
            laid.update(label_es=label, meaning_es=meaning)


def unwrite(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rows = apps.get_model("directory", "CodeMeaning").objects
    for code_set, valid_from in SPANISH:
        rows.filter(code_set=code_set, valid_from=valid_from).update(label_es="", meaning_es="")


class Migration(migrations.Migration):
    dependencies = [("directory", "0013_spanish_of_codes")]
    operations = [migrations.RunPython(write, unwrite)]
