"""People who come, change their hat and go, on the demo as it is built."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from mocap_portal.demo.builder.people import PASSWORD
from tests.foundation.accounts_kit import code_now
from tests.journeys import axe, steps
from tests.journeys.conftest import Browse, Shot

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("built_demo"),
]

Look = Callable[[Page, str], None]

DESK = axe.WIDTHS["desk"]
DISTRICT = "Walnut Fork R-V"
INVITED = "paula.ames@walnutfork.example"


@pytest.fixture
def look(shot: Shot) -> Look:
    """`look(page, name)`: nothing is wrong with this step, and its picture is kept."""

    def take(page: Page, name: str) -> None:
        assert axe.problems(page) == []
        shot(page, f"people-{name}")

    return take


def test_an_invited_counselor_sets_up_the_second_step_and_works(
    browse: Browse, look: Look, live_server: LiveServer
) -> None:
    administrator, newcomer = browse(DESK), browse(DESK)
    steps.be(administrator, live_server.url, "Frances Doyle", f"District administrator, {DISTRICT}")
    steps.open_menu(administrator, "People")
    steps.follow(administrator, "Invite somebody")
    administrator.get_by_label("E-mail address").fill(INVITED)
    steps.choose(administrator, "Counselor")
    look(administrator, "invite")
    steps.press(administrator, "Send the invitation")
    steps.expect_message(administrator, "The invitation is on its way.")
    look(administrator, "invited")

    newcomer.goto(f"{live_server.url}/demo/mailbox/?to={INVITED}")
    steps.follow(newcomer, "invit")
    look(newcomer, "mail")
    newcomer.get_by_role("main").get_by_role("link", name=f"{live_server.url}/people/invitation").click()
    steps.expect_heading(newcomer, "Accept the invitation")
    look(newcomer, "accept")
    newcomer.get_by_label("Your first and last name").fill("Paula Ames")
    newcomer.get_by_label("Password").fill("nine patient lanterns in the fog")
    steps.press(newcomer, "Accept and open my account")
    steps.expect_heading(newcomer, "Set up your authenticator app")
    newcomer.goto(f"{live_server.url}/review/")  # there is no way around it
    steps.expect_heading(newcomer, "Set up your authenticator app")
    look(newcomer, "set-up-the-app")
    key = newcomer.locator(".portal-key").inner_text()
    newcomer.get_by_label(re.compile("code", re.IGNORECASE)).fill(code_now(key))
    steps.press(newcomer, "Finish")
    look(newcomer, "set-up-done")
    steps.open_menu(newcomer, "Requests")
    steps.expect_heading(newcomer, "Course requests")
    expect(newcomer.get_by_role("table").get_by_role("link", name="PT-")).to_have_count(13)


def test_staff_without_a_second_step_are_kept_out(
    browse: Browse, look: Look, live_server: LiveServer
) -> None:
    page = browse(DESK)
    page.goto(f"{live_server.url}/review/")
    steps.sign_in(page, "helen.okafor@walnutfork.example", PASSWORD)
    steps.expect_message(
        page, "Your role needs a second step at sign-in. Set up an authenticator app to go on."
    )
    for path in ("/", "/review/", "/students/", "/people/me/"):
        page.goto(f"{live_server.url}{path}")
        steps.expect_heading(page, "Show that it is you")
        expect(page.get_by_role("navigation", name="Main").get_by_role("link")).to_have_text(
            ["How it works", "Districts", "Courses", "Programs"]
        )
    look(page, "kept-out")
    page.get_by_label("Password").fill(PASSWORD)
    steps.press(page, "Confirm")
    steps.expect_heading(page, "Set up your authenticator app")


def test_a_counselor_who_is_a_parent_changes_hats(
    browse: Browse, look: Look, live_server: LiveServer
) -> None:
    page = browse(DESK)
    steps.be(page, live_server.url, "Helen Okafor", f"Counselor, {DISTRICT}")
    steps.open_menu(page, "Requests")
    expect(page.get_by_role("table")).to_contain_text("Casey Whitlock")
    expect(page.get_by_role("main")).not_to_contain_text("Nora Okafor")
    steps.switch_hat(page, "Parent or guardian")
    look(page, "home-as-a-parent")
    steps.open_menu(page, "Your requests")
    expect(page.get_by_role("heading", level=2)).to_contain_text(["Nora Okafor"])
    steps.follow(page, "Open request")
    own_request = page.url.rstrip("/").rpartition("/")[2]
    page.goto(f"{live_server.url}/review/{own_request}/")
    steps.expect_heading(page, "This page is closed to you")
    look(page, "closed-to-a-parent")
    steps.switch_hat(page, f"Counselor, {DISTRICT}")
    page.goto(f"{live_server.url}/review/{own_request}/")
    steps.expect_heading(page, "We can't find this page")
    look(page, "own-child-not-found")


def test_a_removed_person_is_signed_out_at_the_next_click(
    browse: Browse, look: Look, live_server: LiveServer
) -> None:
    administrator, colleague = browse(DESK), browse(DESK)
    steps.be(colleague, live_server.url, "Tomas Rey", f"Special-education team, {DISTRICT}")
    steps.open_menu(colleague, "Requests")
    steps.be(administrator, live_server.url, "Frances Doyle", f"District administrator, {DISTRICT}")
    steps.open_menu(administrator, "People")
    look(administrator, "people")
    steps.follow(administrator, "Remove: Tomas Rey")
    look(administrator, "remove")
    steps.press(administrator, "Remove the role")
    steps.expect_message(administrator, "The role is removed, and the person is signed out everywhere.")
    expect(administrator.get_by_role("main")).not_to_contain_text("Tomas Rey")
    colleague.get_by_role("row", name="Chidi Obi").get_by_role("link").click()
    steps.expect_heading(colleague, "Sign in")
    look(colleague, "signed-out")
