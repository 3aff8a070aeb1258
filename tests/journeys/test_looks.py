"""Every part of the look in a real browser: on a desk and on a phone, with and without scripts."""

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories.accounts import PASSWORD, MembershipFactory
from tests.foundation.accounts_kit import code_now
from tests.journeys import axe
from tests.journeys.conftest import Shot, SignIn

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.gallery.urls"),
]


def draw(page: Page, shot: Shot, name: str) -> None:
    for width in axe.WIDTHS.values():
        page.set_viewport_size({"width": width, "height": axe.HEIGHT})
        shot(page, re.sub(r"\W+", "-", name).strip("-"))


@pytest.mark.parametrize(
    "path",
    [
        "/gallery/",
        "/gallery/?sort=-price&page=30",
        "/gallery/form/",
        "/gallery/formset/",
        "/gallery/confirm/",
        "/no-such-page/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
    ],
)
def test_page_is_accessible_and_fits_a_phone(
    page: Page, live_server: LiveServer, shot: Shot, path: str
) -> None:
    response = page.goto(f"{live_server.url}{path}")
    assert response is not None
    assert response.status == (404 if path == "/no-such-page/" else 200)
    axe.check(page)
    draw(page, shot, f"looks{path}")


@pytest.mark.parametrize(
    "path",
    [
        "/gallery/form/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/reauthenticate/",
    ],
)
def test_page_behind_sign_in_is_accessible_and_fits_a_phone(
    page: Page, live_server: LiveServer, sign_in: SignIn, shot: Shot, path: str
) -> None:
    parent = MembershipFactory.create(parent=True)
    MembershipFactory.create(counselor=True, user=parent.user)
    sign_in(page, parent.user)
    response = page.goto(f"{live_server.url}{path}")
    assert response is not None
    assert response.status == 200
    axe.check(page)
    draw(page, shot, f"looks-own{path}")


def test_setting_up_the_second_step_is_accessible(
    page: Page, live_server: LiveServer, sign_in: SignIn, shot: Shot
) -> None:
    sign_in(page, MembershipFactory.create(parent=True).user)
    page.goto(f"{live_server.url}/accounts/2fa/")
    page.get_by_role("link", name="Set up").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your authenticator app")
    axe.check(page)
    draw(page, shot, "looks-own-set-up")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("alert")).to_be_focused()
    axe.check(page)
    page.get_by_label("Authenticator code").fill(code_now(page.locator("code").inner_text()))
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Set up your authenticator app")
    for name in ("recovery-codes/", "", "recovery-codes/generate/", "totp/deactivate/"):
        page.goto(f"{live_server.url}/accounts/2fa/{name}")
        axe.check(page)
        draw(page, shot, f"looks-own-2fa-{name}")


def test_form_with_errors_is_accessible_and_leads_to_each_question(
    page: Page, live_server: LiveServer, shot: Shot
) -> None:
    page.goto(f"{live_server.url}/gallery/form/")
    page.get_by_role("button", name="Send the request").click()
    expect(page).to_have_title(re.compile("^Error: Ask for a course"))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    for question, box in [
        ("Student's full name", "id_name"),
        ("Date of birth", "id_born_0"),
        ("When", "id_term_0"),
        ("Why this course", "id_why_0"),
        ("What I wrote is true", "id_truth"),
    ]:
        summary.get_by_role("link", name=re.compile(f"^{question}:")).click()
        expect(page.locator(f"#{box}")).to_be_focused()
    axe.check(page)
    draw(page, shot, "looks-form-errors")


def test_lines_with_errors_are_accessible(page: Page, live_server: LiveServer, shot: Shot) -> None:
    page.goto(f"{live_server.url}/gallery/formset/")
    page.get_by_label("Course").first.fill("Algebra")
    page.get_by_role("button", name="Save the lines").click()
    expect(page.get_by_role("link", name="Credits: This field is required.")).to_have_attribute(
        "href", "#id_form-0-credits"
    )
    axe.check(page)
    shot(page, "looks-formset-errors")


def test_a_double_click_sends_once(page: Page, live_server: LiveServer) -> None:
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.goto(f"{live_server.url}/gallery/form/")
    page.get_by_role("button", name="Send the request").dblclick()
    expect(page).to_have_title(re.compile("^Error:"))
    assert sent == ["POST"]


def test_everything_is_reachable_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{live_server.url}/gallery/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Form").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask for a course")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_role("link", name="Student's full name: This field is required.").click()
    assert page.url.endswith("#id_name")
    page.get_by_role("button", name="Español").click()
    expect(page.locator("html")).to_have_attribute("lang", "es")
    context.close()


def test_keyboard_reaches_the_main_part_first(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/gallery/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main part")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_paper_has_no_menu_and_no_buttons(page: Page, live_server: LiveServer, shot: Shot) -> None:
    page.goto(f"{live_server.url}/gallery/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Parts of a page")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("button", name="Español")).to_be_hidden()
    expect(page.get_by_role("link", name="Next page")).to_be_hidden()
    axe.check(page)
    shot(page, "looks-paper")


# The checks themselves can fail ------------------------------------------------------------------


def test_axe_finds_a_box_without_words(page: Page) -> None:
    page.set_content("<html lang='en'><title>x</title><main><input></main>")
    assert [problem.split(":")[0] for problem in axe.problems(page)] == ["axe label"]


def test_a_page_is_looked_at_when_all_of_it_has_arrived(page: Page, live_server: LiveServer) -> None:
    """The box stands at the end of a page that comes slowly: a hundred scripts, each of which asks for the next."""

    def answer(route: Route) -> None:
        left = int(route.request.url.rpartition("/")[2])
        following = f"<script src='/slow/{left - 1}'></script>" if left else ""
        route.fulfill(content_type="text/javascript", body=f"document.write({following!r})")

    page.route("**/slow/*", answer)
    page.route(
        "**/slow/",
        lambda route: route.fulfill(
            content_type="text/html",
            body="<!doctype html><html lang='en'><title>x</title><main><h1>x</h1>"
            "<script src='/slow/100'></script><input></main>",
        ),
    )
    page.goto(f"{live_server.url}/slow/", wait_until="commit")
    assert [problem.split(":")[0] for problem in axe.problems(page)] == ["axe label"]


@pytest.mark.parametrize(
    ("style", "ratio"),
    [
        ("color: #999", "2.85"),
        ("color: rgba(0, 0, 0, .4)", "2.85"),
        ("color: #fff; background: #7aa7d6", "2.52"),
        ("color: #000; opacity: .3", "2.11"),
    ],
)
def test_faint_text_is_found(page: Page, style: str, ratio: str) -> None:
    page.set_content(f"<p style='{style}'>faint</p><p style='font-size: 24px; color: #8a8a8a'>large</p>")
    assert axe.faint_texts(page) == [f'contrast: "faint" has {ratio}, needs 4.5 (p)']


def test_text_on_a_picture_is_found(page: Page) -> None:
    page.set_content("<div style='background: linear-gradient(#fff, #000)'><p>where?</p></div>")
    assert axe.faint_texts(page) == ['contrast: "where?" lies on a picture (p)']


def test_what_is_wider_than_the_window_is_found(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 640})
    page.set_content(
        "<body style='margin: 0; overflow-x: hidden'><div class='wide' style='width: 500px'>x</div>"
    )
    assert axe.too_wide(page) == ["width: div.wide ends at 500 px, the window at 360"]
