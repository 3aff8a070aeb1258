"""What a journey's browser complains of, and what it lets pass."""

import re

import pytest
from playwright.sync_api import Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer
from pytest_playwright.pytest_playwright import CreateContextCallback

from tests.journeys.conftest import watch

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WORDS = "Words in the title, subject or provider"


def asked_by_htmx(request: Request) -> bool:
    return "hx-request" in request.headers


def test_who_types_on_while_a_list_is_fetched_gives_no_complaint(page: Page, live_server: LiveServer) -> None:
    """The first answer never comes: htmx gives its request up for the second one, and says so twice."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    def hold(route: Route, request: Request) -> None:
        if not (asked_by_htmx(request) and re.search(r"q=alg\b", request.url)):
            route.continue_()

    page.route("**/catalog/**", hold)
    page.goto(f"{live_server.url}/catalog/")
    for words in ("alg", "algebra"):
        with page.expect_request(asked_by_htmx):
            page.get_by_label(WORDS).fill(words)
    expect(page).to_have_url(re.compile("q=algebra"))
    assert [line.partition(" ")[0] for line in said] == ["htmx:afterRequest,", "htmx:sendAbort,"]


@pytest.mark.parametrize("status", [None, 500], ids=["no answer", "an error"])
def test_a_request_that_goes_wrong_is_complained_of(
    new_context: CreateContextCallback, live_server: LiveServer, status: int | None
) -> None:
    page = new_context().new_page()
    complaints: list[str] = []
    watch(page, complaints)

    def fail(route: Route, request: Request) -> None:
        if not asked_by_htmx(request):
            route.continue_()
        elif status is None:
            route.abort()
        else:
            route.fulfill(status=status, body="")

    page.route("**/catalog/**", fail)
    page.goto(f"{live_server.url}/catalog/")
    tells = "Response Status Error Code 500" if status else "htmx:sendError"
    with page.expect_event("console", lambda message: message.text.startswith(tells)):
        page.get_by_label(WORDS).fill("alg")
    [complaint] = complaints
    assert complaint.startswith(f"console: {tells}")
