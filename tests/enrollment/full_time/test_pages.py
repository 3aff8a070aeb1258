"""What the pages of applications do beyond showing: the letter is read before it is sent, and sent as it was read."""

import datetime as dt
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.certification import letters
from enrollment.certification.facts import gather
from enrollment.certification.models import LetterRequest
from enrollment.full_time.models import (
    ApplicationState,
    Determination,
    ProgramApplication,
    ProgramEnrollment,
    Schedule,
    ScheduledCourse,
)
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers.letters import lay_out
from tests.enrollment.certification.kit import OFFICIAL
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import LetterRequestFactory
from tests.factories.directory import LeaPolicyFactory
from tests.factories.full_time import ProgramFactory

from .kit import (
    BASIS,
    FIRST_DAY,
    LATER,
    NOW,
    OPTIONS,
    admitted,
    again,
    client_of,
    day,
    decided,
    draft,
    family_of,
    host_of,
    resident_of,
    sent,
    surveyed,
)

pytestmark = pytest.mark.django_db

REVIEW_QUERIES = 21


def answers(outcome: str = "admitted") -> dict[str, object]:
    return {"outcome": outcome, "basis": BASIS, "in_person_options": OPTIONS} | day("starts_on", FIRST_DAY)


@time_machine.travel(LATER, tick=False)
def test_the_letter_is_read_first_and_sent_as_it_was_read() -> None:
    application = surveyed(sent())
    client = client_of(host_of(application))
    url = reverse("full_time:determine", args=[application.pk])
    read = client.post(url, answers())
    assert BASIS in read.content.decode()
    assert not Determination.objects.exists()
    carried = dict(read.context["carried"])
    response = client.post(url, carried | {"send": "yes"})
    assert response.status_code == 302
    assert Determination.objects.get().starts_on == FIRST_DAY


@time_machine.travel(NOW, tick=False)
def test_a_letter_that_may_not_be_sent_yet_has_no_button_to_send_it() -> None:
    application = surveyed(sent())
    client = client_of(host_of(application))
    url = reverse("full_time:determine", args=[application.pk])
    page = client.post(url, answers()).content.decode()
    assert "has until Tuesday, November 17, 2026 to inform you" in page
    assert "Send the letter" not in page
    client.post(url, answers() | {"send": "yes"})
    assert again(application).state == ApplicationState.APPLIED


@pytest.mark.rule("R-35")
@time_machine.travel(NOW, tick=False)
def test_the_resident_district_finds_no_yes_and_no_no() -> None:
    application = sent()
    url = reverse("full_time:resident_application", args=[application.pk])
    client = client_of(resident_of(application))
    page = client.get(url).content.decode().lower()
    main = page[page.index("<main") : page.index("</main>")]
    assert "you do not approve or deny" in main
    for word in ('value="approve', 'value="deny', ">approve<", ">deny<"):
        assert word not in main
    assert client.post(url, {"outcome": "refused", "information": ""}).status_code == 200
    assert again(application).state == ApplicationState.APPLIED


@time_machine.travel(NOW, tick=False)
def test_a_family_that_signs_reads_what_is_missing_and_sends_once() -> None:
    application = draft()
    client = client_of(family_of(application))
    url = reverse("full_time:sign", args=[application.pk])
    assert "Identity of the parent or guardian" not in client.get(url).content.decode()
    data = {"releases_records": "on", "signed_name": "Pat Parent"}
    for _click in range(2):
        response = client.post(url, data)
        assert (response.status_code, response["Location"]) == (
            302,
            reverse("full_time:status", args=[application.pk]),
        )
    assert again(application).signed_name == "Pat Parent"


