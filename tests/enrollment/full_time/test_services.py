"""Findings, services agreements and reviews of goals: who writes, what holds, what is missing, who is told."""

import datetime as dt
from typing import Any

import pytest

from enrollment.full_time.actions import services as actions
from enrollment.full_time.actions.services import PlannedService, Terms
from enrollment.full_time.actions.services_needed import services_missing
from enrollment.full_time.actions.sides import ApplicationOver, NotYourApplication
from enrollment.full_time.models import (
    Body,
    FindingOutcome,
    GoalReview,
    ProgramApplication,
    Service,
    ServicesAgreement,
    ServicesFinding,
    Side,
)
from enrollment.records.actions import OwnChild
from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.papers.models import Letter, LetterKind, Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import (
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    ServicesAgreementFactory,
    ServicesFindingFactory,
    family_hat,
    host_hat,
    resident_hat,
)
from tests.pdf import pdf_text
from tests.personal_data import assert_no_personal_data

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 12, 18, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(hours=1)
TODAY = dt.date(2026, 11, 12)
TERMS = Terms(
    starts_on=dt.date(2027, 1, 6),
    ends_on=dt.date(2027, 5, 22),
    place="At home",
    money="Nobody pays anything to the other.",
    host_does="Teaches.",
    resident_does="Gives therapy.",
)
THERAPY = PlannedService(
    what="Speech therapy",
    minutes_a_week=60,
    served_by=Body.RESIDENT,
    paid_by=Body.RESIDENT,
    place="Room 4",
)


def applied(**more: Any) -> ProgramApplication:
    application: ProgramApplication = ProgramApplicationFactory.create(
        applied=True, identified=True, **({"has_iep_or_504": True} | more)
    )
    return application


def found(application: ProgramApplication, **traits: bool) -> ServicesFinding:
    finding: ServicesFinding = ServicesFindingFactory.create(application=application, **traits)
    return finding


def record(application: ProgramApplication, by: Membership, **more: Any) -> ServicesFinding:
    facts: dict[str, Any] = {
        "after": 0,
        "outcome": FindingOutcome.VIRTUAL,
        "met_on": TODAY,
        "finding": "By video.",
    }
    return actions.record_finding(application.pk, by=by, at=NOW, **(facts | more))


def draft(application: ProgramApplication, by: Membership, **more: Any) -> ServicesAgreement:
    facts: dict[str, Any] = {"after": 0, "terms": TERMS, "services": [THERAPY]}
    return actions.draft_agreement(application.pk, by=by, at=NOW, **(facts | more))


def told() -> set[tuple[User, str]]:
    """Who was told what: the first two parts of each mail's key."""
    notices = Notice.objects.select_related("user")
    return {(notice.user, notice.key.split(":")[0]) for notice in notices if notice.user}


# What the team found --------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", ["special_education", "coordinator", "lea_admin"])
def test_the_resident_districts_people_record_a_finding_and_the_host_is_told(trait: str) -> None:
    application = applied()
    host = host_hat(application)
    finding = record(application, resident_hat(application, **{trait: True}), accommodations=" More time. ")
    assert (finding.number, finding.met_on, finding.accommodations) == (1, TODAY, "More time.")
    assert told() == {(host.user, "services-finding")}


def test_the_host_records_a_finding_and_the_resident_district_is_told() -> None:
    application = applied()
    team = [resident_hat(application), resident_hat(application, coordinator=True)]
    resident_hat(application, counselor=True)
    record(application, host_hat(application))
    assert told() == {(hat.user, "services-finding") for hat in team}


def test_a_later_finding_stands_and_the_earlier_one_stays() -> None:
    application = applied()
    by = host_hat(application)
    first, second = (
        record(application, by),
        record(application, by, after=1, outcome=FindingOutcome.NOT_NEEDED),
    )
    assert list(application.services_findings.order_by("number")) == [first, second]
    assert ServicesFinding.objects.standing(application.pk) == second


def test_a_finding_recorded_twice_is_there_once() -> None:
    application = applied()
    by = host_hat(application)
    record(application, by)
    with pytest.raises(actions.ChangedMeanwhile):
        record(application, by)
    assert ServicesFinding.objects.count() == 1


def test_a_team_has_met_when_its_finding_is_recorded() -> None:
    application = applied()
    with pytest.raises(actions.DayToCome):
        record(application, host_hat(application), met_on=TODAY + dt.timedelta(days=1))


