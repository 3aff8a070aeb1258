"""The pages of district staff and providers in a real browser: as they open, with answers missing, and done."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from enrollment.part_time.models import Acknowledgement, CourseLine, CourseRequest, Decision, LineState
from enrollment.records.models import Student
from enrollment.registration.models import RosterLine, RosterState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import AgreementFactory, CourseFactory
from tests.factories.records import GuardianFactory, StudentFactory
from tests.factories.registration import RosterLineFactory
from tests.journeys import axe
from tests.journeys.conftest import Shot
from tests.sign_in import sign_in

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]

Enter = Callable[[Membership], None]
Open = Callable[..., None]
Look = Callable[[str], None]

EXPLANATION = "The student has failed two virtual courses in a row and asks for a teacher in the room."


@pytest.fixture
def enter(page: Page, live_server: LiveServer) -> Enter:
    """`enter(hat)`: this browser is the hat's from now on."""

    def signed_in(hat: Membership) -> None:
        cookie = sign_in(Client(), hat).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return signed_in


@pytest.fixture
def visit(page: Page, live_server: LiveServer) -> Open:
    """`visit(name, *keys)`: opens the page of that URL name."""

    def opened(name: str, *keys: int) -> None:
        response = page.goto(live_server.url + reverse(name, args=keys))
        assert response is not None
        assert response.status == 200

    return opened


@pytest.fixture
def look(page: Page, shot: Shot) -> Look:
    """`look(name)`: the page is accessible and fits; its pictures are kept."""

    def checked(name: str) -> None:
        axe.check(page)
        for width in axe.WIDTHS.values():
            page.set_viewport_size({"width": width, "height": axe.HEIGHT})
            shot(page, f"district-{name}")

    return checked


@pytest.fixture
def course_request(lea: Lea) -> CourseRequest:
    """Two courses for a child with a 504 plan, due in a few days, one of them above a full load."""
    row: CourseRequest = CourseRequestFactory.create(
        submitted=True, claim__school__lea=lea, has_iep_or_504=True, clock__due_on=in_days(4)
    )
    CourseLineFactory.create(request=row, course__title="Astronomy for beginners")
    CourseLineFactory.create(request=row, course__ap_course=True, over_full_load=True)
    statements = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=in_days(0))
    Acknowledgement.objects.bulk_create(
        Acknowledgement(request=row, statement=statement, at=row.started_at) for statement in statements
    )
    return row


def in_days(days: int) -> dt.date:
    return central_date(timezone.now()) + dt.timedelta(days=days)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def choose(page: Page, words: str) -> None:
    """Radio buttons and checkboxes are drawn by their labels; the error summary repeats the words as a link."""
    page.locator("label", has_text=words).click()


def type_day(page: Page, name: str, day: dt.date) -> None:
    """The three boxes of the date of this name."""
    page.locator(f"[name={name}_month]").select_option(str(day.month))
    page.locator(f"[name={name}_day]").fill(str(day.day))
    page.locator(f"[name={name}_year]").fill(str(day.year))


def test_inbox(page: Page, enter: Enter, visit: Open, look: Look, course_request: CourseRequest) -> None:
    lea = course_request.lea
    CourseRequestFactory.create(submitted=True, claim__school__lea=lea, clock__due_on=in_days(-2))
    CourseRequestFactory.create(submitted=True, claim__school__lea=lea, clock__due_on=in_days(0))
    CourseRequestFactory.create(submitted=True, claim__school__lea=lea, clock__paused=True)
    enter(MembershipFactory.create(counselor=True, lea=lea))
    visit("part_time:inbox")
    expect(page.get_by_role("link", name="PT-")).to_have_count(4)
    look("inbox")
    press(page, "Find")
    look("inbox-error")
    page.get_by_label("Request number or student's name").fill(course_request.number)
    press(page, "Find")
    expect(page.get_by_role("link", name="PT-")).to_have_text([course_request.number])
    look("inbox-found")


def test_review_and_decision(
    page: Page, enter: Enter, visit: Open, look: Look, course_request: CourseRequest
) -> None:
    lea = course_request.lea
    first = course_request.lines.order_by("position")[0]
    enter(MembershipFactory.create(counselor=True, lea=lea))
    visit("part_time:pause", course_request.pk)
    press(page, "Pause the clock")
    look("pause-error")
    visit("part_time:review", course_request.pk)
    page.get_by_text("Hand it to a colleague").click()
    page.get_by_text("Why this date?").click()
    look("review")
    page.get_by_role("link", name="Decide").first.click()
    look("decide")
    choose(page, "Deny the course")
    press(page, "Preview letter")
    look("decide-error")
    choose(page, "Time management")
    choose(page, "I considered in-person options")
    page.get_by_label("Why is this course not").fill(EXPLANATION)
    press(page, "Preview letter")
    look("preview")
    press(page, "Change something")
    expect(page.get_by_label("Why is this course not")).to_have_value(EXPLANATION)
    press(page, "Preview letter")
    page.get_by_role("button", name="Send decision").dblclick()
    choose(page, "Approve the course")  # the next course that waits
    choose(page, "I considered in-person options")
    press(page, "Preview letter")
    press(page, "Send decision")
    expect(page.get_by_role("link", name="Read the letter")).to_have_count(2)
    look("review-decided")
    visit("part_time:decide", first.pk)
    look("already-decided")
    assert Decision.objects.count() == 2


