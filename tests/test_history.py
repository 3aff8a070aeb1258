"""The database itself keeps the history of every table about a person, whichever statement changes it."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.history import as_of
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory
from tests.factories.records import StudentFactory
from tests.sign_in import sign_in

OURS = ("mocap_portal.", "providers.", "enrollment.", "coredata.", "concerns.")

# A new table is tracked, or it stands here with the reason why it need not be.
WITHOUT_HISTORY = {
    "coredata.AnsweredRequest": "what a program was answered, for a day: what it did is in the tables that it changed",
    "attendance.AttendanceDay": "a row for each student and day: the database keeps what a correction replaces",
    "attendance.ReplacedDay": "is the history of AttendanceDay, written by the database",
    "attendance.AttendanceProblem": "what checking found in a file: made with it, never changed",
    "clocks.Chase": "a reminder given: only ever added, and about a clock",
    "clocks.ChaseRun": "a night's work, nobody's",
    "demo.DemoMail": "the demo only",
    "demo.DemoPart": "the demo only",
    "demo.DemoPerson": "the demo only",
    "directory.Organization": "a name; what it may do is tracked in Lea and Provider",
    "directory.SchoolYear": "a calendar",
    "directory.Term": "a calendar",
    "coredata.HashKey": "a history of keys would be more keys; one is made for a school year and never changed",
    "coredata.Problem": "what checking found in a file: made with it, never changed, gone with it",
    "coredata.ReportRow": "written once with its report: the database refuses every change",
    "coredata.StudentCourse": "derived from two certified files, which never change, and rebuilt when they do",
    "reconcile.LeaRun": "a run's work, nobody's",
    "reconcile.Run": "a run's work, nobody's",
    "reconcile.Escalation": "written once: the database refuses every change",
    "reconcile.Remark": "written once: the database refuses every change",
    "reconcile.Ruling": "written once: the database refuses every change",
    "movip.Answer": "written once: the database refuses every change",
    "movip.Disclosure": "written once: the database refuses every change",
    "movip.Entry": "written once: the database refuses every change",
    "movip.IdentityCheck": "written once: the database refuses every change",
    "movip.Look": "written once: the database refuses every change",
    "movip.Recall": "written once: the database refuses every change",
    "concerns.Entry": "written once: the database refuses every change",
    "concerns.Tag": "a word of the office: which concern bears it is told in the concern's entries",
    "patterns.Look": "a night's work, nobody's",
    "retention.Stub": "what is left of a record that is gone: written once, and no more is known of it",
    "coredata.StudentOutcome": "derived from certified files, as StudentCourse is",
    "papers.DigestItem": "a sentence on its way into a mail",
    "part_time.Unfinished": "answers that were not sent: they are the person's own, and they go",
    "papers.Notice": "a mail on its way: the row itself says what was sent to whom, when and after how many tries",
}


def histories() -> dict[type[Model], Any]:
    """Each tracked model with the model of its history."""
    models: list[Any] = apps.get_models()
    return {model.pgh_tracked_model: model for model in models if hasattr(model, "pgh_tracked_model")}


def test_every_table_has_a_history_or_a_reason() -> None:
    tracked = histories()
    without = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.startswith(OURS) and model not in tracked and model not in tracked.values()
    }
    assert without == set(WITHOUT_HISTORY)


@pytest.mark.django_db
def test_the_database_writes_every_history_by_statement() -> None:
    with connection.cursor() as cursor:
        # The bits of pg_trigger.tgtype: 1 for each row, 4 insert, 8 delete, 16 update.
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgtype & 1, array_agg(DISTINCT tgtype & 28 ORDER BY tgtype & 28) "
            "FROM pg_trigger WHERE tgname LIKE 'pgtrigger%' GROUP BY 1, 2"
        )
        written = {table: (for_each_row, operations) for table, for_each_row, operations in cursor.fetchall()}
    assert written == {model._meta.db_table: (0, [4, 8, 16]) for model in histories()}


@pytest.mark.django_db
def test_statements_about_many_rows_keep_each_row() -> None:
    school = SchoolFactory.create()
    students = Student.objects.bulk_create(
        StudentFactory.build_batch(2, school=school, lea=school.lea, grade=9)
    )
    Student.objects.filter(school=school).update(grade=10)
    keys = [student.pk for student in students]
    Student.objects.filter(pk__in=keys).delete()
    for key in keys:
        events = histories()[Student].objects.filter(pgh_obj_id=key).order_by("pgh_id")
        assert list(events.values_list("pgh_label", "grade")) == [
            ("insert", 9),
            ("update", 10),
            ("delete", 10),
        ]


@pytest.mark.django_db
def test_rows_stand_as_they_stood_before_a_moment() -> None:
    student = StudentFactory.create(grade=9)
    Student.objects.update(grade=10)
    Student.objects.update(grade=11)
    key = student.pk
    student.delete()
    history = histories()[Student].objects
    noon = dt.datetime(2026, 11, 1, 18, tzinfo=dt.UTC)
    # The second change waited for the first: it was made later, by a transaction that had begun earlier.
    for event, minutes in zip(history.order_by("pgh_id"), [0, 20, 10, 30], strict=True):
        history.filter(pk=event.pk).update(pgh_created_at=noon + dt.timedelta(minutes=minutes))

    def grades(minutes: int) -> list[tuple[int, int]]:
        before = noon + dt.timedelta(minutes=minutes)
        return list(as_of(Student.objects.all(), before=before).values_list("id", "grade"))

    assert [grades(minutes) for minutes in (0, 1, 15, 25, 30, 31)] == [
        [],
        [(key, 9)],
        [(key, 11)],
        [(key, 11)],
        [(key, 11)],
        [],
    ]


@pytest.mark.django_db
def test_the_history_says_who_was_at_the_page(client: Client) -> None:
    student = StudentFactory.create(mosis_id=None)
    clerk: Membership = MembershipFactory.create(data_clerk=True, organization=student.lea.organization)
    address = reverse("records:mosis_id", args=[student.pk])
    sign_in(client, clerk).post(address, {"mosis_id": "7123456789"})
    event = histories()[Student].objects.get(pgh_obj_id=student.pk, pgh_label="update")
    assert event.mosis_id == "7123456789"
    assert event.pgh_context.metadata == {"user": clerk.user_id, "url": address}
