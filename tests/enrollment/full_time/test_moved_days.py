"""A closed day moves due days of the full-time track: who was told of the first day hears of the new one, once."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from time_machine import TimeMachineFixture

from enrollment.full_time.actions import records
from enrollment.full_time.models import ProgramApplication, RecordsKind
from enrollment.full_time.tasks import tell_moves
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import Notice
from tests.factories.directory import ClosedDayFactory
from tests.personal_data import assert_no_personal_data

from .kit import NOW, asked_again, family_of, host_of, resident_of, sent

pytestmark = pytest.mark.django_db
CLOSED = "The state office confirmed that schools were closed on Nov. 10, 2026."


def close(day: dt.date, lea: Lea, time_machine: TimeMachineFixture) -> None:
    """The day before, the state office confirms that the district's schools will be closed; a minute later is now."""
    at = dt.datetime.combine(day, dt.time(18), tzinfo=dt.UTC) - dt.timedelta(days=1)
    clocks.confirm_emergency(
        ClosedDayFactory.create(lea=lea, date=day, reason="Flood", entered_at=at).pk, at=at
    )
    Notice.objects.all().delete()
    time_machine.move_to(at + dt.timedelta(minutes=1), tick=False)


def told(application: ProgramApplication, sentence: str) -> dict[int | None, str]:
    """The page that each mail ends with, by its reader. Each says why, and this; none names the child."""
    pages = {}
    for notice in Notice.objects.all():
        assert f"Application {application.number}: due by" in notice.subject
        assert sentence in notice.body
        assert_no_personal_data(notice.subject, notice.body, about=application.claim)
        pages[notice.user_id] = urlsplit(notice.body.split()[-1]).path
    assert len(pages) == Notice.objects.count()
    return pages


def page(name: str, application: ProgramApplication) -> str:
    return reverse(f"full_time:{name}", args=[application.pk])


@pytest.mark.rule("R-16")
def test_days_of_the_resident_district_are_told_to_family_program_and_district(
    time_machine: TimeMachineFixture,
) -> None:
    application = sent()
    family, host, resident = family_of(application), host_of(application), resident_of(application)
    clerk = resident_of(application, Role.DATA_CLERK)
    close(dt.date(2026, 11, 10), application.resident_lea, time_machine)
    assert (tell_moves(), tell_moves()) == (1, 1)
    sentence = (
        f"{CLOSED}\n\nThat day does not count. {application.resident_lea} has until Nov. 18, 2026 instead of "
        f"Nov. 17, 2026 to inform {application.program}."
    )
    assert told(application, sentence) == {
        family.user_id: page("status", application),
        host.user_id: page("review", application),
        resident.user_id: page("resident_application", application),
    }
    assert clerk.user_id not in told(application, sentence)


@pytest.mark.rule("R-16")
def test_days_to_send_records_are_told_to_both_districts(time_machine: TimeMachineFixture) -> None:
    application = sent()
    assert application.input_clock_id is not None
    clocks.stop(application.input_clock_id, at=NOW)
    host, clerk = host_of(application), resident_of(application, Role.DATA_CLERK)
    request = records.ask_for_records(application.pk, by=host, at=NOW, kinds=[RecordsKind.TRANSCRIPT])
    was = request.clock.due_on
    close(dt.date(2026, 11, 5), application.resident_lea, time_machine)
    request.clock.refresh_from_db()
    assert (tell_moves(), tell_moves()) == (1, 1)
    sentence = (
        f"That day does not count. {application.resident_lea} has until {said(request.clock.due_on)} instead of "
        f"{said(was)} to send the records."
    )
    assert told(application, sentence) == {
        host.user_id: page("records", application),
        clerk.user_id: reverse("full_time:answer_records", args=[request.pk]),
    }


def said(day: dt.date | None) -> str:
    assert day is not None
    return f"{day:%b}. {day.day}, {day.year}"


@pytest.mark.rule("R-16")
@pytest.mark.rule("R-71")
def test_days_to_look_again_are_told_to_family_and_program(time_machine: TimeMachineFixture) -> None:
    review, decided_by = asked_again()
    application = review.application
    resident_of(application)
    close(dt.date(2026, 11, 24), application.program.host, time_machine)
    assert (tell_moves(), tell_moves()) == (1, 1)
    sentence = (
        f"That day does not count. {application.program} has until Dec. 4, 2026 instead of Dec. 3, 2026 to answer "
        "whoever asked it to look at its decision again."
    )
    assert told(application, sentence) == {
        review.asked_by.user_id: page("status", application),
        decided_by.user_id: page("review", application),
    }


@pytest.mark.rule("R-16")
def test_of_what_is_settled_meanwhile_nobody_hears(time_machine: TimeMachineFixture) -> None:
    application = sent()
    host_of(application)
    close(dt.date(2026, 11, 10), application.resident_lea, time_machine)
    application.cancel(at=NOW)
    application.save()
    assert (tell_moves(), Notice.objects.count()) == (1, 0)
