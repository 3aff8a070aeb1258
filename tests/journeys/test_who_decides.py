"""Requests that wait for a team, and those that the principal decides: each person in turn, in a browser."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from enrollment.part_time.models import CourseLine, CourseRequest, Decision, LineState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.words import long_day
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, LeaPolicyFactory
from tests.factories.part_time import CourseLineFactory
from tests.journeys import axe, steps
from tests.journeys.conftest import Shot
from tests.journeys.looks import enter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WORKING_ON = "The team looks at the reading aids."
FOUND = "With text that is read aloud."
EXPLANATION = "The student has failed two virtual courses in a row and asks for a teacher in the room."


class Browser:
    """One browser, in which one person after another signs in; each page has to be accessible and is kept."""

    def __init__(self, page: Page, live_server: LiveServer, shot: Shot) -> None:
        self.page, self.server, self.shot = page, live_server, shot

    def be(self, hat: Membership, name: str, key: int, *, status: int = 200) -> None:
        enter(self.page.context, self.server, hat)
        answer = self.page.goto(self.server.url + reverse(name, args=[key]))
        assert answer is not None
        assert answer.status == status

    def look(self, name: str) -> None:
        axe.check(self.page)
        for width in axe.WIDTHS.values():
            self.page.set_viewport_size({"width": width, "height": axe.HEIGHT})
            self.shot(self.page, f"who-decides-{name}")


@pytest.fixture
def browser_of(page: Page, live_server: LiveServer, shot: Shot) -> Browser:
    return Browser(page, live_server, shot)


def asked(lea: Lea, **changes: object) -> CourseLine:
    """A course for a child with a plan, sent a week ago and due in a week, and never opened."""
    today = central_date(timezone.now())
    line: CourseLine = CourseLineFactory.create(
        course__title="Astronomy",
        request__submitted=True,
        request__claim__school__lea=lea,
        request__clock__due_on=today + dt.timedelta(days=7),
        request__clock__first_due_on=today + dt.timedelta(days=7),
        **changes,
    )
    return line


def family_of(request: CourseRequest) -> Membership:
    assert request.claim.claimant is not None
    return MembershipFactory.create(parent=True, user=request.claim.claimant)


@pytest.mark.rule("R-16")
def test_the_clock_waits_for_the_team_and_the_family_reads_why(browser_of: Browser, lea: Lea) -> None:
    page = browser_of.page
    line = asked(lea, request__has_iep_or_504=True)
    team, counselor = (
        MembershipFactory.create(**{role: True}, lea=lea) for role in ("special_education", "counselor")
    )
    parent = family_of(line.request)

    browser_of.be(team, "part_time:review", line.request_id)
    steps.follow(page, "Pause for the IEP or 504 team")
    page.get_by_label("What is the IEP or 504 team working on?").fill(WORKING_ON)
    steps.press(page, "Pause the clock")
    browser_of.be(parent, "part_time:status", line.request_id)
    expect(page.get_by_role("main")).to_contain_text(WORKING_ON)
    browser_of.look("paused")

    browser_of.be(team, "part_time:review", line.request_id)
    steps.follow(page, "Say what the team found")
    steps.fill_date(page, "When did the team meet?", central_date(timezone.now()))
    steps.choose(page, "It can, with the help that the team describes")
    page.get_by_label("In words").fill(FOUND)
    browser_of.look("team")
    steps.press(page, "Keep it and let the clock run")
    line.request.clock.refresh_from_db()
    due_on = line.request.clock.due_on
    assert due_on is not None
    assert (line.request.clock.is_paused, line.request.team_reviews.get().words) == (False, FOUND)
    browser_of.be(parent, "part_time:status", line.request_id)
    expect(page.get_by_role("main")).to_contain_text(long_day(due_on))

    browser_of.be(counselor, "part_time:decide", line.pk)
    expect(page.get_by_role("main")).to_contain_text(FOUND)
    steps.choose(page, "Deny the course")
    steps.choose(page, "Time management")
    steps.choose(page, "I considered in-person options")
    page.get_by_label("Why is this course not").fill(EXPLANATION)
    steps.press(page, "Preview letter")
    expect(page.get_by_role("article")).to_contain_text("Disagreements about special education")
    expect(page.get_by_role("article")).not_to_contain_text("How to appeal")
    browser_of.look("dispute")


@pytest.mark.rule("R-20")
def test_the_counselor_advises_and_the_principal_decides(browser_of: Browser) -> None:
    page = browser_of.page
    lea = LeaFactory.create()
    LeaPolicyFactory.create(lea=lea, reserved=True)
    line = asked(lea)
    counselor, decider = (
        MembershipFactory.create(**{role: True}, lea=lea) for role in ("counselor", "decider")
    )
    parent = family_of(line.request)

    browser_of.be(counselor, "part_time:decide", line.pk, status=403)
    expect(page.get_by_role("main")).to_contain_text("In your district the principal or a designee decides.")
    browser_of.be(counselor, "part_time:review", line.request_id)
    steps.follow(page, "Give advice")
    steps.choose(page, "For the course")
    page.get_by_label("What does it rest on?").fill("Two courses finished on time.")
    browser_of.look("advice")
    steps.press(page, "Give the advice")
    assert not Decision.objects.exists()

    browser_of.be(decider, "part_time:review", line.request_id)
    expect(page.get_by_role("main")).to_contain_text("Two courses finished on time.")
    expect(page.get_by_role("main")).to_contain_text("Advice is consultation: it decides nothing")
    steps.follow(page, "Decide")
    steps.choose(page, "Approve the course")
    steps.choose(page, "I considered in-person options")
    steps.press(page, "Preview letter")
    steps.press(page, "Send decision")
    line.refresh_from_db()
    assert line.state == LineState.APPROVED

    browser_of.be(parent, "part_time:status", line.request_id)
    steps.follow(page, "Read the letter")
    expect(page.get_by_role("article")).to_contain_text(re.compile("Astronomy"))
    browser_of.look("letter")
