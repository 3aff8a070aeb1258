"""Overdue reports are told once for each due point."""

import datetime as dt

import pytest

from enrollment.progress.tasks import chase_reports
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.papers.models import DigestItem
from tests.factories.progress import ProgressReportFactory
from tests.personal_data import assert_no_personal_data

from . import kit

pytestmark = pytest.mark.django_db
NIGHT = dt.date(2027, 3, 15)


def items() -> list[tuple[int, dt.date, str]]:
    return sorted(DigestItem.objects.values_list("user", "day", "sentence"))


@pytest.mark.rule("R-51", "R-52")
def test_writers_hear_of_what_they_have_not_written() -> None:
    student, row = kit.student(), kit.in_course()
    kit.student(program=student.program)
    done = kit.student(program=student.program)
    ProgressReportFactory.create(enrollment=done)
    kit.staff(student.resident_lea)
    hosts = Membership.objects.in_organization(student.program.host_id, Role.HOST_STAFF)
    desk = Membership.objects.in_organization(row.provider_id, Role.PROVIDER_STAFF)
    assert chase_reports(NIGHT.isoformat()) == 3
    # Earlier due points were before these students came.
    two = "2 progress reports were due on March 14, 2027 and are not written."
    one = "1 progress report was due on March 14, 2027 and is not written."
    told = [(hat.user_id, NIGHT, two) for hat in hosts] + [(hat.user_id, NIGHT, one) for hat in desk]
    assert items() == sorted(told)
    for item in DigestItem.objects.all():
        assert_no_personal_data(item.sentence, item.path, item.key, about=student.student)


def test_it_is_told_once_however_many_nights_follow() -> None:
    kit.student()  # whom one person of the host entered
    for day in range(5):
        chase_reports((NIGHT + dt.timedelta(days=day)).isoformat())
    assert DigestItem.objects.count() == 1


def test_on_the_due_day_itself_nothing_is_told() -> None:
    kit.student()
    assert chase_reports("2027-03-14") == 0
    assert items() == []


def test_what_was_written_meanwhile_is_not_told() -> None:
    ProgressReportFactory.create(enrollment=kit.student())
    assert chase_reports(NIGHT.isoformat()) == 0
    assert items() == []
