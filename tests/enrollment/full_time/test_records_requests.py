"""Records: the host asks, the resident district answers in its days, both are reminded, the log knows what left."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from enrollment.full_time.actions import records as actions
from enrollment.full_time.actions.sides import ApplicationOver
from enrollment.full_time.models import (
    ApplicationPaper,
    PaperKind,
    ProgramApplication,
    RecordsFile,
    RecordsKind,
    RecordsRequest,
)
from enrollment.full_time.tasks import chase, remind_to_ask
from enrollment.records.actions import OwnChild
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Chase, Clock, ClockKind
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.models import DigestItem, Document, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import (
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    RecordsRequestFactory,
    family_hat,
    host_hat,
    resident_hat,
)
from tests.factories.papers import PDF
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 4, 18, tzinfo=dt.UTC)  # a Wednesday
LATER = dt.datetime(2026, 11, 6, 18, tzinfo=dt.UTC)
TRANSCRIPT, SHOTS = RecordsKind.TRANSCRIPT, RecordsKind.IMMUNIZATION
SENDERS = ["coordinator", "counselor", "data_clerk"]


def applied(**more: Any) -> ProgramApplication:
    application: ProgramApplication = ProgramApplicationFactory.create(
        **({"applied": True, "identified": True} | more)
    )
    return application


def asked(**more: Any) -> RecordsRequest:
    request: RecordsRequest = RecordsRequestFactory.create(**more)
    return request


def judge(application: ProgramApplication) -> int:
    """The counselor of the resident district who confirmed who the child is."""
    hat = application.claim.judged_by
    assert hat is not None
    return hat.user_id


def ask(application: ProgramApplication, by: Membership, *kinds: RecordsKind) -> RecordsRequest:
    return actions.ask_for_records(application.pk, by=by, at=NOW, kinds=kinds or (TRANSCRIPT, SHOTS))


def scan(content: bytes = PDF) -> ContentFile:  # type: ignore[type-arg]
    return ContentFile(content, name="scan.pdf")


def told() -> set[int]:
    return set(Notice.objects.values_list("user", flat=True))


def digests(day: str) -> set[tuple[int, str, str, bool]]:
    return set(DigestItem.objects.filter(day=day).values_list("user", "sentence", "path", "urgent"))


# Asking ---------------------------------------------------------------------------------------------


@pytest.mark.rule("R-48")
@pytest.mark.parametrize(
    ("in_foster_care", "days", "due"),
    # The 11th is Veterans Day, the 7th and the 8th are a weekend.
    [(False, 5, dt.date(2026, 11, 12)), (True, 3, dt.date(2026, 11, 9))],
)
def test_the_resident_district_is_told_at_once_and_has_its_days(
    in_foster_care: bool, days: int, due: dt.date
) -> None:
    application = applied(is_in_foster_care=in_foster_care)
    people = {resident_hat(application, **{trait: True}).user_id for trait in SENDERS} | {judge(application)}
    resident_hat(application, decider=True)
    MembershipFactory.create(coordinator=True)
    request = ask(application, host_hat(application), SHOTS, TRANSCRIPT)
    assert (request.clock.business_days, request.clock.due_on) == (days, due)
    assert (request.clock.lea_id, request.kinds) == (application.resident_lea_id, [TRANSCRIPT, SHOTS])
    assert told() == people


def test_asking_twice_for_the_same_is_refused_and_for_something_else_is_not() -> None:
    application = applied()
    host = host_hat(application)
    ask(application, host, TRANSCRIPT)
    with pytest.raises(actions.AskedAlready):
        ask(application, host, TRANSCRIPT, SHOTS)
    ask(application, host, SHOTS)
    assert [request.kinds for request in RecordsRequest.objects.order_by("pk")] == [[TRANSCRIPT], [SHOTS]]


def test_what_was_answered_can_be_asked_for_again() -> None:
    request = asked(answered=True)
    ask(request.application, host_hat(request.application), TRANSCRIPT)
    assert RecordsRequest.objects.count() == 2


def test_only_the_host_asks_and_never_about_a_child_of_ones_own() -> None:
    application = applied()
    for hat in (
        MembershipFactory.create(host_staff=True),
        resident_hat(application, coordinator=True),
        family_hat(application),
    ):
        with pytest.raises(actions.OnlyHostAsks):
            ask(application, hat)
    with pytest.raises(OwnChild):
        ask(application, host_hat(application, user=application.claim.claimant))
    assert Clock.objects.filter(kind=ClockKind.RECORDS).count() == 0


def test_something_is_asked_for() -> None:
    application = applied()
    with pytest.raises(actions.NothingAskedFor):
        actions.ask_for_records(application.pk, by=host_hat(application), at=NOW, kinds=[])


def test_nothing_is_asked_for_once_the_application_is_settled() -> None:
    taken_back, draft = applied(), ProgramApplicationFactory.create()
    taken_back.cancel(at=NOW)
    taken_back.save()
    refused = ProgramApplicationFactory.create(refused=True)
    left = ProgramEnrollmentFactory.create(disenrolled=True).application
    for application in (taken_back, draft, refused, left):
        with pytest.raises(ApplicationOver):
            ask(application, host_hat(application))


def test_a_student_who_was_admitted_can_still_be_asked_about() -> None:
    application = ProgramEnrollmentFactory.create().application
    assert ask(application, host_hat(application)).application == application


# Answering ------------------------------------------------------------------------------------------


@pytest.mark.rule("R-48", "R-130")
@pytest.mark.parametrize("trait", SENDERS)
def test_files_become_papers_stop_the_clock_and_are_logged(trait: str) -> None:
    request = asked()
    application, sender = request.application, resident_hat(request.application, **{trait: True})
    host = host_hat(application)
    answered = actions.answer_records(
        request.pk, by=sender, at=LATER, files={TRANSCRIPT: scan(), SHOTS: scan()}
    )
    assert (answered.answered_at, answered.answered_by, answered.answer) == (
        LATER,
        sender,
        "Transcript, Immunization",
    )
    assert list(RecordsFile.objects.order_by("pk").values_list("request", "kind", "paper__kind")) == [
        (request.pk, TRANSCRIPT, PaperKind.TRANSCRIPT),
        (request.pk, SHOTS, PaperKind.IMMUNIZATION),
    ]
    assert set(ApplicationPaper.objects.values_list("application", "added_by", "added_at")) == {
        (application.pk, sender.pk, LATER)
    }
    assert Clock.objects.get(pk=request.clock_id).stopped_at == LATER
    disclosure = Disclosure.objects.get()
    assert (disclosure.student, disclosure.recipient, disclosure.disclosed_by, disclosure.at) == (
        application.claim.student,
        application.program.host.organization,
        sender,
        LATER,
    )
    assert disclosure.what == "Transcript, Immunization"
    assert host.user_id in told()


def test_words_alone_say_why_nothing_is_there_and_nothing_is_disclosed() -> None:
    request = asked(application=applied(identified=False))
    sender = resident_hat(request.application, coordinator=True)
    answered = actions.answer_records(
        request.pk, by=sender, at=LATER, files={}, words=" Never went to school here. "
    )
    assert (answered.answer, Disclosure.objects.count()) == ("Never went to school here.", 0)
    assert Clock.objects.get(pk=request.clock_id).stopped_at == LATER


def test_a_file_that_is_missing_is_explained() -> None:
    request = asked()
    sender = resident_hat(request.application, data_clerk=True)
    with pytest.raises(actions.SayWhyNot):
        actions.answer_records(request.pk, by=sender, at=LATER, files={TRANSCRIPT: scan()})
    assert Document.objects.count() == 0
    actions.answer_records(
        request.pk, by=sender, at=LATER, files={TRANSCRIPT: scan()}, words="Immunization is with the doctor."
    )
    assert RecordsFile.objects.get().kind == TRANSCRIPT
    assert Disclosure.objects.get().what == "Transcript"


def test_what_was_not_asked_for_is_not_sent() -> None:
    request = asked(kinds=[TRANSCRIPT])
    sender = resident_hat(request.application, data_clerk=True)
    files = {TRANSCRIPT: scan(), RecordsKind.DISCIPLINE: scan()}
    actions.answer_records(request.pk, by=sender, at=LATER, files=files)
    assert (RecordsFile.objects.get().kind, Document.objects.count()) == (TRANSCRIPT, 1)


def test_answering_twice_is_refused_and_changes_nothing() -> None:
    request = asked(answered=True)
    sender = resident_hat(request.application, coordinator=True)
    with pytest.raises(actions.AnsweredAlready):
        actions.answer_records(request.pk, by=sender, at=LATER, files={TRANSCRIPT: scan()}, words="Again.")
    assert (Document.objects.count(), Disclosure.objects.count(), Notice.objects.count()) == (0, 0, 0)
    assert RecordsRequest.objects.get().answer == request.answer


def test_nothing_is_sent_about_a_student_whom_the_district_has_not_confirmed() -> None:
    request = asked(application=applied(identified=False))
    with pytest.raises(actions.StudentNotKnown):
        actions.answer_records(
            request.pk,
            by=resident_hat(request.application, coordinator=True),
            at=LATER,
            files={TRANSCRIPT: scan(), SHOTS: scan()},
        )
    assert (Document.objects.count(), RecordsRequest.objects.get().answered_at) == (0, None)


def test_a_file_of_the_wrong_kind_sends_nothing() -> None:
    request = asked()
    sender = resident_hat(request.application, coordinator=True)
    with pytest.raises(papers.WrongKindOfFile):
        actions.answer_records(
            request.pk, by=sender, at=LATER, files={TRANSCRIPT: scan(), SHOTS: scan(b"plain words")}
        )
    assert (Document.objects.count(), Disclosure.objects.count()) == (0, 0)
    assert RecordsRequest.objects.get().answered_at is None


def test_nothing_is_sent_to_a_program_that_did_not_admit_the_student() -> None:
    request = asked(application=ProgramApplicationFactory.create(refused=True, identified=True))
    with pytest.raises(ApplicationOver):
        actions.answer_records(
            request.pk,
            by=resident_hat(request.application, coordinator=True),
            at=LATER,
            files={TRANSCRIPT: scan(), SHOTS: scan()},
        )
    assert Document.objects.count() == 0


def test_once_an_application_is_settled_no_clock_waits_for_its_records() -> None:
    waiting, answered = asked(), asked(answered=True)
    asked()
    for request in (waiting, answered, waiting):  # a second time changes nothing
        actions.stop_waiting(request.application_id, at=LATER)
    stopped = Clock.objects.filter(kind=ClockKind.RECORDS, stopped_at__isnull=False).order_by("pk")
    assert list(stopped.values_list("pk", "stopped_at")) == [
        (waiting.clock_id, LATER),
        (answered.clock_id, answered.answered_at),
    ]


def test_an_answer_that_comes_after_its_clock_stopped_is_taken() -> None:
    request = asked(clock__stopped_at=LATER)
    actions.answer_records(
        request.pk,
        by=resident_hat(request.application, coordinator=True),
        at=LATER,
        files={},
        words="Nothing is there.",
    )
    assert RecordsRequest.objects.get().answer == "Nothing is there."


def test_only_the_resident_district_answers_and_never_about_a_child_of_ones_own() -> None:
    request = asked()
    application = request.application
    for hat in (
        host_hat(application),
        MembershipFactory.create(coordinator=True),
        resident_hat(application, decider=True),
        family_hat(application),
    ):
        with pytest.raises(actions.OnlyDistrictSends):
            actions.answer_records(request.pk, by=hat, at=LATER, files={}, words="Nothing.")
    parent = MembershipFactory.create(
        coordinator=True, lea=application.resident_lea, user=application.claim.claimant
    )
    with pytest.raises(OwnChild):
        actions.answer_records(request.pk, by=parent, at=LATER, files={}, words="Nothing.")


def test_no_mail_names_the_child() -> None:
    application = applied()
    sender, host = resident_hat(application, coordinator=True), host_hat(application)
    request = ask(application, host)
    actions.answer_records(request.pk, by=sender, at=LATER, files={TRANSCRIPT: scan(), SHOTS: scan()})
    notices = Notice.objects.all()
    assert told() == {sender.user_id, judge(application), host.user_id}
    assert_no_personal_data(
        *(f"{notice.subject} {notice.body}" for notice in notices), about=application.claim.student
    )


# Reminders ------------------------------------------------------------------------------------------


@pytest.mark.rule("R-48")
def test_who_sends_records_is_reminded_at_half_time_and_the_day_before() -> None:
    request = asked(application__input_clock__stopped=True)
    application = request.application
    sender = resident_hat(application, data_clerk=True)
    sentence = (
        f"Send {application.program} the records for application {application.number} by Nov. 12, 2026."
    )
    page = reverse("full_time:answer_records", args=[request.pk])
    for day in ("2026-11-09", "2026-11-10"):  # the 11th is a holiday: the business day before is the 10th
        assert chase(day) == 1
        assert digests(day) == {
            (user, sentence, page, False) for user in (sender.user_id, judge(application))
        }
    assert chase("2026-11-10") == 0


@pytest.mark.rule("R-48")
def test_late_records_are_told_to_both_districts_each_day() -> None:
    request = asked(application__input_clock__stopped=True)
    application = request.application
    sender = resident_hat(application, data_clerk=True)
    sentence = (
        f"{application.resident_lea} should have sent the records for application {application.number} "
        "by Nov. 12, 2026."
    )
    answer_page = reverse("full_time:answer_records", args=[request.pk])
    pages = {
        sender.user_id: answer_page,
        judge(application): answer_page,
        request.asked_by.user_id: reverse("full_time:records", args=[application.pk]),
    }
    for day in ("2026-11-13", "2026-11-14"):
        assert chase(day) == 1
        assert digests(day) == {(user, sentence, page, True) for user, page in pages.items()}


def test_of_a_settled_application_nobody_is_reminded() -> None:
    request = asked()
    resident_hat(request.application, counselor=True)
    request.application.cancel(at=LATER)
    request.application.save()
    assert (chase("2026-11-13"), DigestItem.objects.count(), Chase.objects.count()) == (0, 0, 0)


@pytest.mark.rule("R-48")
def test_the_resident_district_is_reminded_of_its_information_too() -> None:
    application = applied(input_clock__due_on=dt.date(2026, 11, 17))
    coordinator, counselor = (
        resident_hat(application, coordinator=True),
        resident_hat(application, counselor=True),
    )
    resident_hat(application, data_clerk=True)
    in_time = f"Inform {application.program} about application {application.number} by Nov. 17, 2026."
    late = f"Your information about application {application.number} to {application.program} was due by Nov. 17, 2026."
    for day, sentence, urgent in (("2026-11-16", in_time, False), ("2026-11-18", late, True)):
        assert chase(day) == 1
        assert digests(day) == {
            (user, sentence, reverse("full_time:resident_application", args=[application.pk]), urgent)
            for user in (coordinator.user_id, counselor.user_id, judge(application))
        }


@pytest.mark.rule("R-48")
@pytest.mark.parametrize("in_foster_care", [False, True])
def test_the_host_is_reminded_to_ask_two_business_days_after_the_application_came(
    in_foster_care: bool,
) -> None:
    application = applied(is_in_foster_care=in_foster_care)  # came on Monday the 2nd
    host = host_hat(application)
    sentence = f"Ask for the records of application {application.number}: due by Nov. 4, 2026."
    page = reverse("full_time:ask_records", args=[application.pk])
    assert (remind_to_ask("2026-11-03"), DigestItem.objects.count()) == (0, 0)
    for day, urgent in (("2026-11-04", False), ("2026-11-05", True)):
        assert (remind_to_ask(day), remind_to_ask(day)) == (1, 1)
        assert digests(day) == {(host.user_id, sentence, page, urgent)}


def test_once_something_was_asked_for_nobody_is_reminded_to_ask() -> None:
    asked()
    ProgramApplicationFactory.create(refused=True)
    ProgramApplicationFactory.create()
    assert remind_to_ask("2026-11-20") == 0


def test_a_student_who_was_admitted_early_is_still_asked_about_until_the_first_day() -> None:
    moving = ProgramEnrollmentFactory.create()
    ProgramEnrollmentFactory.create(enrolled=True)
    assert [application for application, _due in actions.to_ask(dt.date(2026, 11, 20))] == [
        moving.application
    ]


def test_no_digest_names_the_child() -> None:
    request = asked()
    resident_hat(request.application, coordinator=True)
    other = applied()
    host_hat(other)
    chase("2026-11-13")
    remind_to_ask("2026-11-13")
    for application in (request.application, other):
        assert_no_personal_data(
            *DigestItem.objects.values_list("sentence", flat=True), about=application.claim.student
        )