def test_others_record_nothing() -> None:
    application = applied()
    strangers = [
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(special_education=True),
        resident_hat(application, counselor=True),
        family_hat(application),
        MembershipFactory.create(dese_admin=True),
    ]
    for hat in strangers:
        with pytest.raises(NotYourApplication):
            record(application, hat)
    parent = host_hat(application, user=application.claim.claimant)
    with pytest.raises(OwnChild):
        record(application, parent)
    assert (ServicesFinding.objects.count(), Notice.objects.count()) == (0, 0)


def test_nothing_is_recorded_once_an_application_is_taken_back_or_the_student_has_left() -> None:
    taken_back = applied()
    taken_back.cancel(at=NOW)
    taken_back.save()
    left = ProgramEnrollmentFactory.create(disenrolled=True).application
    for application in (taken_back, left, ProgramApplicationFactory.create()):
        with pytest.raises(ApplicationOver):
            record(application, host_hat(application))


# The agreement --------------------------------------------------------------------------------------


@pytest.mark.rule("R-47")
def test_an_agreement_keeps_services_place_days_money_and_waits_for_both_signatures() -> None:
    application = applied()
    found(application)
    host, resident = host_hat(application), resident_hat(application)
    agreement = draft(application, host)
    service = agreement.services.get()
    assert (agreement.version, agreement.place, agreement.money) == (1, TERMS.place, TERMS.money)
    assert (service.what, service.minutes_a_week, service.place) == ("Speech therapy", 60, "Room 4")
    assert (service.starts_on, service.ends_on) == (TERMS.starts_on, TERMS.ends_on)
    assert agreement.unsigned == [Side.HOST, Side.RESIDENT]
    assert (resident.user, "services-agreement") in told()


@pytest.mark.rule("R-47")
def test_the_second_signature_writes_one_letter_and_the_family_is_told() -> None:
    application = applied()
    found(application)
    host, resident = host_hat(application), resident_hat(application)
    agreement = draft(application, host)
    half = actions.sign(agreement.pk, by=host, at=NOW, name="Hanna Host")
    assert (half.unsigned, half.letter, Letter.objects.count()) == ([Side.RESIDENT], None, 0)
    signed = actions.sign(agreement.pk, by=resident, at=LATER, name="Rita Resident")
    letter = Letter.objects.get()
    assert (signed.letter, letter.kind, signed.unsigned) == (letter, LetterKind.SERVICES, [])
    assert (signed.host_signed_at, signed.resident_signed_at) == (NOW, LATER)
    assert letter.facts["signatures"] == {
        "host": {"name": "Hanna Host", "at": NOW.isoformat()},
        "resident": {"name": "Rita Resident", "at": LATER.isoformat()},
    }
    parent = application.claim.claimant
    assert [notice.key for notice in Notice.objects.filter(user=parent)] == [
        f"services-agreement:{agreement.pk}:family:{parent.pk}"
    ]


@pytest.mark.rule("R-47", "R-27")
def test_the_letter_says_everything_in_html_and_in_pdf() -> None:
    application = applied()
    found(application)
    agreement = draft(
        application,
        host_hat(application),
        services=[
            THERAPY,
            PlannedService(
                what="Braille",
                minutes_a_week=30,
                served_by=Body.OTHER,
                paid_by=Body.HOST,
                body="School for the Blind",
                place="By video",
                starts_on=dt.date(2027, 2, 1),
            ),
        ],
    )
    for hat, name in ((host_hat(application), "Hanna Host"), (resident_hat(application), "Rita Resident")):
        actions.sign(agreement.pk, by=hat, at=NOW, name=name)
    letter = Letter.objects.get()
    with letter.pdf.open("rb") as file:
        pdf = pdf_text(file.read())
    for words in (
        "Speech therapy",
        "School for the Blind",
        "Monday, February 1, 2027",
        "Room 4",
        "Nobody pays anything to the other.",
        "More time in tests.",
        "Rita Resident",
        application.claim.full_name,
        application.program.host.organization.name,
        "If you disagree",
    ):
        assert words in letter.html
        assert words in pdf
    assert "school board" not in pdf.replace("not the school board", "")


