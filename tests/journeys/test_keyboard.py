"""The main ways through the portal with the keys alone: Tab, arrows, Space, Enter and letters."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from enrollment.part_time.models import CourseRequest, Decision, Outcome, RequestState
from enrollment.records.models import Enrollment, PriorSemester, Relationship
from mocap_portal.foundation.accounts.models import Role
from tests.factories.part_time import CourseRequestFactory
from tests.journeys.looks import enter
from tests.test_access import World

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
]

FARTHEST = 150  # presses of Tab until a page counts as a dead end

# Whether an outline shows where the keyboard is. Radio buttons and checkboxes are drawn by their labels.
OUTLINE = """
(element) => {
  const label = element.matches(".usa-radio__input, .usa-checkbox__input") && element.nextElementSibling;
  const style = label ? getComputedStyle(label, "::before") : getComputedStyle(element);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}
"""


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the target has the focus. Every stop on the way must be seen."""
    expect(target).to_have_count(1)
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() == 0:  # the window itself, between the end of the page and its beginning
            continue
        assert focused.evaluate(OUTLINE), f"no outline: {focused.evaluate('element => element.outerHTML')}"
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"no way to {target}")


def follow(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("main").get_by_role("link", name=name))
    page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    tab_to(page, page.get_by_role("main").get_by_role("button", name=name, exact=True))
    page.keyboard.press("Enter")


def pick(page: Page, name: str, value: str) -> None:
    """Radio buttons: Tab reaches the group, arrows go on until the answer is chosen."""
    group = page.locator(f'main input[name="{name}"]')
    tab_to(page, group.first)
    page.keyboard.press("Space")
    wanted = page.locator(f'main input[name="{name}"][value="{value}"]')
    for _ in range(group.count()):
        if wanted.is_checked():
            return
        page.keyboard.press("ArrowDown")
    expect(wanted).to_be_checked()


def check(page: Page, box: Locator) -> None:
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(box).to_be_checked()


def write(page: Page, label: str, words: str) -> None:
    box = page.get_by_role("main").get_by_label(label).and_(page.locator(":not([type=radio])"))
    tab_to(page, box)
    page.keyboard.type(words)


def test_a_parent_asks_for_a_course(page: Page, live_server: LiveServer) -> None:
    world = World()
    world.course.title = "Algebra I"  # among the first, whatever the others are called
    world.course.save()
    enter(page.context, live_server, world.own[Role.PARENT])
    page.goto(live_server.url + reverse("home"))
    follow(page, "Ask for a course")
    follow(page, "Another student, or a new school")
    write(page, "Name of the school or the district", world.claim.school.name)
    page.keyboard.press("Enter")
    follow(page, world.claim.school.name)

    expect(page.get_by_role("heading", level=1)).to_have_text("About the student and the term")
    write(page, "Student's first name", "Robin")
    write(page, "Student's last name", "Newcomer")
    write(page, "Month", "March")
    write(page, "Day", "9")
    write(page, "Year", "2011")
    write(page, "Grade", "Grade 10")
    pick(page, "relationship", Relationship.FATHER)
    pick(page, "enrollment", Enrollment.PUBLIC)
    pick(page, "missouri_resident", "yes")
    pick(page, "term_id", str(world.term.pk))
    press(page, "Continue")

    expect(page.get_by_role("heading", level=1)).to_have_text("Choose courses")
    press(page, f"Add {world.course.title}")
    page.wait_for_url("**#course-*")
    follow(page, "Go to your list")
    write(page, "How many courses does the student take in person", "4")
    press(page, "Continue")

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers and sign")
    for box in page.get_by_role("main").get_by_role("checkbox").all():
        check(page, box)
    pick(page, "prior_semester", PriorSemester.ATTENDED)
    pick(page, "has_iep_or_504", "no")
    write(page, "Your full name, as your signature", "Fred Newcomer")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Receipt for request")
    assert CourseRequest.objects.get(claim__last_name="Newcomer").state == RequestState.SUBMITTED


def test_a_counselor_denies_a_course(page: Page, live_server: LiveServer) -> None:
    world = World()
    enter(page.context, live_server, world.own[Role.COUNSELOR])
    page.goto(live_server.url + reverse("part_time:decide", args=[world.line.pk]))
    pick(page, "outcome", Outcome.DENIED)
    check(page, page.get_by_label("I considered in-person options"))
    check(page, page.get_by_label("Time management"))
    write(page, "Why is this course not in the student's best", "It needs more hours a week than are left.")
    write(page, "What would make this a yes?", "One course less at school.")
    press(page, "Preview letter")
    press(page, "Send decision")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert Decision.objects.get(line=world.line).outcome == Outcome.DENIED


def test_a_counselor_goes_through_the_inbox_with_letters(page: Page, live_server: LiveServer) -> None:
    world = World()
    CourseRequestFactory.create(claim__school__lea=world.lea, submitted=True)
    whose = list(CourseRequest.objects.order_by("pk").values_list("pk", "assigned_to"))
    enter(page.context, live_server, world.own[Role.COUNSELOR])
    page.goto(live_server.url + reverse("part_time:inbox"))
    rows = page.locator("tbody [role=rowheader] a").all()
    assert len(rows) > 1
    boxes = page.locator("tbody [type=checkbox]")
    page.keyboard.type("jx?")  # nothing of the list has the focus yet
    expect(rows[0]).not_to_be_focused()
    expect(page.get_by_role("dialog")).not_to_be_visible()

    tab_to(page, boxes.first)
    for row in rows[1:]:
        page.keyboard.press("j")
        expect(row).to_be_focused()
    page.keyboard.press("j")  # the last row stays
    expect(rows[-1]).to_be_focused()
    page.keyboard.press("x")
    expect(boxes.last).to_be_checked()
    page.keyboard.press("k")
    expect(rows[-2]).to_be_focused()
    page.keyboard.press("?")
    help_window = page.get_by_role("dialog", name="Keys for this list")
    expect(help_window).to_be_visible()
    page.keyboard.press("Escape")
    expect(help_window).not_to_be_visible()
    expect(rows[-2]).to_be_focused()

    write(page, "Hand the chosen requests to", world.own[Role.COORDINATOR].user.name)
    press(page, "Hand over")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    handed_over = list(CourseRequest.objects.order_by("pk").values_list("pk", "assigned_to"))
    assert sum(was != now for was, now in zip(whose, handed_over, strict=True)) == 1
    press(page, "Undo")
    expect(page.get_by_text("Undone: 1 request is again whose it was.")).to_be_visible()
    assert list(CourseRequest.objects.order_by("pk").values_list("pk", "assigned_to")) == whose

    check(page, page.get_by_label("All on this page"))
    expect(page.locator("tbody [type=checkbox]:checked")).to_have_count(len(rows))
    tab_to(page, page.locator("tbody [type=checkbox]").first)
    page.keyboard.press("x")
    expect(page.get_by_label("All on this page")).not_to_be_checked()
    page.keyboard.press("j")
    second = page.locator("tbody [role=rowheader] a").nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{second}")


def test_problems_are_reached_from_their_list(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + reverse("account_login"))
    press(page, "Sign in")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    follow(page, "Email: This field is required.")
    expect(page.get_by_label("Email")).to_be_focused()


def test_the_header_is_skipped(page: Page, live_server: LiveServer) -> None:
    world = World()
    enter(page.context, live_server, world.own[Role.COUNSELOR])
    page.goto(live_server.url + reverse("part_time:inbox"))
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the main part")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
