"""A student with a letter stops: one task, however often anybody looks (R-153)."""

import datetime as dt

import pytest
from django.db import IntegrityError

from enrollment.certification import actions
from enrollment.certification.models import CessationTask
from enrollment.certification.tasks import open_cessations
from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import CertificationFactory, CessationTaskFactory
from tests.personal_data import assert_no_personal_data

from .kit import enrolled

pytestmark = pytest.mark.django_db

ENDED_AT = dt.datetime(2027, 3, 26, 15, tzinfo=dt.UTC)
NOW = dt.datetime(2027, 3, 30, 15, tzinfo=dt.UTC)


def staff(enrollment: ProgramEnrollment | None) -> Membership:
    assert enrollment is not None  # a task of combined study has none
    hat: Membership = MembershipFactory.create(
        host_staff=True, organization=enrollment.program.host.organization
    )
    return hat


def ended(state: EnrollmentState, *, letters: int = 1) -> ProgramEnrollment:
    """With letters of 2 February that ended on 26 March."""
    enrollment = enrolled()
    CertificationFactory.create_batch(
        letters, request__enrollment=enrollment, issued_by=enrollment.entered_by
    )
    ProgramEnrollment.objects.filter(pk=enrollment.pk).update(
        state=state,
        ended_on=ENDED_AT.date(),
        ended_at=ENDED_AT,
        ended_by=enrollment.entered_by,
        end_reason="Moved away.",
    )
    return ProgramEnrollment.objects.get(pk=enrollment.pk)


@pytest.mark.rule("R-153")
@pytest.mark.parametrize("state", [EnrollmentState.DISENROLLED, EnrollmentState.WITHDRAWN])
def test_a_student_who_stops_opens_one_task_however_often_it_runs(state: EnrollmentState) -> None:
    enrollment = ended(state, letters=2)
    host = enrollment.entered_by
    assert [open_cessations() for _time in range(3)] == [1, 0, 0]
    assert not actions.open_task(enrollment.pk, at=NOW)  # whoever looked at the same moment
    task = CessationTask.objects.get()
    assert (task.enrollment, task.sent_on) == (enrollment, None)
    notice = Notice.objects.get()
    assert notice.user == host.user
    assert_no_personal_data(notice.subject, notice.body, about=enrollment.student)


@pytest.mark.rule("R-153")
@pytest.mark.parametrize("state", [EnrollmentState.GRADUATED, EnrollmentState.AGED_OUT])
def test_who_graduates_or_grows_too_old_opens_none(state: EnrollmentState) -> None:
    ended(state)
    assert open_cessations() == 0


@pytest.mark.rule("R-153")
def test_a_summer_opens_none() -> None:
    """It ends no enrollment: the student is enrolled when no course runs."""
    enrollment = enrolled()
    CertificationFactory.create(request__enrollment=enrollment)
    assert open_cessations() == 0


@pytest.mark.rule("R-153")
def test_without_a_letter_before_the_end_nobody_waits_for_a_notice() -> None:
    enrollment = ended(EnrollmentState.WITHDRAWN, letters=0)
    assert open_cessations() == 0
    CertificationFactory.create(request__enrollment=enrollment, issued_at=ENDED_AT + dt.timedelta(days=1))
    assert open_cessations() == 0


@pytest.mark.rule("R-153")
def test_sending_is_recorded_once_and_logged_as_a_disclosure() -> None:
    task = CessationTaskFactory.create()
    hat = staff(task.enrollment)
    actions.record_sent(task.pk, by=hat, at=NOW, sent_on=dt.date(2027, 3, 29))
    task.refresh_from_db()
    assert (task.sent_on, task.recorded_at, task.recorded_by) == (dt.date(2027, 3, 29), NOW, hat)
    disclosure = Disclosure.objects.get()
    assert (disclosure.student, disclosure.recipient.name, disclosure.disclosed_by, disclosure.at) == (
        task.enrollment.student,
        actions.FEDERAL_OFFICE,
        hat,
        NOW,
    )
    with pytest.raises(actions.AlreadySent):
        actions.record_sent(task.pk, by=hat, at=NOW, sent_on=dt.date(2027, 3, 30))
    assert Disclosure.objects.count() == 1


@pytest.mark.parametrize("day", [dt.date(2027, 3, 25), dt.date(2027, 3, 31)])
def test_a_notice_is_sent_between_the_last_day_and_today(day: dt.date) -> None:
    task = CessationTaskFactory.create()
    with pytest.raises(actions.SentOutside):
        actions.record_sent(task.pk, by=staff(task.enrollment), at=NOW, sent_on=day)
    assert CessationTask.objects.open().get() == task


def test_only_the_hosts_staff_record_it_and_not_for_a_child_of_their_own() -> None:
    task = CessationTaskFactory.create()
    enrollment = task.enrollment
    for hat in (
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(coordinator=True, lea=enrollment.program.host),
        MembershipFactory.create(
            host_staff=True, lea=enrollment.program.host, user=enrollment.application.claim.claimant
        ),
        MembershipFactory.create(dese_admin=True),
    ):
        with pytest.raises(actions.MayNotRecord):
            actions.record_sent(task.pk, by=hat, at=NOW, sent_on=dt.date(2027, 3, 29))


def test_a_sent_notice_says_when_and_by_whom() -> None:
    with pytest.raises(IntegrityError, match="a_sent_notice_says_when_and_by_whom"):
        CessationTaskFactory.create(sent_on=dt.date(2027, 3, 29))
