"""A family moves: the district in which it lives now reads, reviews, amends and signs, and the old one no longer."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from enrollment.full_time import actions as full_time
from enrollment.full_time.actions import records, services
from enrollment.full_time.actions.sides import NotYourApplication
from enrollment.full_time.models import (
    ApplicationState,
    Outcome,
    ProgramApplication,
    ProgramEnrollment,
    RecordsKind,
    ReviewOutcome,
    ServicesAgreement,
)
from enrollment.transfers import actions as transfers
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, School
from mocap_portal.foundation.papers.models import Notice
from mocap_portal.home.full_time import exits, late_records, records_to_send, to_inform
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory
from tests.factories.full_time import (
    GoalReviewFactory,
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    RecordsRequestFactory,
    ServicesAgreementFactory,
    ServicesFindingFactory,
    SurveyFactory,
    host_hat,
)
from tests.factories.papers import PDF
from tests.factories.transfers import TransferFactory
from tests.pdf import pdf_text
from tests.personal_data import assert_no_personal_data
from tests.queries import queries_of

from . import kit
from .test_services import TERMS, THERAPY

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2027, 2, 10, 18, tzinfo=dt.UTC)
LEFT, MOVED = dt.date(2027, 2, 5), dt.date(2027, 2, 8)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def staff(lea: Lea, **trait: bool) -> Membership:
    hat: Membership = MembershipFactory.create(**(trait or {"coordinator": True}), lea=lea)
    return hat


def with_services() -> ProgramEnrollment:
    """A student with a plan: found, agreed on and reviewed."""
    enrollment: ProgramEnrollment = ProgramEnrollmentFactory.create(
        enrolled=True,
        application__has_iep_or_504=True,
        application__claim__school__lea__organization__name="Old Oak R-I",
    )
    ServicesFindingFactory.create(application=enrollment.application)
    GoalReviewFactory.create(
        agreement=ServicesAgreementFactory.create(application=enrollment.application, signed=True)
    )
    return enrollment


def move(student: Any, from_lea: Lea, *, at: dt.datetime = NOW, left: dt.date = LEFT) -> School:
    """The student is received by another district; its school there."""
    transfer = TransferFactory.create(student=student, from_lea=from_lea, leaves_on=left)
    school: School = SchoolFactory.create(lea=transfer.to_lea)
    transfers.receive(
        transfer.pk,
        school_id=school.pk,
        starts_on=left + dt.timedelta(days=3),
        by=staff(transfer.to_lea),
        at=at,
    )
    return school


def pages(application: ProgramApplication, *enrollment: ProgramEnrollment) -> list[str]:
    one = [application.pk]
    return [
        reverse("full_time:resident_application", args=one),
        reverse("full_time:services", args=one),
        reverse("full_time:services_agreement", args=[application.pk, 1]),
        reverse("full_time:services_pdf", args=[application.pk, 1]),
        reverse("full_time:review_goals", args=one),
        reverse("full_time:draft_services", args=one),
        reverse("full_time:records", args=one),
        *(reverse("full_time:enrollment", args=[row.pk]) for row in enrollment),
    ]


def answers(hat: Membership, addresses: list[str]) -> set[int]:
    client, codes = kit.client_of(hat), set[int]()
    for address in addresses:
        response: Any = client.get(address)
        codes.add(response.status_code)
        b"".join(response.streaming_content if response.streaming else response)
    return codes


@pytest.mark.rule("R-61", "R-72")
def test_the_pages_go_from_the_old_district_to_the_new_one() -> None:
    enrollment = with_services()
    application, was = enrollment.application, enrollment.resident_lea
    addresses = pages(application, enrollment)
    old, stranger = staff(was), MembershipFactory.create(coordinator=True)
    assert (answers(old, addresses), answers(stranger, addresses)) == ({200}, {404})
    new_lea = move(enrollment.student, was).lea
    new = staff(new_lea)
    assert (answers(old, addresses), answers(new, addresses), answers(stranger, addresses)) == (
        {404},
        {200},
        {404},
    )
    page = kit.client_of(new).get(addresses[-1]).content.decode()
    assert addresses[0] in page  # its link to the application opens
    inbox = reverse("full_time:resident_inbox")
    for hat, listed in ((old, False), (new, True)):
        page = kit.client_of(hat).get(inbox, {"state": "all"}).content.decode()
        assert (application.number in page) == listed
    host = kit.client_of(host_hat(application))
    review = host.get(reverse("full_time:review", args=[application.pk])).content.decode()
    assert f"Resident district: {new_lea}" in review


@pytest.mark.rule("R-61", "R-72")
def test_the_new_district_reviews_amends_and_signs() -> None:
    enrollment = with_services()
    application, was = enrollment.application, enrollment.resident_lea
    old = staff(was, special_education=True)
    new = staff(move(enrollment.student, was).lea, special_education=True)
    host = host_hat(application)
    Notice.objects.all().delete()
    review: dict[str, Any] = {"reviewed_on": MOVED, "goals": "One is met.", "accommodations": "More time."}
    draft: dict[str, Any] = {"after": 1, "terms": TERMS, "services": [THERAPY], "change": "It moved."}
    for act, values in ((services.review_goals, review), (services.draft_agreement, draft)):
        with pytest.raises(NotYourApplication):
            act(application.pk, by=old, at=NOW, **values)
    services.review_goals(application.pk, by=new, at=NOW, **review)
    agreement = services.draft_agreement(application.pk, by=host, at=NOW, **draft)
    with pytest.raises(NotYourApplication):
        services.sign(agreement.pk, by=old, at=NOW, name="Rita Resident")
    services.sign(agreement.pk, by=host, at=NOW, name="Hanna Host")
    signed = services.sign(agreement.pk, by=new, at=NOW, name="Nell New")
    assert ServicesAgreement.objects.standing(application.pk) == signed
    told = {notice.user_id for notice in Notice.objects.all()}
    assert new.user_id in told
    assert old.user_id not in told
    assert signed.letter is not None
    with signed.letter.pdf.open("rb") as pdf:
        text = " ".join(pdf_text(pdf.read()).split())
    assert (str(new.organization) in text, str(was) in text) == (True, False)
    page = kit.client_of(new).get(reverse("full_time:services", args=[application.pk])).content.decode()
    signers = [name for name in (str(new.organization), str(was)) if f"<dt>{name}</dt>" in page]
    assert signers == [str(new.organization), "Old Oak R-I"]  # which signed the version before


def test_lists_and_pages_take_as_many_queries_for_many_who_moved_as_for_none() -> None:
    enrollment = with_services()
    application = enrollment.application
    new_lea = move(enrollment.student, enrollment.resident_lea).lea
    resident, host = kit.client_of(staff(new_lea)), kit.client_of(host_hat(application))
    lists = [
        f"{reverse('full_time:resident_inbox')}?state=all",
        reverse("full_time:services", args=[application.pk]),
    ]
    inbox = [f"{reverse('full_time:inbox')}?state=all"]
    queries_of(resident, lists)
    before = queries_of(resident, lists), queries_of(host, inbox)
    for version in (2, 3):
        other = ProgramEnrollmentFactory.create(enrolled=True, application__program=application.program)
        other.resident_lea = new_lea
        other.save()
        ServicesAgreementFactory.create(
            application=application, version=version, change="Another room.", signed=True
        )
    assert (queries_of(resident, lists), queries_of(host, inbox)) == before


@pytest.mark.rule("R-72")
def test_records_are_sent_by_the_district_that_was_asked() -> None:
    request = RecordsRequestFactory.create(application__admitted=True)
    application = request.application
    enrollment = ProgramEnrollmentFactory.create(enrolled=True, application=application)
    old = staff(enrollment.resident_lea)
    new = staff(move(enrollment.student, enrollment.resident_lea).lea)
    today = NOW.date()
    for hat, waits in ((old, 1), (new, 0)):
        assert len(records_to_send(hat, today).items) == waits
    [late] = late_records(host_hat(application), today).items
    assert late.about == str(enrollment.resident_lea)
    address = reverse("full_time:answer_records", args=[request.pk])
    assert (answers(old, [address]), answers(new, [address])) == ({200}, {404})
    listed = kit.client_of(new).get(reverse("full_time:records", args=[application.pk])).content.decode()
    assert "Asked for on" in listed
    assert address not in listed
    files = {kind: ContentFile(PDF, name="scan.pdf") for kind in RecordsKind if kind in request.kinds}
    with pytest.raises(records.OnlyDistrictSends):
        records.answer_records(request.pk, by=new, at=NOW, files=files)
    response: Any = kit.client_of(old).post(address, {"words": "The student never went to school here."})
    assert response.url == reverse(
        "full_time:records_requests"
    )  # the application is not the old one's any more
    request.refresh_from_db()
    assert request.answered_by == old


@pytest.mark.rule("R-72", "R-37")
def test_what_is_not_decided_yet_goes_along() -> None:
    application = ProgramApplicationFactory.create(applied=True, identified=True)
    SurveyFactory.create(application=application)
    was, student = application.resident_lea, application.claim.student
    host, old = host_hat(application), staff(was)
    at = kit.LATER - dt.timedelta(days=5)
    school = move(student, was, at=at, left=at.date() - dt.timedelta(days=3))
    new = staff(school.lea)
    application.refresh_from_db()
    assert application.resident_lea == school.lea
    address = reverse("full_time:resident_application", args=[application.pk])
    assert (answers(old, [address]), answers(new, [address])) == ({404}, {200})
    told = Notice.objects.filter(key__startswith=f"application:{application.pk}:resident")
    assert {notice.user_id for notice in told} >= {host.user_id}
    for notice in told:
        assert_no_personal_data(notice.subject, notice.body, about=student)
    assert [len(to_inform(hat, at.date()).items) for hat in (old, new)] == [0, 1]
    kit.decided(kit.again(application))
    enrollment = ProgramEnrollment.objects.get()
    assert (enrollment.resident_lea, enrollment.resident_school) == (school.lea, school)


@pytest.mark.rule("R-72")
def test_a_refusal_that_is_looked_at_again_goes_along_and_a_settled_one_stays() -> None:
    review, _decider = kit.asked_again()
    application = kit.again(review.application)
    claim = application.claim
    settled = ProgramApplicationFactory.create(
        claim=claim, applied=True, state=ApplicationState.CANCELLED, cancelled_at=NOW
    )
    claim.student = ProgramApplicationFactory.create(applied=True, identified=True).claim.student
    assert claim.student is not None
    claim.student.lea, claim.student.school = application.resident_lea, claim.school
    claim.student.save()
    claim.state, claim.judged_at, claim.judged_by = "confirmed", NOW, staff(application.resident_lea)
    claim.save()
    was = application.resident_lea
    school = move(claim.student, was)
    assert kit.again(application).resident_lea == school.lea
    assert kit.again(settled).resident_lea == was
    full_time.answer_review(
        review.pk,
        outcome=ReviewOutcome.REVERSED,
        answer="The new report card shows what was missing before.",
        starts_on=NOW.date(),
        by=kit.host_of(application),
        at=NOW,
    )
    assert ProgramEnrollment.objects.get().resident_school == school
    assert application.determinations.filter(outcome=Outcome.ADMITTED).exists()


def test_an_exit_is_recorded_by_the_district_on_whose_roll_the_student_was() -> None:
    admitted = ProgramEnrollmentFactory.create(starts_on=dt.date(2027, 3, 1))
    entered = ProgramEnrollmentFactory.create(enrolled=True)
    for enrollment, waits in ((admitted, 1), (entered, 0)):
        new = staff(move(enrollment.student, enrollment.resident_lea).lea)
        assert len(exits(new, NOW.date()).items) == waits
        page = kit.client_of(new).get(
            reverse("full_time:resident_application", args=[enrollment.application_id])
        )
        address = reverse("full_time:exit", args=[enrollment.pk])
        assert (address in page.content.decode()) == bool(waits)