@pytest.mark.rule("R-45")
@time_machine.travel(LATER, tick=False)
def test_a_schedule_is_typed_row_by_row_and_says_what_it_lacks() -> None:
    enrollment = admitted()
    client = client_of(host_of(enrollment))
    url = reverse("full_time:schedule", args=[enrollment.pk])
    term = enrollment.application.term.school_year.terms.get(code="S2").pk
    rows: dict[str, object] = {"courses-TOTAL_FORMS": 8, "courses-INITIAL_FORMS": 8, "shortfall": ""}
    for number in range(6):
        rows |= {
            f"courses-{number}-title": f"Course {number}",
            f"courses-{number}-credit": "1",
            f"courses-{number}-term": term,
        } | {f"courses-{number}-minutes_{weekday}": "60" for weekday in ("mon", "tue", "wed", "thu", "fri")}
    short = client.post(url, rows | {"courses-5-credit": "0.5"})
    assert "worth 5.5 credits" in short.content.decode()
    assert not Schedule.objects.exists()
    assert client.post(url, rows).status_code == 302
    courses = ScheduledCourse.objects.order_by("title")
    assert [course.minutes for course in courses] == [[60] * 5 + [0, 0]] * 6
    assert {(course.starts_on, course.ends_on) for course in courses} == {(FIRST_DAY, dt.date(2027, 5, 22))}


@time_machine.travel(LATER, tick=False)
def test_a_slip_is_mended_on_the_page_and_stays_to_be_read() -> None:
    enrollment = admitted()
    hat = host_of(enrollment)
    client, url = client_of(hat), reverse("full_time:schedule", args=[enrollment.pk])
    term = enrollment.application.term.school_year.terms.get(code="S2").pk
    rows: dict[str, object] = {
        "courses-TOTAL_FORMS": 1,
        "courses-INITIAL_FORMS": 1,
        "shortfall": "One course.",
    }
    rows |= {"courses-0-title": "Algebra I", "courses-0-credit": "1", "courses-0-term": term}
    client.post(url, rows | {"courses-0-minutes_mon": "600"})
    assert "To correct a slip in version 1, enter its own first day: Wednesday, January 6, 2027." in unescape(
        client.get(url).content.decode()
    )
    mended = rows | {
        "courses-0-minutes_mon": "60",
        "change": "600 was a slip",
        **day("valid_from", FIRST_DAY),
    }
    assert client.post(url, mended).status_code == 302
    page = reverse("full_time:enrollment", args=[enrollment.pk])
    words = client.get(page).content.decode()
    assert "1 hours a week" in words
    assert "version 1: replaced, never held" in words
    assert f"Replaced by {hat.user.name}." in unescape(words)
    family = client_of(family_of(enrollment.application)).get(page).content.decode()
    assert "replaced, never held" in family
    assert "Replaced by" not in family


@pytest.mark.rule("R-144")
@time_machine.travel(LATER, tick=False)
def test_the_expected_graduation_is_typed_with_the_schedule_and_printed_in_the_letter() -> None:
    enrollment = admitted()
    client = client_of(host_of(enrollment))
    url, page = (reverse(f"full_time:{name}", args=[enrollment.pk]) for name in ("schedule", "enrollment"))
    term = enrollment.application.term.school_year.terms.get(code="S2").pk
    rows: dict[str, object] = {
        "courses-TOTAL_FORMS": 1,
        "courses-INITIAL_FORMS": 1,
        "shortfall": "One course.",
    }
    rows |= {
        "courses-0-title": "Algebra I",
        "courses-0-credit": "1",
        "courses-0-term": term,
        "courses-0-minutes_mon": "60",
    }
    early = client.post(url, rows | day("expected_graduation", FIRST_DAY)).content.decode()
    assert "The graduation is expected after the first day" in early
    assert not Schedule.objects.exists()
    client.post(url, rows)
    enrollment.refresh_from_db()
    assert enrollment.expected_graduation is None
    assert "Expected graduation" not in client.get(page).content.decode()
    # Later it is known: nothing else changes, so there is no new version and no reason to give.
    graduates_on = dt.date(2028, 5, 19)
    client.post(url, rows | day("valid_from", dt.date(2027, 2, 1)) | day("expected_graduation", graduates_on))
    known = ProgramEnrollment.objects.get().expected_graduation
    assert (known, Schedule.objects.count()) == (graduates_on, 1)
    assert "Friday, May 19, 2028" in client.get(page).content.decode()
    assert 'value="2028"' in client.get(url).content.decode()
    request = LetterRequestFactory.create(enrollment=enrollment)
    facts = gather(LetterRequest.objects.get(pk=request.pk), on=FIRST_DAY)
    text = letters.compose(
        facts, number="AL-1", recipient="", official=OFFICIAL, address="https://portal.example/"
    )
    assert "Expected on May 19, 2028" in lay_out(text)