def test_signing_twice_changes_nothing() -> None:
    application = applied()
    found(application)
    host = host_hat(application)
    agreement = draft(application, host)
    actions.sign(agreement.pk, by=host, at=NOW, name="Hanna Host")
    mails = Notice.objects.count()
    colleague = host_hat(application)
    again = actions.sign(agreement.pk, by=colleague, at=LATER, name="Another")
    assert (again.host_signed_name, again.host_signed_at) == ("Hanna Host", NOW)
    assert Notice.objects.count() == mails


def test_the_signed_version_stands_until_both_have_signed_the_new_one() -> None:
    application = applied()
    found(application)
    first = ServicesAgreementFactory.create(application=application, signed=True)
    host, resident = host_hat(application), resident_hat(application)
    second = draft(application, resident, after=1, change="The therapist left.")
    actions.sign(second.pk, by=resident, at=NOW, name="Rita Resident")
    assert ServicesAgreement.objects.standing(application.pk) == first
    actions.sign(second.pk, by=host, at=LATER, name="Hanna Host")
    assert ServicesAgreement.objects.standing(application.pk) == second
    assert ServicesAgreement.objects.get(pk=first.pk).letter == first.letter


def test_a_replaced_version_is_signed_no_more() -> None:
    application = applied()
    found(application)
    host = host_hat(application)
    first = draft(application, host)
    draft(application, host, after=1, change="A service was missing.")
    with pytest.raises(actions.Replaced):
        actions.sign(first.pk, by=host, at=NOW, name="Hanna Host")


def test_a_version_written_twice_is_there_once() -> None:
    application = applied()
    found(application)
    host = host_hat(application)
    draft(application, host)
    with pytest.raises(actions.ChangedMeanwhile):
        draft(application, host)
    assert (ServicesAgreement.objects.count(), Service.objects.count()) == (1, 1)


def test_an_agreement_rests_on_a_finding_that_services_are_needed() -> None:
    without, needless = applied(), applied()
    found(needless, not_needed=True)
    with pytest.raises(actions.NoFinding):
        draft(without, host_hat(without))
    with pytest.raises(actions.NothingNeeded):
        draft(needless, host_hat(needless))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"services": []}, actions.NoServices),
        ({"after": 1, "change": "  "}, actions.SaysNoReason),
        (
            {"terms": Terms(**(vars(TERMS) | {"ends_on": TERMS.starts_on - dt.timedelta(days=1)}))},
            actions.RunsBackwards,
        ),
        (
            {"services": [PlannedService(**(vars(THERAPY) | {"starts_on": dt.date(2026, 12, 1)}))]},
            actions.ServiceOutside,
        ),
        (
            {"services": [PlannedService(**(vars(THERAPY) | {"ends_on": dt.date(2027, 6, 1)}))]},
            actions.ServiceOutside,
        ),
        (
            {"services": [PlannedService(**(vars(THERAPY) | {"paid_by": Body.OTHER, "body": " "}))]},
            actions.BodyNotNamed,
        ),
    ],
)
def test_an_agreement_that_says_too_little_is_refused(
    change: dict[str, Any], refusal: type[Exception]
) -> None:
    application = applied()
    found(application)
    if "after" in change:
        ServicesAgreementFactory.create(application=application)
    before = ServicesAgreement.objects.count()
    with pytest.raises(refusal):
        draft(application, host_hat(application), **change)
    assert ServicesAgreement.objects.count() == before


def test_others_neither_write_nor_sign() -> None:
    agreement = ServicesAgreementFactory.create()
    application = agreement.application
    for hat in (
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(coordinator=True),
        resident_hat(application, decider=True),
        family_hat(application),
    ):
        with pytest.raises(NotYourApplication):
            draft(application, hat, after=1, change="Why")
        with pytest.raises(NotYourApplication):
            actions.sign(agreement.pk, by=hat, at=NOW, name="Somebody")
    assert ServicesAgreement.objects.get().unsigned == [Side.HOST, Side.RESIDENT]


def test_no_mail_names_the_child() -> None:
    application = applied()
    host, resident = host_hat(application), resident_hat(application)
    record(application, host)
    agreement = draft(application, host)
    for hat in (host, resident):
        actions.sign(agreement.pk, by=hat, at=NOW, name="Somebody")
    actions.review_goals(
        application.pk, by=host, at=NOW, reviewed_on=TODAY, goals="Met.", accommodations="Work."
    )
    notices = Notice.objects.all()
    assert notices.count() == 6
    assert_no_personal_data(
        *(f"{notice.subject} {notice.body}" for notice in notices), about=application.claim.student
    )


