"""An anonymous concern goes all its way in real browsers: written on a telephone, answered, closed, rated."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from concerns.models import Asked, Concern, ConcernState, Outcome
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import ConcernFactory, secret_of
from tests.journeys import axe, looks
from tests.journeys.conftest import Browse, Shot
from tests.journeys.steps import choose, expect_heading, expect_message, follow, press

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PHONE, DESK = axe.WIDTHS["phone"], axe.WIDTHS["desk"]
Look = Callable[[Page, str], None]


@pytest.fixture(autouse=True)
def _fast_fingers(settings: Any) -> None:
    settings.CONCERN_LEAST_SECONDS = 0


@pytest.fixture
def look(shot: Shot) -> Look:
    """`look(page, name)`: it is accessible and fits; its pictures are kept."""

    def checked(page: Page, name: str) -> None:
        width = page.viewport_size
        axe.check(page)
        for each in (DESK, PHONE):
            page.set_viewport_size({"width": each, "height": axe.HEIGHT})
            shot(page, f"concern-{name}")
        if width:
            page.set_viewport_size(width)

    return checked


def seat(browse: Browse, live_server: LiveServer, hat: Membership) -> Page:
    page = browse(DESK)
    looks.enter(page.context, live_server, hat)
    return page


def begin(page: Page, live_server: LiveServer, category: str) -> None:
    page.goto(live_server.url + reverse("home"))
    page.get_by_role("contentinfo").get_by_role("link", name="Is something wrong?").click()
    follow(page, "Write to the office")
    choose(page, category)
    press(page, "Continue")
    expect_heading(page, category)


def district_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="School district or charter school")


def find_district(page: Page, name: str) -> None:
    district_of(page).press_sequentially(name)
    page.get_by_role("option", name=name).click()


def write_anonymously(page: Page, lea: Lea, look: Look) -> Concern:
    """A student writes, on a telephone."""
    choose(page, "A student")
    choose(page, "No, I stay anonymous")
    expect(page.get_by_label("Your name")).to_be_hidden()
    find_district(page, lea.organization.name)
    page.get_by_label("What happened?").fill("We asked in October.\nNobody has answered.")
    look(page, "written")
    press(page, "Send")
    expect_heading(page, "We have received it")
    look(page, "receipt")
    concern = Concern.objects.get()
    told = page.locator(".portal-receipt").inner_text()
    assert concern.number in told
    assert secret_of(concern) in told
    return concern


def ask_the_district(office: Page, address: str) -> None:
    office.goto(address)
    office.get_by_label("What it is about").fill("A request of October is not decided.")
    office.get_by_label("Your question").fill("When was it decided?")
    press(office, "Ask")
    expect_message(office, "They are asked, and the days for their answer run.")


def answer(district: Page, address: str) -> None:
    """The district learns nothing of who wrote."""
    district.goto(address)
    expect(district.get_by_role("main")).to_contain_text("When was it decided?")
    expect(district.get_by_role("main")).not_to_contain_text("Nobody has answered.")
    district.get_by_label("Your answer").fill("On October 30. The letter was lost.")
    press(district, "Send the answer")
    expect_message(district, "The state office has your answer.")


def close(office: Page, address: str) -> None:
    office.goto(address)
    choose(office, str(Outcome.SETTLED.label))
    office.locator("textarea[name=text]").fill("The district sends you its letter again.")
    office.locator("main form[method=post] [type=submit]").click()
    press(office, "Send it so")
    expect_message(office, "It is closed. The writer reads why, and can open it again.")


def come_back(page: Page, concern: Concern) -> None:
    """With a slip first."""
    page.get_by_label("Number").fill(concern.number)
    page.get_by_label("Secret").fill("ABCD-EFGH-JKMN")
    press(page, "Open")
    expect(page.get_by_role("main")).to_contain_text("There is no concern with this number and this secret.")
    page.get_by_label("Secret").fill(secret_of(concern).lower())
    press(page, "Open")
    expect_heading(page, f"Concern {concern.number}")


def test_an_anonymous_concern_is_answered_closed_and_rated(
    browse: Browse, live_server: LiveServer, lea: Lea, look: Look
) -> None:
    def page_of(name: str, *args: int) -> str:
        return live_server.url + reverse(f"concerns:{name}", args=args)

    writer = browse(PHONE)
    begin(writer, live_server, "No decision in time")
    concern = write_anonymously(writer, lea, look)
    assert (concern.is_anonymous, concern.lea, concern.category) == (True, lea, "no_decision")

    office = seat(browse, live_server, MembershipFactory.create(dese_reviewer=True))
    ask_the_district(office, page_of("ask", concern.pk))
    coordinator = MembershipFactory.create(coordinator=True, organization=lea.organization)
    answer(seat(browse, live_server, coordinator), page_of("question", Asked.objects.get().pk))
    close(office, page_of("close", concern.pk))

    borrowed = browse(DESK)
    borrowed.goto(page_of("status"))
    come_back(borrowed, concern)
    main = borrowed.get_by_role("main")
    expect(main).to_contain_text("Closed: Settled: what was wrong was put right")
    expect(main).to_contain_text("The district sends you its letter again.")
    expect(main).to_contain_text("The other side has answered us")
    expect(main).not_to_contain_text("The letter was lost.")
    look(borrowed, "closed")
    follow(borrowed, "Rate our answer")
    choose(borrowed, "4, good")
    press(borrowed, "Send")
    expect(main).to_contain_text("You rated our answer: 4 of 5.")
    press(borrowed, "Close this page")
    borrowed.goto(page_of("own"))
    expect_heading(borrowed, "Read what came of it")
    concern.refresh_from_db()
    assert (concern.state, concern.rating) == (ConcernState.CLOSED, 4)


def test_the_right_office_appears_while_one_chooses(
    browse: Browse, live_server: LiveServer, look: Look
) -> None:
    page = browse(PHONE)
    page.goto(live_server.url + reverse("concerns:choose"))
    choose(page, "A child is not safe")
    expect(page.get_by_role("link", name="1-800-392-3738")).to_be_visible()
    look(page, "right-office")
    choose(page, "The quality of a course")
    expect(page.get_by_role("link", name="1-800-392-3738")).to_be_hidden()


def test_the_browser_keeps_what_was_typed_until_it_is_sent_or_forgotten(
    browse: Browse, live_server: LiveServer, lea: Lea
) -> None:
    page = browse(PHONE)
    address = live_server.url + reverse("concerns:write", args=["denial"])
    page.goto(address)
    choose(page, "A student")
    choose(page, "No, I stay anonymous")
    find_district(page, lea.organization.name)
    page.get_by_label("What happened?").fill("It was denied.")

    page.goto(address)
    district = district_of(page)
    expect(page.get_by_label("What happened?")).to_have_value("It was denied.")
    expect(district).to_have_value(lea.organization.name)
    expect(page.get_by_label("A student")).to_be_checked()

    press(page, "Forget what I typed")
    expect(page.get_by_text("Forgotten. All boxes are empty.")).to_be_visible()
    expect(page.get_by_label("What happened?")).to_have_value("")
    expect(district).to_have_value("")
    page.goto(address)
    expect(page.get_by_label("What happened?")).to_have_value("")

    # What comes back from the server is newer than what the browser keeps, and is not overwritten.
    find_district(page, lea.organization.name)
    page.get_by_label("What happened?").fill("It was denied again.")
    press(page, "Send")
    expect(page.get_by_role("alert")).to_contain_text("Who are you: Choose one answer.")
    expect(district_of(page)).to_have_value(lea.organization.name)
    choose(page, "A student")
    choose(page, "No, I stay anonymous")
    press(page, "Send")
    expect_heading(page, "We have received it")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('portal-draft'))") == []
    page.goto(address)
    expect(page.get_by_label("What happened?")).to_have_value("")


def test_all_of_it_works_without_scripts(browse: Browse, live_server: LiveServer, lea: Lea) -> None:
    page = browse(PHONE, javascript=False)
    begin(page, live_server, "A course was denied without a good reason")
    expect(page.get_by_role("main")).to_contain_text("This is not an appeal.")
    expect(page.get_by_role("button", name="Forget what I typed")).to_be_hidden()
    choose(page, "A parent or guardian")
    page.locator("label[for=id_who_0]").click()
    page.get_by_label("Your name").fill("Wanda Writer")
    choose(page, "Not at all, I look here myself")
    page.get_by_label("School district or charter school").select_option(lea.organization.name)
    page.get_by_label("What happened?").fill("It was denied.")
    choose(page, "The MOCAP office may tell the district")
    press(page, "Send")
    expect_heading(page, "We have received it")
    expect(page.get_by_role("main")).to_contain_text("Your appeal goes to the school board")
    follow(page, "Go to the page of your concern")
    page.get_by_label("Write to the office").fill("One more thing.")
    press(page, "Send")
    expect_message(page, "The office has what you wrote.")
    follow(page, "Take this back")
    press(page, "Take it back")
    expect(page.get_by_role("main")).to_contain_text("We tell the other side nothing about who you are.")
    concern = Concern.objects.get()
    assert concern.lea == lea
    assert [consent.is_given for consent in concern.consents.order_by("pk")] == [True, False]


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("consent", "May we name you?"),
        ("take_back", "Take back what you wrote?"),
        ("reopen", "Open it again"),
        ("rate", "Rate our answer"),
        ("own", re.compile("Concern C-")),
    ],
)
def test_each_page_of_its_writer(
    browse: Browse, live_server: LiveServer, look: Look, name: str, heading: str | re.Pattern[str]
) -> None:
    closed = name in {"reopen", "rate"}
    concern = ConcernFactory.create(closed=closed)
    page = browse(PHONE)
    page.goto(live_server.url + reverse("concerns:status"))
    page.get_by_label("Number").fill(concern.number)
    page.get_by_label("Secret").fill(secret_of(concern))
    press(page, "Open")
    page.goto(live_server.url + reverse(f"concerns:{name}"))
    expect_heading(page, heading)
    look(page, name)
    if closed:
        page.locator("main form[method=post] [type=submit]").click()
        expect(page.get_by_role("alert")).to_be_visible()
        look(page, f"{name}-wrong")


def test_the_office_searches_while_it_types(browse: Browse, live_server: LiveServer, look: Look) -> None:
    billing = ConcernFactory.create(category="billing", what_happened="The invoice was wrong.")
    other = ConcernFactory.create(category="quality", what_happened="No teacher answers.")
    page = seat(browse, live_server, MembershipFactory.create(dese_reviewer=True))
    page.goto(live_server.url + reverse("concerns:inbox"))
    count, rows = page.locator("#result-count"), page.get_by_role("row")
    expect(count).to_have_text("2 concerns")
    page.evaluate("window.sameDocument = true")

    page.get_by_label("Words or number").press_sequentially("invoices")
    expect(count).to_have_text("One concern")
    expect(rows.filter(has_text=billing.number)).to_be_visible()
    expect(rows.filter(has_text=other.number)).to_have_count(0)
    expect(page).to_have_url(re.compile("words=invoices"))
    # To leave the box takes nothing away that was ticked since.
    tick = page.get_by_role("checkbox", name=f"Choose {billing.number}")
    page.locator(f"label[for=choose-{billing.pk}]").click()
    expect(tick).to_be_checked()
    look(page, "searched")
    expect(tick).to_be_checked()

    page.get_by_label("About", exact=True).select_option(label="The quality of a course")
    expect(count).to_have_text("0 concerns")
    expect(page.get_by_text("No concern is like this.")).to_be_visible()
    follow(page, "Nobody's yet")
    expect(page.get_by_label("Words or number")).to_have_value("invoices")
    assert page.evaluate("window.sameDocument") is None
    page.go_back()
    expect(count).to_have_text("0 concerns")
    expect(page.get_by_role("heading", name="Concerns", exact=True)).to_be_visible()
