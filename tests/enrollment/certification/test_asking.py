"""Who asks for a letter: the student of age, a parent before that, a parent with consent after (R-152)."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError

from enrollment.certification import actions
from enrollment.certification.models import LetterConsent, LetterRequest
from enrollment.full_time.models import EnrollmentState, ProgramEnrollment
from enrollment.records.models import Guardian, Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import CertificationFactory, LetterConsentFactory, LetterRequestFactory
from tests.factories.full_time import ProgramEnrollmentFactory
from tests.factories.records import StudentFactory
from tests.personal_data import assert_no_personal_data

from .kit import GROWN, NOW, YOUNG, combined, enrolled, parent_of, self_of

pytestmark = pytest.mark.django_db
READER = "Social Security Administration"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)  # who may read a record depends on the day


def student_born(day: dt.date) -> Student:
    enrollment = enrolled(application__claim__birth_date=day, application__claim__guardian=False)
    return enrollment.student


def with_basis(student: Student, basis: str = "dependent") -> Membership:
    """A parent who may read the record of a student of age, whatever the reason."""
    parent = parent_of(student)
    recorder = MembershipFactory.create(coordinator=True, lea=student.lea)
    Guardian.objects.filter(user=parent.user).update(
        adult_basis=basis, adult_basis_by=recorder, adult_basis_at=NOW
    )
    return parent


def ask(student: Student, by: Membership, *, consent: LetterConsent | None = None) -> LetterRequest:
    return actions.ask(
        student.pk, by=by, at=NOW, recipient=READER, consent_id=consent.pk if consent else None
    )


def agree(student: Student, by: Membership, parent: Membership, **changes: str) -> LetterConsent:
    answers = {
        "records": "Schedule",
        "purpose": "Benefit",
        "recipient": "The county office",
        "signed_name": "Robin",
    }
    guardian = Guardian.objects.get(user=parent.user, student=student)
    return actions.give_consent(student.pk, by=by, at=NOW, parent_id=guardian.pk, **(answers | changes))


@pytest.mark.rule("R-152")
def test_a_student_of_age_asks_personally_and_the_host_hears_of_it() -> None:
    student = student_born(GROWN)
    enrollment = ProgramEnrollment.objects.get()
    host = enrollment.entered_by
    request = ask(student, self_of(student))
    assert (request.enrollment, request.lea, request.recipient, request.consent) == (
        enrollment,
        enrollment.program.host,
        READER,
        None,
    )
    notice = Notice.objects.get()
    assert (notice.user, notice.key) == (host.user, f"letter-asked:{request.pk}:{host.user_id}")
    assert_no_personal_data(notice.subject, notice.body, about=student)


@pytest.mark.rule("R-152")
def test_for_a_student_under_age_the_parent_asks_and_the_student_does_not() -> None:
    student = student_born(YOUNG)
    ask(student, parent_of(student))
    with pytest.raises(actions.NotOfAge):
        ask(student, self_of(student))
    assert LetterRequest.objects.count() == 1


def test_a_student_on_their_own_asks_at_any_age() -> None:
    student = student_born(YOUNG)
    assert ask(student, self_of(student, student_on_own=True)).student == student


@pytest.mark.rule("R-152")
def test_a_parent_of_a_student_of_age_is_refused_without_consent() -> None:
    student = student_born(GROWN)
    with pytest.raises(actions.NotYourStudent):  # who has no basis does not know the student any more
        ask(student, parent_of(student))
    with pytest.raises(actions.ConsentMissing):  # who may read the record may not ask for a letter with that
        ask(student, with_basis(student))
    assert LetterRequest.objects.count() == 0


@pytest.mark.rule("R-152")
def test_a_consent_serves_one_parent_for_one_letter_to_the_reader_it_names() -> None:
    student = student_born(GROWN)
    parent, other = with_basis(student), with_basis(student, "consent")
    consent = agree(student, self_of(student), parent)
    assert Notice.objects.get().user == parent.user
    with pytest.raises(actions.ConsentMissing):
        ask(student, other, consent=consent)
    request = ask(student, parent, consent=consent)
    assert (request.consent, request.recipient) == (consent, "The county office")
    with pytest.raises(actions.ConsentMissing):
        ask(student, parent, consent=consent)


def test_a_parent_asks_only_under_the_consent_that_was_shown() -> None:
    student = student_born(GROWN)
    parent, own = with_basis(student), self_of(student)
    agree(student, own, parent)
    newer = agree(student, own, parent, recipient="Another office")
    with pytest.raises(actions.ConsentMissing):
        ask(student, parent, consent=newer)


@pytest.mark.rule("R-152")
def test_only_the_student_of_age_agrees_and_only_to_a_parent_who_may_read() -> None:
    student = student_born(GROWN)
    parent, stranger = with_basis(student), parent_of(student)
    with pytest.raises(actions.OnlyTheStudentAgrees):
        agree(student, parent, parent)
    with pytest.raises(actions.NoParentToAgreeTo):
        agree(student, self_of(student), stranger)
    minor = student_born(YOUNG)
    with pytest.raises(actions.OnlyTheStudentAgrees):
        agree(minor, self_of(minor, student_on_own=True), parent_of(minor))


@pytest.mark.parametrize("missing", ["records", "purpose", "recipient", "signed_name"])
def test_a_consent_lacks_nothing(missing: str) -> None:
    with pytest.raises(IntegrityError, match="a_consent_says_what_why_to_whom_and_is_signed"):
        LetterConsentFactory.create(**{missing: ""})


def test_strangers_and_staff_ask_for_nobody() -> None:
    student = student_born(YOUNG)
    for hat in (
        MembershipFactory.create(parent=True),
        MembershipFactory.create(counselor=True, lea=student.lea),
        MembershipFactory.create(host_staff=True, lea=student.lea),
    ):
        with pytest.raises(actions.NotYourStudent):
            ask(student, hat)


def test_the_same_letter_is_asked_for_once_until_it_is_issued() -> None:
    student = student_born(YOUNG)
    parent = parent_of(student)
    request = ask(student, parent)
    with pytest.raises(actions.AlreadyAsked):
        ask(student, parent)
    CertificationFactory.create(request=request)
    assert ask(student, parent) != request


@pytest.mark.rule("R-144")
def test_without_a_program_or_a_running_course_there_is_nothing_to_certify() -> None:
    student = StudentFactory.create()
    with pytest.raises(actions.NothingToCertify):
        ask(student, parent_of(student))
    admitted = ProgramEnrollmentFactory.create().student
    with pytest.raises(actions.NothingToCertify):
        ask(admitted, parent_of(admitted))


@pytest.mark.rule("R-144")
def test_combined_study_goes_to_the_resident_district() -> None:
    other = combined()
    student = other.student
    LetterRequest.objects.all().delete()
    coordinator = MembershipFactory.create(coordinator=True, lea=student.lea)
    request = ask(student, parent_of(student))
    assert (request.enrollment, request.lea) == (None, student.lea)
    assert [notice.user for notice in Notice.objects.all()] == [coordinator.user]


def test_who_left_a_program_and_takes_courses_now_asks_about_those() -> None:
    request = combined()
    student = request.student
    LetterRequest.objects.all().delete()
    ProgramEnrollmentFactory.create(disenrolled=True, student=student, starts_on=dt.date(2026, 9, 1))
    assert ask(student, parent_of(student)).is_combined
    request.student.claims.get().requests.get().lines.update(state="withdrawn", ended_on=dt.date(2027, 1, 20))
    assert not ask(student, parent_of(student)).is_combined


def test_officials_who_are_family_are_not_asked() -> None:
    student = student_born(YOUNG)
    parent = parent_of(student)
    MembershipFactory.create(
        host_staff=True,
        user=parent.user,
        organization=ProgramEnrollment.objects.get().program.host.organization,
    )
    ask(student, parent)
    assert [notice.user for notice in Notice.objects.all()] == [
        ProgramEnrollment.objects.get().entered_by.user
    ]


def test_who_sees_which_requests() -> None:
    full, part = LetterRequestFactory.create(), combined()
    host = MembershipFactory.create(host_staff=True, lea=full.lea)
    for hat, rows in (
        (host, [full]),
        (MembershipFactory.create(host_staff=True, lea=part.lea), []),
        (MembershipFactory.create(coordinator=True, lea=part.lea), [part]),
        (MembershipFactory.create(lea_admin=True, lea=part.lea), [part]),
        (MembershipFactory.create(counselor=True, lea=part.lea), []),
        (MembershipFactory.create(coordinator=True, lea=full.lea), []),
        (MembershipFactory.create(dese_admin=True), []),
        (full.asked_by, [full]),
        (MembershipFactory.create(parent=True), []),
    ):
        assert list(LetterRequest.objects.visible_to(hat)) == rows
    own = MembershipFactory.create(host_staff=True, lea=full.lea, user=full.asked_by.user)
    assert list(LetterRequest.objects.issued_by(own)) == []
    assert list(LetterRequest.objects.issued_by(full.asked_by)) == []


def test_ended_enrollments_are_certified_too() -> None:
    student = student_born(YOUNG)
    ProgramEnrollment.objects.update(
        state=EnrollmentState.GRADUATED,
        ended_on=dt.date(2027, 1, 29),
        ended_at=NOW,
        ended_by=MembershipFactory.create(host_staff=True),
        end_reason="Diploma",
    )
    assert ask(student, parent_of(student)).enrollment == ProgramEnrollment.objects.get()
