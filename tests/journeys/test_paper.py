"""A grandmother calls, a paper decides, a file brings what was approved before: entered in a real browser."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from enrollment.part_time import paper_file
from enrollment.part_time.models import Channel, CourseRequest, Decision, RequestState
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory, TermFactory
from tests.factories.papers import PDF
from tests.factories.providers import CourseFactory
from tests.journeys import axe, looks
from tests.journeys.conftest import Shot
from tests.journeys.steps import choose, expect_heading, expect_message, fill_date, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


Look = Callable[[str], None]
Enter = Callable[[Membership], None]


@pytest.fixture
def look(page: Page, shot: Shot) -> Look:
    """`look(name)`: the page is accessible and fits; its pictures are kept."""

    def checked(name: str) -> None:
        axe.check(page)
        for width in axe.WIDTHS.values():
            page.set_viewport_size({"width": width, "height": axe.HEIGHT})
            shot(page, f"paper-{name}")

    return checked


@pytest.fixture
def enter(page: Page, live_server: LiveServer) -> Enter:
    """`enter(hat)`: this browser is the hat's from now on, and its inbox is open."""

    def entered(hat: Membership) -> None:
        looks.enter(page.context, live_server, hat)
        page.goto(live_server.url + reverse("part_time:inbox"))

    return entered


def term_of_next_spring(today: dt.date) -> str:
    """A term that runs on every day this test may be run."""
    year = today.year if today.month < 7 else today.year + 1
    term = TermFactory.create(
        school_year__year=year,
        starts_on=today - dt.timedelta(days=3),
        ends_on=today + dt.timedelta(days=90),
    )
    return str(term)


def tell_of_the_family(page: Page, *, came_on: dt.date, term: str) -> None:
    page.get_by_label("Student's first name").fill("Robin")
    page.get_by_label("Student's last name").fill("Rivers")
    fill_date(page, "Birth date", dt.date(2011, 3, 9))
    page.get_by_label(re.compile("^School")).select_option("Riverside High")
    page.get_by_label("Grade").select_option("Grade 10")
    choose(page, "Full time in a public school")
    choose(page.get_by_role("group", name="live in Missouri"), "Yes")
    choose(page, "Yes, in a Missouri public school")
    choose(page.get_by_role("group", name="IEP or a 504 plan"), "No")
    page.get_by_label("Full name of whoever asks").fill("Gloria Grand")
    choose(page, "Legal guardian")
    page.get_by_label("Postal address").fill("12 Main Street\nRiverside, MO 65000")
    choose(page, "On paper")
    fill_date(page, "On which day did it come in?", came_on)
    choose(page, term)


def choose_courses(page: Page) -> None:
    page.get_by_role("button", name="Add Astronomy").click()
    page.get_by_role("button", name="Add Latin I").click()
    page.get_by_label("How many courses").fill("4")


def say_how_the_paper_decides(page: Page, *, decided_on: dt.date) -> None:
    latin = page.get_by_role("group", name=re.compile("^Latin I"))
    latin.get_by_label("Why “Latin I” was denied").fill(
        "Latin I is taught in the classroom next year, and the student needs help in person."
    )
    fill_date(page, "Day of the decision", decided_on)
    page.get_by_label("Name of whoever decided").fill("Dana Dean")
    page.get_by_label("Role of this person").fill("principal")
    page.get_by_label("Where the paper is kept").fill("File 12")


def test_a_paper_is_entered_and_its_decision_recorded(page: Page, enter: Enter, look: Look, lea: Lea) -> None:
    today = central_date(timezone.now())
    term = term_of_next_spring(today)
    SchoolFactory.create(lea=lea, name="Riverside High")
    CourseFactory.create(title="Astronomy", structure="A")
    CourseFactory.create(title="Latin I", structure="A")
    enter(MembershipFactory.create(counselor=True, lea=lea))
    page.get_by_role("link", name="Enter a request for a family").click()
    page.get_by_label("Name or MOSIS ID").fill("Rivers")
    press(page, "Find")
    look("enter")
    press(page, "Enter another child")
    press(page, "Continue")
    look("family-wrong")
    tell_of_the_family(page, came_on=today - dt.timedelta(days=40), term=term)
    look("family")
    press(page, "Continue")
    choose_courses(page)
    look("courses")
    press(page, "Continue")
    press(page, "Enter the request")
    look("sign-wrong")
    page.locator("input[type=file]").set_input_files(
        {"name": "form.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    press(page, "Enter the request")
    expect(page.get_by_text("Your file is kept: form.pdf")).to_be_visible()
    for box in page.locator("main form label.usa-checkbox__label").all():
        box.click()
    look("sign")
    press(page, "Enter the request")
    expect_message(page, "The request is entered.")
    request = CourseRequest.objects.get()
    assert (request.channel, request.state) == (Channel.PAPER, RequestState.SUBMITTED)
    assert request.scan is not None
    expect_heading(page, f"Receipt for request {request.number}")
    look("receipt")
    page.emulate_media(media="print")
    look("receipt-printed")
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Record a decision made on paper").click()
    choose(page.get_by_role("group", name=re.compile("^Astronomy")), "Approved")
    latin = page.get_by_role("group", name=re.compile("^Latin I"))
    choose(latin.get_by_role("group", name="The paper says"), "Denied")
    press(page, "Record the decision")
    look("decision-wrong")
    say_how_the_paper_decides(page, decided_on=today - dt.timedelta(days=20))
    look("decision")
    press(page, "Record the decision")
    expect_message(page, "The decision on paper is recorded.")
    look("review")
    assert set(Decision.objects.values_list("outcome", flat=True)) == {"approved", "denied"}


def test_a_file_of_decisions(page: Page, enter: Enter, look: Look, lea: Lea, tmp_path: Path) -> None:
    today = central_date(timezone.now())
    term_of_next_spring(today)
    SchoolFactory.create(lea=lea, state_school_id="1050")
    course = CourseFactory.create(provider__code="PRA", provider_course_code="ALG2-A", structure="A")
    CourseFactory.create(provider=course.provider, provider_course_code="BIO1-A", structure="A")
    year = today.year if today.month < 7 else today.year + 1
    days = {
        "received_on": (today - dt.timedelta(days=40)).isoformat(),
        "decided_on": (today - dt.timedelta(days=20)).isoformat(),
        "term": f"{year}-S2",
    }
    rows = [dict(zip(paper_file.COLUMNS, example, strict=True)) | days for example in paper_file.EXAMPLES]
    rows.append(rows[0] | {"student_first_name": "Rowan", "outcome": "perhaps"})
    path = tmp_path / "papers.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, paper_file.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    enter(MembershipFactory.create(coordinator=True, lea=lea))
    page.get_by_role("link", name="Import decisions made on paper").click()
    look("import")
    press(page, "Look at the file")
    look("import-wrong")
    page.locator("input[type=file]").set_input_files(path)
    press(page, "Look at the file")
    expect_heading(page, "What the file would do")
    look("preview")
    assert not Claim.objects.exists()
    press(page, "Store 2 decisions")
    expect_message(page, "2 decisions are stored.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the wrong rows").click()
    assert "perhaps" in Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert CourseRequest.objects.get().state == RequestState.DECIDED
