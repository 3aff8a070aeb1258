"""The district sends an approved course to its provider, the provider confirms: each sees its own rows only."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time.models import CourseLine, LineState, Step, StepKind
from enrollment.records.models import Disclosure
from enrollment.registration.models import RosterLine, RosterState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.providers import AgreementFactory, CourseFactory
from tests.factories.registration import RosterLineFactory
from tests.personal_data import assert_no_personal_data
from tests.processes import PATIENCE
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC)  # lines approved on the 2nd are to be sent on this day
WAITING = "/registration/"
ROSTER = "/roster/"
SENDERS = ["counselor", "coordinator", "lea_admin"]
DISTRICT_SHUT_OUT = [
    "parent",
    "adult_student",
    "decider",
    "special_education",
    "data_clerk",
    "provider_staff",
    "host_staff",
    "dese_admin",
]
PROVIDER_SHUT_OUT = ["parent", "counselor", "coordinator", "lea_admin", "host_staff", "dese_reviewer"]


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def hat_of(trait: str, **changes: Any) -> Membership:
    hat: Membership = MembershipFactory.create(**{trait: True}, **changes)
    return hat


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def sender(lea: Lea, trait: str = "coordinator") -> Client:
    return client_of(hat_of(trait, lea=lea))


def teacher_desk(provider: Provider, trait: str = "provider_staff") -> Client:
    return client_of(hat_of(trait, provider=provider))


def approved(lea: Lea, *, agreement: bool = True, **changes: Any) -> CourseLine:
    """An approved course of a confirmed student with a MOSIS ID, under a data agreement: ready to be sent."""
    changes = {
        "approved": True,
        "request__claim__confirmed": True,
        "request__claim__school__lea": lea,
    } | changes
    line: CourseLine = CourseLineFactory.create(**changes)
    if agreement:
        AgreementFactory.create(lea=lea, provider=line.course.provider)
    return line


def sent(lea: Lea, **changes: Any) -> RosterLine:
    roster_line: RosterLine = RosterLineFactory.create(**{"line__request__claim__school__lea": lea} | changes)
    return roster_line


def on_roster(provider: Provider, **changes: Any) -> RosterLine:
    roster_line: RosterLine = RosterLineFactory.create(line__course__provider=provider, **changes)
    return roster_line


def line_page(line: CourseLine) -> str:
    return reverse("registration:line", args=[line.pk])


def confirm_page(roster_line: RosterLine) -> str:
    return reverse("registration:confirm", args=[roster_line.pk])


def words_of(response: Any) -> str:
    page: str = response.content.decode()
    return page


def listed(response: Any) -> list[CourseLine]:
    return [row.record.line for row in response.context["table"].rows]


ANSWER = {
    "starts_on_month": "1",
    "starts_on_day": "11",
    "starts_on_year": "2027",
    "ends_on_month": "5",
    "ends_on_day": "21",
    "ends_on_year": "2027",
    "section": "B-2",
    "name": "Terry Teacher",
    "certificate_number": "MO-0418",
    "valid_from_month": "7",
    "valid_from_day": "1",
    "valid_from_year": "2025",
    "valid_to_month": "6",
    "valid_to_day": "30",
    "valid_to_year": "2028",
}


# Who opens what -----------------------------------------------------------------------------------


@pytest.mark.rule("R-29")
@pytest.mark.parametrize("trait", DISTRICT_SHUT_OUT)
def test_only_district_staff_registers(trait: str) -> None:
    lea = LeaFactory.create()
    line = approved(lea)
    user = {"user": line.request.claim.claimant} if trait == "parent" else {}
    client = client_of(hat_of(trait, lea=lea, **user))
    assert client.get(WAITING).status_code == 403
    for response in (client.get(line_page(line)), client.post(line_page(line))):
        assert response.status_code == 403
        assert "This page is for: Counselor, MOCAP coordinator, District administrator." in words_of(response)
    assert not RosterLine.objects.exists()
    assert not Disclosure.objects.exists()


@pytest.mark.rule("R-134")
def test_another_districts_course_is_not_found() -> None:
    line = approved(LeaFactory.create())
    client = sender(LeaFactory.create())
    assert client.get(line_page(line)).status_code == 404
    assert client.post(line_page(line)).status_code == 404
    assert listed(client.get(WAITING)) == []
    assert not RosterLine.objects.exists()


@pytest.mark.rule("R-28")
@pytest.mark.parametrize("state", [LineState.REQUESTED, LineState.DENIED])
def test_a_course_that_is_not_approved_is_not_there_to_be_sent(state: str) -> None:
    lea = LeaFactory.create()
    line = approved(lea, state=state)
    client = sender(lea)
    assert listed(client.get(f"{WAITING}?state=all")) == []
    assert client.post(line_page(line)).status_code == 404
    assert not RosterLine.objects.exists()


@pytest.mark.parametrize("trait", PROVIDER_SHUT_OUT)
def test_the_roster_is_closed_to_other_hats(trait: str) -> None:
    roster_line = RosterLineFactory.create()
    client = client_of(hat_of(trait, lea=roster_line.lea))
    assert client.get(ROSTER).status_code == 403
    for response in (client.get(confirm_page(roster_line)), client.post(confirm_page(roster_line), ANSWER)):
        assert response.status_code == 403
        assert roster_line.mosis_id not in words_of(response)
    assert RosterLine.objects.get().state == RosterState.SENT


@pytest.mark.rule("R-28")
@pytest.mark.rule("R-134")
def test_a_provider_sees_no_student_of_another_and_none_before_the_sending() -> None:
    provider = ProviderFactory.create()
    approved(LeaFactory.create(), course__provider=provider)
    others = RosterLineFactory.create()
    client = teacher_desk(provider)
    assert list(client.get(f"{ROSTER}?state=all").context["table"].rows) == []
    assert client.get(confirm_page(others)).status_code == 404
    assert client.post(confirm_page(others), ANSWER).status_code == 404


# What waits ---------------------------------------------------------------------------------------


def test_courses_to_send_are_listed_due_soonest_first() -> None:
    lea = LeaFactory.create()
    later = approved(lea, registration_clock__due_on=dt.date(2026, 11, 9))
    overdue = approved(lea, registration_clock__due_on=dt.date(2026, 11, 3))
    gone = sent(lea)
    done = sent(lea, confirmed=True, line__starts_on=dt.date(2026, 11, 9))
    client = sender(lea)
    response = client.get(WAITING)
    assert listed(response) == [overdue, later]
    assert words_of(response).count("Overdue") == 1
    assert words_of(response).count("Nothing: it can be sent") == 2
    assert listed(client.get(f"{WAITING}?state=sent")) == [gone.line]
    assert listed(client.get(f"{WAITING}?state=confirmed")) == [done.line]
    assert listed(client.get(f"{WAITING}?state=all")) == [overdue, later, gone.line, done.line]


MISSING = {
    "student": "The student is not confirmed yet. Confirm who the student is first.",
    "mosis_id": "The student has no MOSIS ID yet. Enter it on the student's page first.",
    "contact": "Your district has no MOCAP contact yet. An administrator enters it on the district's page.",
    "agreement": (
        "No data agreement with this provider is on file for today. Record the signed agreement first: without it "
        "no student's data may leave the district."
    ),
}


def lacking(what: str) -> CourseLine:
    lea = LeaFactory.create(contact_name="") if what == "contact" else LeaFactory.create()
    if what == "student":
        return approved(lea, request__claim__confirmed=False)
    line = approved(lea, agreement=what != "agreement")
    if what == "mosis_id":
        assert line.request.claim.student is not None
        line.request.claim.student.mosis_id = None
        line.request.claim.student.save()
    return line


@pytest.mark.rule("R-30")
@pytest.mark.rule("R-137")
@pytest.mark.parametrize("what", list(MISSING))
def test_what_is_missing_is_said_with_the_page_where_it_is_mended_and_nothing_is_sent(what: str) -> None:
    line = lacking(what)
    claim = line.request.claim
    places = {
        "student": reverse("records:claim", args=[claim.pk]),
        "mosis_id": reverse("records:mosis_id", args=[claim.student_id or 0]),
        "contact": reverse("state_map:change_contact"),
        "agreement": reverse("providers:agreements"),
    }
    client = sender(line.request.lea)
    for address in (WAITING, line_page(line)):
        page = words_of(client.get(address))
        for name, sentence in MISSING.items():
            # In the list and again for who hears the link and does not see the row.
            assert page.count(escape(sentence)) == (2 if name == what else 0)
        assert f'class="usa-link" href="{places[what]}"' in page
        assert "Send to the provider" not in page
    assert escape(MISSING[what]) in words_of(client.post(line_page(line), follow=True))
    assert not RosterLine.objects.exists()
    assert not Disclosure.objects.exists()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("what", ["contact", "agreement"])
def test_a_counselor_reads_what_only_others_can_mend(what: str) -> None:
    line = lacking(what)
    page = words_of(sender(line.request.lea, "counselor").get(line_page(line)))
    assert page.count(escape(MISSING[what])) == 1
    assert "Mend this" not in page


@pytest.mark.rule("R-137")
def test_an_agreement_that_has_ended_does_not_count() -> None:
    lea = LeaFactory.create()
    line = approved(lea, agreement=False)
    AgreementFactory.create(lea=lea, provider=line.course.provider, valid_to=dt.date(2026, 11, 3))
    AgreementFactory.create(lea=lea, provider=line.course.provider, partnership=True)
    AgreementFactory.create(provider=line.course.provider)
    client = sender(lea)
    client.post(line_page(line))
    assert not RosterLine.objects.exists()
    assert MISSING["agreement"] in words_of(client.get(line_page(line))).replace("&#x27;", "'")


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_costs_the_same_for_any_number_of_courses(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lea = LeaFactory.create()
    for _ in range(rows):
        approved(lea)
    client = sender(lea)
    client.get(WAITING)
    with django_assert_num_queries(7):
        client.get(WAITING)


@pytest.mark.rule("R-16")
def test_the_last_days_to_send_and_to_confirm_say_why() -> None:
    lea = LeaFactory.create()
    line, roster_line = approved(lea), sent(lea)
    provider = roster_line.provider
    pages = [
        words_of(sender(lea).get(line_page(line))),
        words_of(sender(lea).get(line_page(roster_line.line))),
        words_of(teacher_desk(provider).get(confirm_page(roster_line))),
    ]
    assert ["Why this date?" in page for page in pages] == [True, True, True]
    veterans_day = "State holiday or closure: Veterans Day"
    assert [veterans_day in page for page in pages] == [False, True, True]
    teacher_desk(provider).post(confirm_page(roster_line), ANSWER)
    assert "Why this date?" not in words_of(sender(lea).get(line_page(roster_line.line)))


# The sending --------------------------------------------------------------------------------------


@pytest.mark.rule("R-130")
@pytest.mark.parametrize("trait", SENDERS)
def test_a_course_is_sent_as_the_page_said(trait: str) -> None:
    lea = LeaFactory.create(contact_name="Carla Contact", contact_email="carla@district.example")
    line = approved(lea)
    student = line.request.claim.student
    assert student is not None
    client = sender(lea, trait)
    before = client.get(line_page(line))
    page = words_of(before)
    assert "Nothing has left the district yet." in page
    assert "It forbids sale and advertising. The signed paper: Drawer 4." in page
    response = client.post(line_page(line))
    assert response.headers["Location"] == line_page(line)
    after = client.get(line_page(line))
    assert after.context["rows"] == before.context["rows"]
    for words in (str(student), student.mosis_id, "Wednesday, March 9, 2011", "Grade 10", "Carla Contact"):
        assert escape(words) in words_of(after)
    assert "The course is sent to the provider. The family was told." in words_of(after)
    assert "Answer by" in words_of(after)
    assert CourseLine.objects.get().state == LineState.REGISTERED
    logged = Disclosure.objects.values_list("student", "recipient", "what", "at")
    assert list(logged) == [
        (student.pk, line.course.provider_id, "Name, MOSIS ID, birth date, grade, course", NOW)
    ]


@pytest.mark.rule("R-31")
def test_mails_and_addresses_of_a_registration_name_no_child() -> None:
    lea = LeaFactory.create()
    line = approved(lea)
    hat_of("provider_staff", provider=line.course.provider)
    sender(lea).post(line_page(line))
    student = line.request.claim.student
    assert student is not None
    notices = list(Notice.objects.all())
    assert len(notices) == 2  # the provider's desk and the family
    assert_no_personal_data(
        *(text for notice in notices for text in (notice.subject, notice.body)),
        line_page(line),
        confirm_page(RosterLine.objects.get()),
        about=student,
    )


def test_a_double_click_sends_once() -> None:
    lea = LeaFactory.create()
    line = approved(lea)
    client = sender(lea)
    client.post(line_page(line))
    page = words_of(client.post(line_page(line), follow=True))
    assert "This course was already sent to the provider. Nothing was sent twice." in page
    assert (RosterLine.objects.count(), Disclosure.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_send_at_once_make_one_roster_line() -> None:
    lea = LeaFactory.create()
    line = approved(lea)
    hat_of("provider_staff", provider=line.course.provider)
    clients = [sender(lea), sender(lea, "counselor")]
    barrier = threading.Barrier(2)
    statuses: list[int] = []

    def click(client: Client) -> None:
        try:
            barrier.wait(PATIENCE)
            statuses.append(client.post(line_page(line)).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=click, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert statuses == [302, 302]
    assert (RosterLine.objects.count(), Disclosure.objects.count(), Notice.objects.count()) == (1, 1, 2)
    assert Step.objects.filter(kind=StepKind.REGISTERED).count() == 1


# The provider's answer ----------------------------------------------------------------------------


def test_the_roster_lists_whom_to_confirm_first() -> None:
    provider = ProviderFactory.create()
    later = on_roster(provider)
    overdue = on_roster(provider, clock__due_on=dt.date(2026, 11, 3))
    done = on_roster(provider, confirmed=True, clock__due_on=dt.date(2026, 11, 16))
    client = teacher_desk(provider)

    def found(query: str) -> list[RosterLine]:
        return [row.record for row in client.get(ROSTER + query).context["table"].rows]

    assert found("") == [overdue, later]
    assert found("?state=confirmed") == [done]
    assert found("?state=all") == [overdue, later, done]
    page = words_of(client.get(ROSTER))
    assert page.count("Overdue") == 1
    assert [one.mosis_id for one in (later, overdue, done) if one.mosis_id in page] == []


@pytest.mark.parametrize("rows", [1, 30])
def test_the_roster_costs_the_same_for_any_number_of_students(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    provider = ProviderFactory.create()
    course = CourseFactory.create(provider=provider)
    for _ in range(rows):
        RosterLineFactory.create(line__course=course)
    client = teacher_desk(provider)
    client.get(ROSTER)
    with django_assert_num_queries(7):
        client.get(ROSTER)


@pytest.mark.parametrize("trait", ["provider_staff", "provider_admin"])
def test_the_provider_reads_what_it_was_told_and_confirms(trait: str) -> None:
    provider = ProviderFactory.create()
    roster_line = on_roster(provider)
    hat = hat_of(trait, provider=provider)
    client = client_of(hat)
    page = words_of(client.get(confirm_page(roster_line)))
    for words in (
        f"{roster_line.first_name} {roster_line.last_name}",
        roster_line.mosis_id,
        "Wednesday, March 9, 2011",
        "Grade 10",
        roster_line.line.course.title,
        roster_line.line.course.provider_course_code,
        "Carla Contact",
        roster_line.contact_email,
    ):
        assert escape(words) in page
    response = client.post(confirm_page(roster_line), ANSWER)
    assert response.headers["Location"] == confirm_page(roster_line)
    row = RosterLine.objects.get()
    assert (row.state, row.confirmed_by, row.confirmed_at) == (RosterState.CONFIRMED, hat, NOW)
    line = CourseLine.objects.get()
    assert (line.state, line.starts_on, line.ends_on, line.section, line.teacher_name) == (
        LineState.CONFIRMED,
        dt.date(2027, 1, 11),
        dt.date(2027, 5, 21),
        "B-2",
        "Terry Teacher",
    )
    assert (row.teacher.organization, row.teacher.certificate_number, row.teacher.valid_to) == (
        provider.organization,
        "MO-0418",
        dt.date(2028, 6, 30),
    )
    page = words_of(client.get(confirm_page(roster_line)))
    assert "Monday, January 11, 2027" in page
    assert "Confirm the student" not in page
    assert "Terry Teacher" in words_of(sender(roster_line.lea).get(line_page(roster_line.line)))


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"starts_on_day": ""}, "starts_on", "The date is not complete. Add the day."),
        ({"starts_on_year": "2031"}, "starts_on", "The date must be Saturday, May 22, 2027 or earlier."),
        ({"starts_on_year": "2020"}, "starts_on", "The date must be Wednesday, July 1, 2026 or later."),
        ({"section": " "}, "section", "Type the section."),
        ({"name": ""}, "name", "Type the teacher's name."),
        ({"certificate_number": ""}, "certificate_number", "Type the number of the certificate."),
        (
            {"valid_to_year": "2024"},
            "valid_to",
            "The last valid day is before the first valid day. Check both.",
        ),
        (
            {"ends_on_year": "2026", "ends_on_month": "12"},
            "ends_on",
            "The last day of the course is before its first day. Check both.",
        ),
    ],
)
def test_an_answer_is_refused_with_its_sentence(changes: dict[str, str], field: str, sentence: str) -> None:
    provider = ProviderFactory.create()
    roster_line = on_roster(provider)
    response = teacher_desk(provider).post(confirm_page(roster_line), ANSWER | changes)
    assert response.context["form"].errors == {field: [sentence]}
    assert RosterLine.objects.get().state == RosterState.SENT


def test_where_the_district_teaches_the_provider_names_no_teacher() -> None:
    provider = ProviderFactory.create()
    roster_line = on_roster(provider, line__course__curriculum_only=True)
    client = teacher_desk(provider)
    client.post(confirm_page(roster_line), ANSWER)
    assert RosterLine.objects.get().teacher is None
    page = words_of(client.get(confirm_page(roster_line)))
    assert escape("The district's own teacher, not named yet") in page


def test_a_student_is_confirmed_once() -> None:
    provider = ProviderFactory.create()
    roster_line = on_roster(provider)
    client = teacher_desk(provider)
    client.post(confirm_page(roster_line), ANSWER)
    page = words_of(client.post(confirm_page(roster_line), ANSWER | {"section": "C"}, follow=True))
    assert "This student was already confirmed. Reload the page to see by whom." in page
    assert CourseLine.objects.get().section == "B-2"
    assert Step.objects.filter(kind=StepKind.CONFIRMED).count() == 1
