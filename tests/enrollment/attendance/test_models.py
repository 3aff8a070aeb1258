"""What the tables of attendance refuse by themselves."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from enrollment.attendance.models import AttendanceDay, Entry, ReplacedDay
from tests.factories.attendance import SENT_AT, AttendanceDayFactory, AttendanceFileFactory

pytestmark = pytest.mark.django_db


def test_a_day_of_a_student_is_one_row() -> None:
    day = AttendanceDayFactory.create()
    with pytest.raises(IntegrityError, match="one_row_per_student_and_day"), transaction.atomic():
        AttendanceDayFactory.create(enrollment=day.enrollment)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"minutes": [60, 60], "courses": [None]}, "entries_of_a_day_are_complete"),
        ({"minutes": [60, 60], "activities": ["login"]}, "entries_of_a_day_are_complete"),
        ({"minutes": [0, 60]}, "an_entry_takes_a_minute"),
        ({"minutes": [800, 641]}, "a_day_has_24_hours"),
    ],
)
def test_a_day_that_cannot_be_is_refused(wrong: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AttendanceDayFactory.create(**wrong)


def test_a_day_may_be_full_or_taken_back() -> None:
    full = AttendanceDayFactory.create(minutes=[1440])
    taken_back = AttendanceDayFactory.create(minutes=[])
    assert list(AttendanceDay.objects.active()) == [full]
    assert taken_back.entries == []
    assert full.entries == [Entry(None, "assignment", 1440)]


def test_a_day_names_a_student_a_file_and_a_person_that_are_there() -> None:
    file = AttendanceFileFactory.create()
    AttendanceDayFactory.create(file=file)
    with pytest.raises(IntegrityError, match="not there"), transaction.atomic():
        AttendanceDayFactory.create(file_id=file.pk + 1)
    with pytest.raises(IntegrityError, match="not there"), transaction.atomic():
        AttendanceDay.objects.update(enrollment_id=0)
    with pytest.raises(IntegrityError, match="not there"), transaction.atomic():
        AttendanceDay.objects.update(by_id=file.sent_by_id + 100_000)


def test_the_database_keeps_what_a_correction_replaces() -> None:
    day = AttendanceDayFactory.create()
    AttendanceDay.objects.update(minutes=[30], total=30, at=SENT_AT + dt.timedelta(hours=1))
    AttendanceDay.objects.all().delete()
    kept = ReplacedDay.objects.order_by("at")
    assert list(kept.values_list("enrollment", "day", "minutes", "total", "by", "at")) == [
        (day.enrollment_id, day.day, [60], 60, day.by_id, SENT_AT),
        (day.enrollment_id, day.day, [30], 30, day.by_id, SENT_AT + dt.timedelta(hours=1)),
    ]