# What is missing before an admission ----------------------------------------------------------------


@pytest.mark.rule("R-41")
def test_a_student_without_a_plan_needs_no_finding() -> None:
    assert services_missing(applied(has_iep_or_504=False)) is None


@pytest.mark.rule("R-41")
def test_an_admission_waits_for_the_finding_then_for_the_agreement_then_for_both_signatures() -> None:
    application = applied()
    assert services_missing(application) == (
        "The finding of the IEP or 504 team is missing. Record what the team found."
    )
    found(application)
    assert services_missing(application) == (
        "The services agreement is missing. Host and resident district agree who serves the student, and sign."
    )
    host, resident = host_hat(application), resident_hat(application)
    agreement = draft(application, host)
    waits = "Version 1 of the services agreement waits for the"
    assert services_missing(application) == f"{waits} signatures of host and resident district."
    actions.sign(agreement.pk, by=host, at=NOW, name="Hanna Host")
    assert services_missing(application) == f"{waits} signature of the resident district."
    actions.sign(agreement.pk, by=resident, at=NOW, name="Rita Resident")
    assert services_missing(application) is None


@pytest.mark.rule("R-41")
def test_the_resident_district_may_sign_first() -> None:
    application = applied()
    found(application)
    resident = resident_hat(application)
    agreement = draft(application, resident)
    actions.sign(agreement.pk, by=resident, at=NOW, name="Rita Resident")
    assert services_missing(application) == (
        "Version 1 of the services agreement waits for the signature of the host."
    )


@pytest.mark.rule("R-41")
def test_a_finding_that_nothing_is_needed_is_enough() -> None:
    application = applied()
    found(application, not_needed=True)
    assert services_missing(application) is None


@pytest.mark.rule("R-41")
def test_an_amendment_that_waits_holds_nothing_up() -> None:
    application = applied()
    found(application)
    ServicesAgreementFactory.create(application=application, signed=True)
    draft(application, host_hat(application), after=1, change="Another room.")
    assert services_missing(application) is None


@pytest.mark.rule("R-41")
def test_a_plan_that_the_family_did_not_tell_of_counts_once_a_team_found_it() -> None:
    application = applied(has_iep_or_504=False)
    found(application)
    assert services_missing(application) is not None


# Reviews --------------------------------------------------------------------------------------------


def test_each_side_reviews_goals_and_the_other_one_is_told() -> None:
    agreement = ServicesAgreementFactory.create(signed=True)
    application = agreement.application
    sides = {Side.HOST: host_hat(application), Side.RESIDENT: resident_hat(application)}
    for hat in sides.values():
        actions.review_goals(
            application.pk, by=hat, at=NOW, reviewed_on=TODAY, goals=" Met. ", accommodations="Work."
        )
    assert list(GoalReview.objects.order_by("pk").values_list("agreement", "side", "goals")) == [
        (agreement.pk, side, "Met.") for side in sides
    ]
    assert {(user, what) for user, what in told() if what == "goal-review"} >= {
        (hat.user, "goal-review") for hat in sides.values()
    }


def test_a_side_reviews_once_a_day() -> None:
    agreement = ServicesAgreementFactory.create(signed=True)
    hat = host_hat(agreement.application)
    said = {"goals": "Met.", "accommodations": "Work."}
    actions.review_goals(agreement.application_id, by=hat, at=NOW, reviewed_on=TODAY, **said)
    with pytest.raises(actions.ReviewedToday):
        actions.review_goals(agreement.application_id, by=hat, at=NOW, reviewed_on=TODAY, **said)
    with pytest.raises(actions.DayToCome):
        actions.review_goals(
            agreement.application_id, by=hat, at=NOW, reviewed_on=TODAY + dt.timedelta(days=1), **said
        )
    assert GoalReview.objects.count() == 1


def test_there_is_nothing_to_review_before_both_have_signed() -> None:
    agreement = ServicesAgreementFactory.create(host_signed=True)
    with pytest.raises(actions.NothingSigned):
        actions.review_goals(
            agreement.application_id,
            by=host_hat(agreement.application),
            at=NOW,
            reviewed_on=TODAY,
            goals="Met.",
            accommodations="Work.",
        )