def test_students(page: Page, enter: Enter, visit: Open, look: Look, course_request: CourseRequest) -> None:
    claim, lea = course_request.claim, course_request.lea
    known = StudentFactory.create(school=claim.school, mosis_id="0123456789", birth_date=dt.date(2010, 5, 5))
    double = StudentFactory.create(school=claim.school, mosis_id=None)
    GuardianFactory.create(student=known)
    ended = GuardianFactory.create(
        student=known,
        ended_on=dt.date(2026, 3, 2),
        end_basis="A court document is on file.",
        ended_by=MembershipFactory.create(lea_admin=True, lea=lea),
    )
    enter(MembershipFactory.create(counselor=True, lea=lea))
    visit("records:claims")
    look("claims")
    page.get_by_role("link", name=claim.full_name).click()
    press(page, "Confirm the student")
    look("claim-error")
    choose(page, "A new student")
    page.get_by_label("MOSIS ID", exact=True).fill("0123456789")
    press(page, "Confirm the student")
    expect(page.get_by_label(f"{known}, MOSIS ID 0123456789")).to_be_checked()
    look("claim-taken")
    page.get_by_role("link", name="I cannot confirm this child").click()
    press(page, "Do not confirm")
    look("claim-refuse-error")
    visit("records:students")
    press(page, "Find")
    look("students-error")
    page.get_by_label("Name or MOSIS ID").fill("robin")
    press(page, "Find")
    look("students")
    visit("records:student", known.pk)
    look("student")
    visit("records:give_back", known.pk, ended.pk)
    press(page, "Give the access back")
    look("give-back-error")
    visit("records:mosis_id", double.pk)
    page.get_by_label("MOSIS ID").fill("0123456789")
    press(page, "Save")
    look("mosis-id-taken")
    page.get_by_role("link", name="Compare the two records").click()
    look("merge")
    press(page, "Yes, make them one")
    expect(page.get_by_text("The two records are one student now.")).to_be_visible()
    assert list(Student.objects.current()) == [known]


def test_registration(page: Page, enter: Enter, visit: Open, look: Look, lea: Lea) -> None:
    lacking = CourseLineFactory.create(approved=True, request__claim__school__lea=lea)
    ready: CourseLine = CourseLineFactory.create(
        approved=True, request__claim__school__lea=lea, request__claim__confirmed=True
    )
    AgreementFactory.create(lea=lea, provider=ready.course.provider)
    enter(MembershipFactory.create(counselor=True, lea=lea))
    visit("registration:waiting")
    look("registration")
    visit("registration:line", lacking.pk)
    look("registration-missing")
    visit("registration:line", ready.pk)
    look("registration-ready")
    page.get_by_role("button", name="Send to the provider").dblclick()
    expect(page.get_by_role("heading", name="What the provider answered")).to_be_visible()
    look("registration-sent")
    assert RosterLine.objects.get().line == ready


def test_roster(page: Page, enter: Enter, visit: Open, look: Look) -> None:
    roster_line: RosterLine = RosterLineFactory.create()
    enter(MembershipFactory.create(provider_staff=True, provider=roster_line.provider))
    visit("registration:roster")
    look("roster")
    page.get_by_role("link", name=roster_line.last_name).click()
    press(page, "Confirm the student")
    look("confirm-error")
    term = roster_line.line.request.term
    type_day(page, "starts_on", term.starts_on)
    page.get_by_label("Section").fill("B-2")
    page.get_by_label("First and last name").fill("Terry Teacher")
    page.get_by_label("Number of the Missouri certificate").fill("MO-0418")
    type_day(page, "valid_from", term.starts_on)
    type_day(page, "valid_to", term.ends_on)
    press(page, "Confirm the student")
    expect(page.get_by_text("Terry Teacher, Missouri certificate valid until")).to_be_visible()
    look("confirmed")
    assert RosterLine.objects.get().state == RosterState.CONFIRMED


