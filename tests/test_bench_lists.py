"""`./portal bench lists`: every list shows a full page of a program's students, by so many statements."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from enrollment.attendance.models import AttendanceDay, Flag
from enrollment.full_time.models import ProgramApplication, ProgramEnrollment
from mocap_portal.bench.filling.program import lay_program, lay_year
from mocap_portal.bench.lists import all_visits
from mocap_portal.bench.pages.recording import record
from mocap_portal.foundation.shared.calendar import central_date

STUDENTS = 100
# How many statements a list takes with several pages, and how many students stand on the first one.
LISTS = {
    "students, host": (6, 25),
    "students, page 400": (6, 25),
    "students, resident": (6, 25),
    "students, DESE": (6, 25),
    "applications": (7, 25),
    "applications, resident": (7, 10),
    "attendance": (9, 25),
    "attendance, quiet": (10, 3),
    "attendance, resident": (9, 25),
    "not engaged": (5, 3),
    "progress": (11, 20),
    "progress, behind": (12, 25),
    "progress, DESE": (11, 25),
    "assessments": (5, 25),
    "membership report": (10, 27),
}


@pytest.mark.django_db
@time_machine.travel(dt.datetime(2026, 11, 27, 18, tzinfo=dt.UTC), tick=False)
def test_every_list_shows_the_students(client: Client) -> None:
    today = central_date(timezone.now())
    places = lay_program(
        STUDENTS, 2, first=today - dt.timedelta(weeks=12), last=today + dt.timedelta(weeks=12)
    )
    lay_year(places, until=today)
    assert ProgramEnrollment.objects.count() == STUDENTS
    assert ProgramApplication.objects.count() == STUDENTS + STUDENTS // 10
    assert Flag.objects.count() == STUDENTS * 3 // 100
    first = AttendanceDay.objects.order_by("enrollment", "day")[0]
    assert (len(first.courses), first.minutes, first.total) == (2, [55, 55], 110)
    found = {}
    for name, (visit,) in all_visits(places).items():
        recorded = record(visit)
        client.cookies[settings.SESSION_COOKIE_NAME] = visit.session
        answer = client.get(visit.path, secure=True)
        assert answer.status_code == 200, (name, answer)
        page = answer.content.decode()
        found[name] = (recorded.count, page.count('scope="row"'))
    assert found == LISTS
