"""A student withdraws from a program: the host lets go, the resident district receives, courses can be sent again."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from enrollment.full_time.actions import NotYourStudent
from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.records.models import Disclosure, Move, Student
from enrollment.registration import actions as registration
from enrollment.registration.models import RosterLine
from enrollment.transfers import actions
from enrollment.transfers.models import Transfer
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.home.waiting import students_to_receive
from tests.enrollment.registration_kit import NOW, TODAY, client_of, day, told
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, SchoolFactory
from tests.factories.full_time import ProgramApplicationFactory, ProgramEnrollmentFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.providers import AgreementFactory
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

LAST_DAY = dt.date(2026, 11, 6)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def enrolled(**traits: Any) -> ProgramEnrollment:
    enrollment: ProgramEnrollment = ProgramEnrollmentFactory.create(
        enrolled=True, starts_on=dt.date(2026, 8, 24), **traits
    )
    return enrollment


def family_of(enrollment: ProgramEnrollment) -> Membership:
    hat: Membership = MembershipFactory.create(parent=True, user=enrollment.application.claim.claimant)
    return hat


def coordinator_at(lea: Any) -> Membership:
    hat: Membership = MembershipFactory.create(coordinator=True, lea=lea)
    return hat


def end(enrollment: ProgramEnrollment, how: EnrollmentState = EnrollmentState.WITHDRAWN, **more: Any) -> None:
    answers: dict[str, Any] = {"on": LAST_DAY, "why": "We go back.", "at": NOW} | more
    by = answers.pop("by", None) or enrollment.entered_by or family_of(enrollment)
    actions.end_enrollment(enrollment.pk, how=how, by=by, **answers)


def between() -> list[tuple[Any, Any, str]]:
    return [(row.from_lea, row.to_lea, row.state) for row in Transfer.objects.order_by("pk")]


@pytest.mark.rule("R-44", "R-72")
def test_withdrawn_by_the_family_received_by_the_district_and_registered_for_a_course() -> None:
    enrollment = enrolled()
    home, student = enrollment.resident_lea, enrollment.student
    resident, claim = coordinator_at(home), enrollment.application.claim
    line = CourseLineFactory.create(approved=True, request__claim=claim, request__lea=home)
    AgreementFactory.create(lea=home, provider=line.course.provider)
    with pytest.raises(registration.StudentMoved):  # the host is the LEA of record
        registration.register(line.pk, by=resident, at=NOW)
    client_of(family_of(enrollment)).post(
        reverse("transfers:end", args=[enrollment.pk]), {"why": "We go back.", **day("last_day", LAST_DAY)}
    )
    transfer = Transfer.objects.get()
    assert (transfer.from_lea, transfer.to_lea, transfer.state, transfer.leaves_on) == (
        enrollment.program.host,
        home,
        "announced",
        LAST_DAY,
    )
    assert Student.objects.get(pk=student.pk).lea == enrollment.program.host  # until somebody receives
    [item] = students_to_receive(resident, TODAY).items
    assert item.url == reverse("transfers:transfer", args=[transfer.pk])
    client = client_of(resident)
    assert client.get(item.url).status_code == 200
    client.post(
        reverse("transfers:receive", args=[transfer.pk]),
        {"school": enrollment.resident_school_id, **day("starts_on", TODAY)},
    )
    assert Student.objects.get(pk=student.pk).school == enrollment.resident_school
    assert Move.objects.values_list("from_lea", "to_lea").get() == (enrollment.program.host_id, home.pk)
    assert registration.register(line.pk, by=resident, at=NOW).lea == home
    assert RosterLine.objects.count() == 1


@pytest.mark.rule("R-72")
def test_who_is_told_and_what_is_logged() -> None:
    enrollment = enrolled()
    resident, host = coordinator_at(enrollment.resident_lea), enrollment.entered_by
    assert host is not None
    end(enrollment)
    assert {resident.user_id, host.user_id, family_of(enrollment).user_id} <= told()
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=enrollment.student)
    disclosure = Disclosure.objects.get()
    assert (disclosure.recipient, disclosure.disclosed_by) == (enrollment.resident_lea.organization, host)


def test_ended_twice_is_announced_once_also_after_the_answer() -> None:
    enrollment = enrolled()
    end(enrollment)
    end(enrollment)
    resident = coordinator_at(enrollment.resident_lea)
    actions.decline(Transfer.objects.get().pk, reason="Nobody came.", by=resident, at=NOW)
    end(enrollment, at=NOW + dt.timedelta(hours=1))
    assert Transfer.objects.count() == 1


def test_nothing_of_it_stays_when_a_mail_cannot_be_queued(monkeypatch: pytest.MonkeyPatch) -> None:
    enrollment = enrolled()

    def fails(*args: object, **kwargs: object) -> None:
        raise RuntimeError("the outbox is away")

    monkeypatch.setattr("enrollment.transfers.notices.tell_announced", fails)
    with pytest.raises(RuntimeError):
        end(enrollment)
    enrollment.refresh_from_db()
    assert (enrollment.state, Transfer.objects.count()) == (EnrollmentState.ENROLLED, 0)


def test_a_family_that_was_about_to_move_goes_where_it_moves() -> None:
    enrollment, new_lea = enrolled(), LeaFactory.create()
    home = enrollment.resident_lea
    actions.announce(
        enrollment.student_id, to_lea_id=new_lea.pk, leaves_on=LAST_DAY, by=coordinator_at(home), at=NOW
    )
    end(enrollment)
    host = enrollment.program.host
    assert between() == [(home, new_lea, "taken_back"), (host, new_lea, "announced")]
    school = SchoolFactory.create(lea=new_lea)
    actions.receive(
        Transfer.objects.get(state="announced").pk,
        school_id=school.pk,
        starts_on=TODAY,
        by=coordinator_at(new_lea),
        at=NOW,
    )
    assert Student.objects.get(pk=enrollment.student_id).school == school


def test_nobody_is_sent_home_who_graduates_never_came_or_lives_with_the_host() -> None:
    end(enrolled(), EnrollmentState.GRADUATED)
    never_came = ProgramEnrollmentFactory.create(starts_on=dt.date(2026, 11, 30))
    end(never_came)
    application = ProgramApplicationFactory.create(admitted=True)
    application.program.host = application.resident_lea
    application.program.save()
    application.program.school.lea = application.resident_lea
    application.program.school.save()
    end(enrolled(application=application))
    assert not Transfer.objects.exists()


def test_a_stranger_ends_and_moves_nobody() -> None:
    enrollment = enrolled()
    for hat in (MembershipFactory.create(parent=True), MembershipFactory.create(host_staff=True)):
        with pytest.raises(NotYourStudent):
            end(enrollment, by=hat)
        assert client_of(hat).get(reverse("transfers:end", args=[enrollment.pk])).status_code == 404
    assert not Transfer.objects.exists()
