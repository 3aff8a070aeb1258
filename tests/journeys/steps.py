"""What people do on the portal's pages, in words. Each takes the page that the person has open."""

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import urljoin

from playwright.sync_api import Locator, Page, expect

from tests.journeys import axe
from tests.journeys.conftest import Shot


@dataclass(frozen=True)
class NewParent:
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class Child:
    first_name: str
    last_name: str
    birth_date: dt.date
    grade: str
    relationship: str
    enrollment: str


# Any page -----------------------------------------------------------------------------------------


def click(page: Page, place: Locator) -> None:
    """Where the click leads to another page, all of that page has arrived when this returns.

    Playwright itself waits for its first byte only: what is read at once after that may be half of it.
    """
    place.click()
    page.wait_for_load_state()


def press(page: Page, button: str) -> None:
    click(page, page.get_by_role("button", name=button, exact=True))


def follow(page: Page, link: str) -> None:
    """`link` as a screen reader says it: “Decide: Algebra”, where the page shows “Decide”."""
    # The browser sets what is hidden apart by a blank.
    name = re.compile(re.escape(link).replace(":", r"\s*:"))
    click(page, page.get_by_role("main").get_by_role("link", name=name))


def choose(place: Page | Locator, words: str) -> None:
    """Radio buttons and checkboxes are drawn by their labels; a list of problems repeats the words as a link."""
    place.locator("label", has_text=words).click()


def open_menu(page: Page, entry: str) -> None:
    click(page, page.get_by_role("navigation", name="Main").get_by_role("link", name=entry, exact=True))


def fill_date(page: Page, question: str, date: dt.date) -> None:
    group = page.get_by_role("group", name=question)
    group.get_by_label("Month").select_option(str(date.month))
    group.get_by_label("Day").fill(str(date.day))
    group.get_by_label("Year").fill(str(date.year))


def expect_heading(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def expect_message(page: Page, words: str) -> None:
    expect(page.locator(".usa-alert").get_by_text(words)).to_be_visible()


def links_in(text: str) -> list[str]:
    return re.findall(r"https?://\S+", text)


# Accounts -----------------------------------------------------------------------------------------


def be(page: Page, address: str, person: str, role: str) -> None:
    """One click on the page of the demo's people."""
    page.goto(f"{address}/demo/people/")
    press(page, f"Sign in as {person}, {role}")
    expect_heading(page, "What waits for you")


def make_account(page: Page, parent: NewParent) -> None:
    choose(page, "Parent or guardian")
    page.get_by_label("Your first and last name").fill(parent.name)
    page.get_by_label("Email").fill(parent.email)
    page.get_by_label("Password").fill(parent.password)
    press(page, "Make the account")


def sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    press(page, "Sign in")


def switch_hat(page: Page, hat: str) -> None:
    page.get_by_label("Working as").select_option(hat)
    press(page, "Switch")
    expect_heading(page, "What waits for you")


# The family ---------------------------------------------------------------------------------------


def find_school(page: Page, words: str, school: str) -> None:
    page.get_by_label("Name of the school or the district").fill(words)
    press(page, "Search")
    expect(page.get_by_role("link", name=school)).to_be_visible()


def tell_of(page: Page, child: Child, *, term: str) -> None:
    page.get_by_label("Student's first name").fill(child.first_name)
    page.get_by_label("Student's last name").fill(child.last_name)
    fill_date(page, "Birth date", child.birth_date)
    page.get_by_label("Grade").select_option(child.grade)
    choose(page, child.relationship)
    choose(page, child.enrollment)
    choose(page.get_by_role("group", name="live in Missouri"), "Yes")
    choose(page, term)


def add_course(page: Page, title: str, provider: str) -> None:
    page.get_by_label("Words in the course or the provider").fill(f"{title} {provider}")
    press(page, "Search")
    found = page.locator("#found").get_by_role("listitem").filter(has_text=provider)
    expect(found).to_have_count(1)
    found.get_by_role("button", name=f"Add {title}").click()
    expect(page.locator("#your-courses").get_by_role("button", name=f"Remove {title}")).to_be_visible()


def agree_and_sign(page: Page, name: str) -> None:
    for box in page.locator("form label.usa-checkbox__label").all():
        box.click()
    choose(page, "Yes, in a Missouri public school")
    choose(page.get_by_role("group", name="IEP or a 504 plan"), "No")
    page.get_by_label("Your full name, as your signature").fill(name)
    press(page, "Sign and send")


def pdf_behind(page: Page, link: str) -> bytes:
    """The file behind a link, as this person's browser gets it."""
    address = page.get_by_role("main").get_by_role("link", name=link).get_attribute("href")
    assert address is not None
    answer = page.request.get(urljoin(page.url, address))
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def letter_on(page: Page) -> str:
    """The letter that the page shows, as a person reads it."""
    return page.get_by_role("main").get_by_role("article").inner_text()


# The district and the provider ----------------------------------------------------------------------


def approve(page: Page) -> None:
    choose(page, "Approve the course")
    choose(page, "I considered in-person options")
    press(page, "Preview letter")


def deny(page: Page, *, factor: str, explanation: str, would_make_it_a_yes: str) -> None:
    choose(page, "Deny the course")
    choose(page, "I considered in-person options")
    choose(page, factor)
    page.get_by_label("Why is this course not in the student's best educational interest?").fill(explanation)
    page.get_by_label("What would make this a yes?").fill(would_make_it_a_yes)
    press(page, "Preview letter")


def confirm_new_student(page: Page, mosis_id: str) -> None:
    choose(page, "A new student, with what the family typed")
    page.get_by_label("MOSIS ID").fill(mosis_id)
    press(page, "Confirm the student")
    expect_message(page, "The student is confirmed.")


def put_agreement_on_file(page: Page, provider: str, *, reference: str, first_day: dt.date) -> None:
    page.get_by_label(re.compile("^Provider")).select_option(provider)
    page.get_by_label("Where the signed paper is kept").fill(reference)
    fill_date(page, "First day", first_day)
    choose(page, "forbids the provider to sell")
    choose(page, "for advertising")
    press(page, "Put on file")


def look(page: Page, shot: Shot, name: str) -> None:
    """What is on the page now is readable by all, and its picture is taken on a phone and on a desk."""
    axe.check(page)
    for width in axe.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": axe.HEIGHT})
        shot(page, name)
    page.set_viewport_size({"width": axe.WIDTHS["desk"], "height": axe.HEIGHT})