@time_machine.travel(NOW, tick=False)
def test_a_program_without_an_enrollment_policy_is_nowhere_to_be_found() -> None:
    program = ProgramFactory.create(unpublished=True)
    application = draft()
    client = client_of(family_of(application))
    assert str(program) not in client.get(reverse("full_time:programs")).content.decode()
    assert client.get(reverse("full_time:program", args=[program.pk])).status_code == 404
    assert client.get(reverse("full_time:apply", args=[program.pk])).status_code == 404
    assert ProgramApplication.objects.count() == 1


@time_machine.travel(NOW, tick=False)
def test_a_list_asks_as_many_questions_for_many_applications_as_for_one() -> None:
    first = sent()
    client = client_of(host_of(first))
    url = reverse("full_time:inbox")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _number in range(5):
        sent(program=first.program)
    with CaptureQueriesContext(connection) as six:
        client.get(url)
    assert len(six) == len(one)


# The semester before ------------------------------------------------------------------------------

LABELS = ("Met", "Met by exception", "Not met", "Not asked")
QUESTION = "In a Missouri public school in the semester before"
POLICY = "One semester in a Missouri public school just before."


def what_the_rules_ask(application: ProgramApplication, hat: Membership | None = None) -> str:
    """That part of the page on which the host looks at an application."""
    client = client_of(hat or host_of(application))
    page = client.get(reverse("full_time:review", args=[application.pk])).content.decode()
    return page.partition('aria-labelledby="questions"')[2].partition("</section>")[0]


@pytest.mark.rule("R-03", "R-04")
@pytest.mark.parametrize(
    ("said", "label", "rule", "sentence"),
    [
        ("attended", "Met", "R-03", ""),
        ("exception", "Met by exception", "R-04", "documented medical or psychological condition clears it"),
        ("not_attended", "Not met", "R-03", "This alone refuses nobody"),
        ("", "Not asked", "R-03", "The family was not asked. This refuses nobody."),
    ],
)
@time_machine.travel(LATER, tick=False)
def test_the_semester_before_is_told_with_its_source_and_refuses_nobody(
    said: str, label: str, rule: str, sentence: str
) -> None:
    application = surveyed(sent(prior_semester=said))
    LeaPolicyFactory.create(lea=application.program.host, prior_semester_text=POLICY)
    LeaPolicyFactory.create(lea=application.resident_lea, prior_semester_text="Of the resident district.")
    for hat in (None, MembershipFactory.create(dese_reviewer=True)):
        asked = what_the_rules_ask(application, hat)
        finding = asked.partition("portal-findings")[2]
        assert f"{QUESTION} ({rule})" in finding
        assert [
            word for word in ("Met", "Met by exception", "Not met", "Not asked") if f">{word}<" in finding
        ] == [label]
        for words in (sentence, POLICY, "Source: RSMo 161.670.3 as enacted by SB 603 (2018)"):
            assert words in finding
        assert ("refuses nobody" in finding) == (said in {"not_attended", ""})
        assert "denies" not in finding
        assert "Of the resident district." not in asked
    assert decided(application).outcome == "admitted"


@pytest.mark.rule("R-03")
@time_machine.travel(NOW, tick=False)
def test_where_the_state_does_not_ask_about_the_semester_before_nothing_is_told() -> None:
    application = sent(prior_semester="not_attended")
    LeaPolicyFactory.create(lea=application.program.host, prior_semester_text=POLICY)
    LegalValue.objects.filter(key=LegalKey.PRIOR_SEMESTER).update(number=0)
    asked = what_the_rules_ask(application)
    assert "In a grade of the program" in asked
    for words in (QUESTION, POLICY, "portal-findings", "refuses nobody"):
        assert words not in asked


@pytest.mark.parametrize(("number", "queries"), [(1, REVIEW_QUERIES), (0, REVIEW_QUERIES - 1)])
@time_machine.travel(NOW, tick=False)
def test_the_page_of_an_application_asks_so_many_questions(
    number: int, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """One fewer where the state does not ask about the semester before: then the host's policy is not read."""
    application = surveyed(sent())
    LegalValue.objects.filter(key=LegalKey.PRIOR_SEMESTER).update(number=number)
    client = client_of(host_of(application))
    url = reverse("full_time:review", args=[application.pk])
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)