def roster_with_all_states(lea: Lea) -> RosterLine:
    """A provider's roster with a student in each state; returns the one whose course runs."""
    spans: dict[str, Any] = {
        "line__starts_on": in_days(-30),
        "line__started_on": in_days(-30),
        "line__ends_on": in_days(20),
        "teacher__valid_to": in_days(30),
        "line__request__claim__school__lea": lea,
    }
    running: RosterLine = RosterLineFactory.create(running=True, **spans)
    of = {"line__course__provider": running.provider, **spans}
    RosterLineFactory.create(running=True, **of | {"line__ends_on": in_days(-1)}, teacher__expired=True)
    RosterLineFactory.create(finished=True, **of, line__ended_on=in_days(-1))
    ended: RosterLine = RosterLineFactory.create(running=True, **of, line__state="withdrawn")
    CourseLine.objects.filter(pk=ended.line_id).update(
        ended_on=in_days(-3), end_reason="The family moved away."
    )
    held = {**of, "line__started_on": None, "teacher": None}
    del held["teacher__valid_to"]
    RosterLineFactory.create(confirmed=True, **held)
    return running


def test_a_course_that_runs_at_its_provider(
    page: Page, enter: Enter, visit: Open, look: Look, lea: Lea
) -> None:
    running = roster_with_all_states(lea)
    enter(MembershipFactory.create(provider_staff=True, provider=running.provider))
    visit("home")
    look("provider-home")
    visit("registration:roster")
    page.get_by_label("Which").select_option("all")
    press(page, "Show")
    page.get_by_text("What the columns mean").click()
    look("roster-all")
    with page.expect_download() as download:
        press(page, "Download the roster")
    assert running.mosis_id in Path(download.value.path()).read_text()
    visit("registration:teachers")
    look("teachers")
    visit("registration:confirm", running.pk)
    look("roster-running")
    page.get_by_role("link", name="Move the last day").click()
    look("extend")
    type_day(page, "ends_on", in_days(34))
    page.get_by_label("Why?").fill("Two weeks ill.")
    choose(page, "The family")
    page.get_by_label("Name and role of that person").fill("Dana Whitlock, mother")
    press(page, "Move the last day")
    page.get_by_role("link", name="Report how it ended").click()
    press(page, "Report the result")
    look("finish-error")
    type_day(page, "on", in_days(0))
    choose(page, "The whole course")
    page.get_by_label("Percent of the course that is complete").fill("100")
    page.get_by_label("Final grade").fill("B+")
    press(page, "Report the result")
    look("roster-finished")
    running.refresh_from_db()
    assert running.line.state == LineState.FINISHED


def test_courses_that_go_on_in_the_district(
    page: Page, enter: Enter, visit: Open, look: Look, lea: Lea
) -> None:
    running = roster_with_all_states(lea)
    request = running.line.request
    CourseLineFactory.create(request=request)
    CourseFactory.create(provider=running.provider, title="Marine biology")
    running.line.started_on = in_days(-2)
    running.line.save()
    enter(MembershipFactory.create(counselor=True, lea=lea))
    visit("registration:waiting")
    page.get_by_label("Which").select_option("all")
    press(page, "Show")
    look("registration-all")
    for state, name in ((LineState.CONFIRMED, "held"), (LineState.FINISHED, "finished")):
        line = CourseLine.objects.get(state=state)
        visit("registration:line", line.pk)
        look(f"registration-{name}")
    page.get_by_role("link", name="Confirm the credit").click()
    look("credit")
    visit("registration:withdraw", request.pk)
    press(page, "Take these courses back")
    look("withdraw-error")
    visit("registration:line", running.line_id)
    page.get_by_role("link", name="Exchange it for another course").click()
    look("exchange")
    page.locator("[name=course]").select_option(label="Marine biology")
    choose(page, "The family")
    page.get_by_label("Name of that person").fill("Dana Whitlock")
    page.get_by_label("Why?").fill("The first course repeats what the student knows.")
    choose(page, "In-person options were considered")
    press(page, "Exchange the course")
    look("exchanged")
    assert CourseLine.objects.get(course__title="Marine biology").state == LineState.APPROVED


def test_a_family_takes_a_course_back(page: Page, enter: Enter, visit: Open, look: Look, lea: Lea) -> None:
    running = roster_with_all_states(lea)
    request = running.line.request
    CourseLineFactory.create(request=request)
    enter(MembershipFactory.create(user=request.claim.claimant))
    visit("registration:withdraw", request.pk)
    look("family-withdraw")
    choose(page, running.line.course.title)
    page.get_by_label("Why? (optional)").fill("We move to Iowa.")
    press(page, "Take these courses back")
    expect(page.get_by_text("1 course is taken back.")).to_be_visible()
    visit("registration:withdraw", request.pk)
    look("family-withdrawn")
