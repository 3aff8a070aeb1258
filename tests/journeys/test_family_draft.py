"""A parent with a phone of 360 px: begins, is called away, goes on at the library, sends, and changes what was sent."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from enrollment.part_time import actions
from enrollment.part_time.models import Amendment, CourseLine, CourseRequest, RequestState
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea, Term
from mocap_portal.foundation.shared.calendar import central_date
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory, SchoolYearFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.journeys import axe, steps
from tests.journeys.conftest import Browse, Shot, SignIn

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE, DESK = axe.WIDTHS["phone"], axe.WIDTHS["desk"]


@dataclass(frozen=True)
class Story:
    """A parent, the district and the term; `open(width)` is a browser of this parent's."""

    lea: Lea
    parent: Membership
    term: Term
    address: str
    open: Callable[[int], Page]
    shot: Shot

    def go(self, page: Page, name: str, *keys: int) -> None:
        page.goto(self.address + reverse(name, args=keys))

    def look(self, page: Page, picture: str) -> None:
        """The page passes at both widths; its picture is taken at the one it has."""
        size = page.viewport_size
        assert size is not None
        axe.check(page)
        page.set_viewport_size(size)
        self.shot(page, picture)


@pytest.fixture
def story(lea: Lea, browse: Browse, sign_in: SignIn, live_server: LiveServer, shot: Shot) -> Story:
    parent = MembershipFactory.create(user__name="Ana Kowalski")

    def opened(width: int) -> Page:
        page = browse(width)
        sign_in(page, parent.user)
        return page

    return Story(lea, parent, next_term(), live_server.url, opened, shot)


def next_term() -> Term:
    """A semester that starts in a month, whatever day it is."""
    today = central_date(timezone.now())
    ends_on = today + dt.timedelta(days=150)
    year = SchoolYearFactory.create(year=ends_on.year + (ends_on.month > 6))
    term: Term = TermFactory.create(school_year=year, code="S2")
    term.starts_on, term.ends_on = today + dt.timedelta(days=30), ends_on
    term.save()
    return term


def settled(page: Page) -> None:
    """What is typed is kept half a second after; the page says so."""
    expect(page.locator(".portal-kept")).to_contain_text("Kept on")


def test_a_draft_is_left_found_again_and_sent(story: Story) -> None:
    school = SchoolFactory.create(lea=story.lea, name="Fern Hollow High School")
    CourseFactory.create(title="Creative Writing")
    phone, library = story.open(PHONE), story.open(DESK)
    half_a_child(story, phone, school.pk)
    the_rest_at_the_library(story, library, school.pk)
    on_the_phone_in_the_evening(story, phone)
    request = CourseRequest.objects.get()
    assert (request.state, request.note, request.prior_semester) == (
        RequestState.SUBMITTED,
        "Theo writes every day.",
        "attended",
    )
    line = request.lines.get()
    assert (line.basis, line.reason.code) == ("asked", "schedule")
    # The back button after sending: nothing is sent twice.
    phone.go_back()
    steps.expect_message(phone, "This request was already signed and sent. Nothing was sent twice.")
    assert CourseRequest.objects.count() == 1


def half_a_child(story: Story, page: Page, school: int) -> None:
    """Half a page about the child, then the bus comes."""
    story.go(page, "part_time:child", school)
    page.get_by_label("Student's first name").fill("Theo")
    page.get_by_label("Student's last name").fill("Brightwater")
    page.get_by_label("Student's last name").blur()
    settled(page)
    story.look(page, "draft-01-half-a-child")
    assert not Claim.objects.exists()


def the_rest_at_the_library(story: Story, page: Page, school: int) -> None:
    """What was typed is there; the rest, the first course, and a number that lifts it above a full load."""
    story.go(page, "part_time:child", school)
    expect(page.get_by_label("Student's first name")).to_have_value("Theo")
    steps.fill_date(page, "Birth date", dt.date(2011, 4, 9))
    page.get_by_label("Grade").select_option("10")
    steps.choose(page, "Mother")
    steps.choose(page, "Full time in a public")
    steps.choose(page.get_by_role("group", name="live in Missouri"), "Yes")
    steps.choose(page, str(story.term))
    steps.press(page, "Continue")
    page.locator("#found").get_by_role("button", name="Add Creative Writing").click()
    number = page.get_by_label("How many courses does the student take in person")
    number.fill("6")
    number.blur()
    expect(page.get_by_role("group", name=re.compile("Who should pay"))).to_be_visible()
    settled(page)
    story.look(page, "draft-02-over-a-full-load")


def on_the_phone_in_the_evening(story: Story, page: Page) -> None:
    """The draft stands on the home page; who pays, why, everything to check, the signature."""
    page.goto(story.address)
    steps.follow(page, "Finish and send the request for Theo Brightwater")
    steps.follow(page, "Go on with the draft")
    expect(page.get_by_label("How many courses does the student take in person")).to_have_value("6")
    steps.press(page, "Continue")
    steps.expect_message(page, "A course lies above a full load.")
    steps.choose(page, "Ask the district whether it pays")
    page.get_by_label("Why do you ask for this course?").select_option(
        "It does not fit the student's schedule"
    )
    settled(page)
    story.look(page, "draft-03-courses")
    steps.press(page, "Continue")
    steps.expect_heading(page, "Check your answers and sign")
    page.get_by_label("Is there anything else the district should know?").fill("Theo writes every day.")
    story.look(page, "draft-04-sign")
    steps.agree_and_sign(page, "Ana Kowalski")
    steps.expect_heading(page, re.compile("Receipt for request PT-"))


def test_what_was_sent_is_corrected_then_amended_and_the_due_day_stays(story: Story) -> None:
    due_on = central_date(timezone.now()) + dt.timedelta(days=9)
    request = CourseRequestFactory.create(
        submitted=True,
        claim__claimant=story.parent.user,
        claim__school=SchoolFactory.create(lea=story.lea),
        term=story.term,
        prior_semester="attended",
        clock__due_on=due_on,
        clock__first_due_on=due_on,
    )
    line: CourseLine = CourseLineFactory.create(request=request, course__title="Algebra")
    geometry = CourseFactory.create(title="Geometry")
    phone = story.open(PHONE)

    story.go(phone, "part_time:status", request.pk)
    steps.follow(phone, "Correct something")
    phone.get_by_label("How many courses does the student take in person").fill("3")
    phone.get_by_label("Your full name, as your signature").fill("Ana Kowalski")
    story.look(phone, "amend-01-correct")
    steps.press(phone, "Sign and send the change")
    steps.expect_message(phone, "Your change is signed and sent. The due date stays.")

    counselor = MembershipFactory.create(counselor=True, organization=story.lea.organization)
    actions.mark_opened(request.pk, by=counselor, at=timezone.now())
    phone.reload()
    steps.follow(phone, "Change something")
    steps.follow(phone, "Ask for another course instead")
    phone.get_by_label("Words in the course or the provider").fill("geom")
    steps.press(phone, "Search")
    steps.choose(phone, "Geometry")
    phone.get_by_label("Your full name, as your signature").fill("Ana Kowalski")
    story.look(phone, "amend-02-exchange")
    steps.press(phone, "Sign and send the change")
    expect(phone.get_by_role("heading", name="What was changed")).to_be_visible()
    story.look(phone, "amend-03-status")

    line.refresh_from_db()
    assert line.course == geometry
    amendments = Amendment.objects.order_by("pk").values_list("after_opening", flat=True)
    assert list(amendments) == [False, True]
    assert Clock.objects.get().due_on == due_on
