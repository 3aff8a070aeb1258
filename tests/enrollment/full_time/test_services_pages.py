"""The pages of services: each side sees and does its own, the family reads all of it, nobody else knows it is there."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from enrollment.full_time.models import GoalReview, ProgramApplication, ServicesAgreement, ServicesFinding
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers.models import Letter
from tests.factories.accounts import MembershipFactory
from tests.factories.full_time import (
    GoalReviewFactory,
    ProgramApplicationFactory,
    ServicesAgreementFactory,
    ServicesFindingFactory,
    family_hat,
    host_hat,
    resident_hat,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 12, 18, tzinfo=dt.UTC)
ACTS = ["services_finding", "draft_services", "review_goals"]
SERVICE = {
    "what": "Speech therapy",
    "minutes_a_week": "60",
    "served_by": "resident",
    "paid_by": "resident",
    "place": "Room 4",
}


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def page(name: str, application: ProgramApplication, *more: int) -> str:
    return reverse(f"full_time:{name}", args=[application.pk, *more])


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def with_a_finding(**traits: bool) -> ProgramApplication:
    application: ProgramApplication = ServicesFindingFactory.create(**traits).application
    return application


def terms(**more: Any) -> dict[str, Any]:
    return {
        **dates("starts_on", dt.date(2027, 1, 6)),
        **dates("ends_on", dt.date(2027, 5, 22)),
        "place": "At home",
        "host_does": "Teaches.",
        "resident_does": "Gives therapy.",
        "money": "Nobody pays anything.",
        "after": "0",
        **more,
    }


def dates(name: str, value: dt.date) -> dict[str, Any]:
    return {f"{name}_month": value.month, f"{name}_day": value.day, f"{name}_year": value.year}


def services(*rows: dict[str, str], known: int = 0) -> dict[str, Any]:
    numbered = {
        f"services-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()
    }
    return numbered | {"services-TOTAL_FORMS": str(len(rows)), "services-INITIAL_FORMS": str(known)}


# Reading --------------------------------------------------------------------------------------------


def test_both_sides_the_family_and_the_state_office_read_the_page() -> None:
    application = with_a_finding()
    agreement = ServicesAgreementFactory.create(application=application, signed=True)
    GoalReviewFactory.create(agreement=agreement)
    for hat in (
        host_hat(application),
        resident_hat(application),
        family_hat(application),
        MembershipFactory.create(dese_reviewer=True),
    ):
        words = text(client_of(hat).get(page("services", application)))
        for said in (
            application.claim.full_name,
            "The student can be served virtually",
            "More time in tests.",
            "Holds: signed by both sides",
            "Rita Resident",
            "Two of three goals are met.",
        ):
            assert said in words
    assert page("services_pdf", application, 1) in words


@pytest.mark.rule("R-41")
def test_a_plan_that_the_family_did_not_tell_of_is_found_and_recorded_by_clicking() -> None:
    application = ProgramApplicationFactory.create(applied=True, identified=True, has_iep_or_504=False)
    address, family = page("services", application), family_hat(application)
    pages = {"host": page("review", application), "resident": page("resident_application", application)}
    for hat, name in (
        (host_hat(application), "host"),
        (resident_hat(application), "resident"),
        (resident_hat(application, lea_admin=True), "resident"),
    ):
        client = client_of(hat)
        assert f'href="{address}"' in text(client.get(pages[name]))
        assert page("services_finding", application) in text(client.get(address))
    teacher = client_of(resident_hat(application, counselor=True))  # who may not read it
    assert f'href="{address}"' not in text(teacher.get(pages["resident"]))
    status = page("status", application)
    assert f'href="{address}"' not in text(client_of(family).get(status))
    ServicesFindingFactory.create(application=application)
    assert f'href="{address}"' in text(client_of(family).get(status))


@pytest.mark.rule("R-134")
def test_nobody_else_finds_it() -> None:
    application = with_a_finding()
    for hat in (
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(special_education=True),
        MembershipFactory.create(parent=True),
    ):
        assert client_of(hat).get(page("services", application)).status_code == 404
    for hat in (
        resident_hat(application, counselor=True),
        resident_hat(application, decider=True),
        MembershipFactory.create(provider_staff=True),
    ):
        assert client_of(hat).get(page("services", application)).status_code == 403


def test_a_draft_has_no_services_yet() -> None:
    application = ProgramApplicationFactory.create()
    assert client_of(family_hat(application)).get(page("services", application)).status_code == 404


@pytest.mark.rule("R-27")
def test_the_family_reads_the_way_of_special_education_and_staff_do_not_need_it() -> None:
    application = with_a_finding()
    route = CodeMeaning.objects.of(CodeSet.DISPUTE_ROUTE, on=NOW.date()).get(code="special_education")
    words = text(client_of(family_hat(application)).get(page("services", application)))
    assert escape(route.label) in words
    assert [step for step in route.meaning.splitlines() if escape(step) not in words] == []
    assert "If you disagree" not in text(client_of(host_hat(application)).get(page("services", application)))


def test_who_only_reads_is_offered_nothing() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application, signed=True)
    for hat in (
        family_hat(application),
        MembershipFactory.create(dese_admin=True),
        host_hat(application, user=application.claim.claimant),  # a parent who works there
    ):
        words = text(client_of(hat).get(page("services", application)))
        assert [name for name in ACTS if page(name, application) in words] == []


def test_both_sides_are_offered_what_they_can_do() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application, signed=True)
    for hat in (host_hat(application), resident_hat(application)):
        words = text(client_of(hat).get(page("services", application)))
        assert [name for name in ACTS if page(name, application) not in words] == []


def test_the_page_says_what_is_missing_next() -> None:
    application = ProgramApplicationFactory.create(applied=True, has_iep_or_504=True)
    client = client_of(host_hat(application))
    assert "The finding of the IEP or 504 team is missing." in text(client.get(page("services", application)))
    ServicesFindingFactory.create(application=application)
    assert "The services agreement is missing." in text(client.get(page("services", application)))
    ServicesAgreementFactory.create(application=application, host_signed=True)
    assert "waits for the signature of the resident district." in text(
        client.get(page("services", application))
    )


def test_a_student_without_a_plan_has_nothing_missing() -> None:
    application = ProgramApplicationFactory.create(applied=True)
    words = text(client_of(host_hat(application)).get(page("services", application)))
    assert "No finding is needed." in words
    assert "What is missing next" not in words


def test_an_amendment_that_waits_is_said_although_the_old_version_holds() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application, signed=True)
    ServicesAgreementFactory.create(application=application, version=2, change="Another room.")
    words = text(client_of(family_hat(application)).get(page("services", application)))
    assert "Version 2 of the services agreement waits for the signatures" in words
    assert "Holds: signed by both sides" in words
    assert "Why it changes: Another room." in words


def test_every_version_is_read_by_itself_and_the_signed_one_as_pdf() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application, signed=True)
    ServicesAgreementFactory.create(application=application, version=2, change="Another room.")
    client = client_of(family_hat(application))
    assert (
        Letter.objects.get().html.split("<h2>")[0]
        in client.get(page("services_agreement", application, 1)).content.decode()
    )
    preview = text(client.get(page("services_agreement", application, 2)))
    assert "Not signed yet" in preview
    assert "Another room." in preview
    pdf: Any = client.get(page("services_pdf", application, 1))
    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert pdf.headers["Cache-Control"] == "private, no-store"
    assert client.get(page("services_pdf", application, 2)).status_code == 404
    stranger = client_of(MembershipFactory.create(parent=True))
    for name, version in (("services_agreement", 1), ("services_agreement", 2), ("services_pdf", 1)):
        assert stranger.get(page(name, application, version)).status_code == 404


# Acting ---------------------------------------------------------------------------------------------


def test_a_finding_is_recorded_from_the_page() -> None:
    application = ProgramApplicationFactory.create(applied=True, has_iep_or_504=True)
    client = client_of(resident_hat(application))
    answers = {
        **dates("met_on", dt.date(2026, 11, 11)),
        "outcome": "virtual",
        "finding": "By video.",
        "after": "0",
    }
    address = page("services_finding", application)
    assert client.get(address).status_code == 200
    for _ in range(2):  # a second click changes nothing
        response = client.post(address, answers)
        assert response.headers["Location"] == page("services", application)
    finding = ServicesFinding.objects.get()
    assert (finding.outcome, finding.met_on) == ("virtual", dt.date(2026, 11, 11))


def test_a_finding_from_tomorrow_is_said_in_the_form() -> None:
    application = ProgramApplicationFactory.create(applied=True, has_iep_or_504=True)
    answers = {**dates("met_on", dt.date(2026, 11, 13)), "outcome": "virtual", "after": "0"}
    words = text(client_of(host_hat(application)).post(page("services_finding", application), answers))
    assert "The date must be Thursday, November 12, 2026 or earlier." in words
    assert "Say what the team found, and why." in words
    assert ServicesFinding.objects.count() == 0


def test_an_agreement_is_written_with_several_services() -> None:
    application = with_a_finding()
    client = client_of(host_hat(application))
    address = page("draft_services", application)
    assert client.get(address).status_code == 200
    braille = SERVICE | {"what": "Braille", "served_by": "other", "body": "School for the Blind"}
    response = client.post(address, terms() | services(SERVICE, braille, {}))
    assert response.headers["Location"] == page("services", application)
    agreement = ServicesAgreement.objects.get()
    assert list(agreement.services.order_by("pk").values_list("what", "served_by", "body", "ends_on")) == [
        ("Speech therapy", "resident", "", dt.date(2027, 5, 22)),
        ("Braille", "other", "School for the Blind", dt.date(2027, 5, 22)),
    ]


def test_another_service_is_added_without_losing_what_was_typed() -> None:
    application = with_a_finding()
    response = client_of(host_hat(application)).post(
        page("draft_services", application), terms() | services(SERVICE) | {"more": "1"}
    )
    words = text(response)
    assert 'value="Speech therapy"' in words
    assert "Service 2" in words
    assert "Please look at these answers again" not in words
    assert ServicesAgreement.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (services({}), "Enter at least one service."),
        (services(SERVICE | {"paid_by": "other"}), "Enter the name of the other body."),
        (services(SERVICE | {"minutes_a_week": "0"}), "Enter the minutes of a week as a number"),
        (
            services(SERVICE | dates("starts_on", dt.date(2026, 12, 1))),
            "lies outside the days of the agreement",
        ),
        (services(*[SERVICE] * 21), "An agreement has no more than 20 services."),
        (services(SERVICE) | {"money": ""}, "Say who pays whom, how much and when"),
        (services(SERVICE) | dates("ends_on", dt.date(2027, 1, 5)), "The last day is before the first day."),
    ],
)
def test_what_is_wrong_with_an_agreement_is_said_in_the_form(changes: dict[str, Any], said: str) -> None:
    application = with_a_finding()
    response = client_of(host_hat(application)).post(page("draft_services", application), terms() | changes)
    assert said in text(response)
    assert ServicesAgreement.objects.count() == 0


def test_an_amendment_begins_with_the_version_before_and_can_leave_services_out() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application, signed=True)
    client = client_of(resident_hat(application))
    address = page("draft_services", application)
    shown = client.get(address)
    assert 'value="Speech therapy"' in text(shown)
    changed = terms(after="1", change="The therapist left.")
    answers = services(SERVICE | {"DELETE": "on"}, SERVICE | {"what": "Braille"}, known=1)
    assert client.post(address, changed | answers).headers["Location"] == page("services", application)
    amended = ServicesAgreement.objects.get(version=2)
    assert (amended.change, amended.services.get().what) == ("The therapist left.", "Braille")


def test_an_amendment_keeps_the_services_that_did_not_change() -> None:
    application = with_a_finding()
    agreement = ServicesAgreementFactory.create(application=application, signed=True)
    service = agreement.services.get()
    same = {
        **SERVICE,
        "place": service.place,
        **dates("starts_on", service.starts_on),
        **dates("ends_on", service.ends_on),
    }
    response = client_of(host_hat(application)).post(
        page("draft_services", application),
        terms(after="1", change="More money.") | services(same, {}, known=1),
    )
    assert response.status_code == 302
    assert ServicesAgreement.objects.get(version=2).services.get().what == "Speech therapy"


def test_an_amendment_says_why() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application, signed=True)
    response = client_of(host_hat(application)).post(
        page("draft_services", application), terms(after="1") | services(SERVICE, known=1)
    )
    assert "Say why, in a sentence." in text(response)


def test_without_a_finding_there_is_nothing_to_agree_on() -> None:
    without = ProgramApplicationFactory.create(applied=True, has_iep_or_504=True)
    for application, said in (
        (without, "Record the finding of the IEP or 504 team first."),
        (with_a_finding(not_needed=True), "there is nothing to agree on"),
    ):
        response = client_of(host_hat(application)).get(page("draft_services", application), follow=True)
        assert said in text(response)


def test_each_side_signs_from_the_page_once() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application)
    address = page("sign_services", application, 1)
    host, resident = client_of(host_hat(application)), client_of(resident_hat(application))
    assert "Speech therapy" in text(host.get(address))
    assert "Type your full name to sign." in text(host.post(address, {"name": " "}))
    assert "You signed for your side." in text(host.post(address, {"name": "Hanna Host"}, follow=True))
    assert "Your side has signed this version already." in text(
        host.post(address, {"name": "Hanna Host"}, follow=True)
    )
    assert "Both sides have signed." in text(resident.post(address, {"name": "Rita Resident"}, follow=True))
    assert ServicesAgreement.objects.get().letter == Letter.objects.get()


def test_a_replaced_version_leads_to_the_newer_one() -> None:
    application = with_a_finding()
    ServicesAgreementFactory.create(application=application)
    ServicesAgreementFactory.create(application=application, version=2, change="Another room.")
    words = text(client_of(host_hat(application)).get(page("sign_services", application, 1), follow=True))
    assert "A newer version of this agreement was written." in words
    assert "Replaced before both had signed" in words


def test_a_review_is_written_from_the_page() -> None:
    agreement = ServicesAgreementFactory.create(signed=True)
    address = page("review_goals", agreement.application)
    client = client_of(resident_hat(agreement.application))
    assert client.get(address).status_code == 200
    answers = {**dates("reviewed_on", NOW.date()), "goals": "Met.", "accommodations": "Work."}
    for said in ("The review is recorded.", "Your side has written a review of this day already."):
        assert said in text(client.post(address, answers, follow=True))
    assert (GoalReview.objects.get().side, GoalReview.objects.get().goals) == ("resident", "Met.")


def test_before_anything_is_signed_there_is_nothing_to_review() -> None:
    application = with_a_finding()
    response = client_of(host_hat(application)).get(page("review_goals", application), follow=True)
    assert "No services agreement is signed by both sides yet" in text(response)


def test_of_an_application_that_was_taken_back_nothing_changes() -> None:
    agreement = ServicesAgreementFactory.create(signed=True)
    application = agreement.application
    application.cancel(at=NOW)
    application.save()
    client = client_of(host_hat(application))
    for name in ACTS:
        assert "Nothing changes any more." in text(client.get(page(name, application), follow=True))
    words = text(client.get(page("services", application)))
    assert [name for name in ACTS if page(name, application) in words] == []


@pytest.mark.rule("R-134")
def test_strangers_and_parents_who_work_there_act_on_nothing() -> None:
    agreement = ServicesAgreementFactory.create()
    application = agreement.application
    addresses = [*(page(name, application) for name in ACTS), page("sign_services", application, 1)]
    for hat in (
        MembershipFactory.create(host_staff=True),
        MembershipFactory.create(special_education=True),
        host_hat(application, user=application.claim.claimant),
    ):
        client = client_of(hat)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert {client.post(address).status_code for address in addresses} == {404}
    for hat in (family_hat(application), MembershipFactory.create(dese_admin=True)):
        assert {client_of(hat).post(address).status_code for address in addresses} == {403}
