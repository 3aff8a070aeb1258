"""A host's policies: versions, and the nightly look whether each opens for everybody, at a real server."""

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django.fixtures import Settings

from enrollment.full_time import actions, links
from enrollment.full_time.models import PolicyKind, ProgramPolicy
from enrollment.full_time.tasks import check_policies
from mocap_portal.foundation.papers.models import Notice
from tests.factories.full_time import ProgramFactory, ProgramPolicyFactory

from .kit import TODAY, host_of

pytestmark = pytest.mark.django_db
A_DAY = dt.timedelta(days=1)


class Site(BaseHTTPRequestHandler):
    """A program's website: one page opens, the others do not."""

    def do_GET(self) -> None:
        status, body = {
            "/open": (200, b"<h1>Our policy</h1>"),
            "/moved": (302, b""),
            "/to-sign-in": (302, b""),
            "/sign-in": (200, b'<form><input type="password" name="p"></form>'),
            "/closed": (403, b""),
            "/broken": (500, b""),
        }.get(self.path, (404, b""))
        self.send_response(status)
        if status == 302:
            self.send_header("Location", {"/moved": "/open", "/to-sign-in": "/sign-in"}[self.path])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def _private(settings: Settings) -> None:
    settings.POLICY_LINKS_MAY_BE_PRIVATE = True


@pytest.mark.usefixtures("_private")
@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/open", ""),
        ("/moved", ""),
        ("/sign-in", links.SIGN_IN),
        ("/to-sign-in", links.SIGN_IN),
        ("/closed", links.SIGN_IN),
        ("/gone", links.NOT_FOUND),
        ("/broken", links.ANOTHER_ANSWER),
    ],
)
def test_a_policy_opens_for_everybody_or_it_is_said_why_not(site: str, path: str, problem: str) -> None:
    assert links.problem_with(f"{site}{path}") == problem


@pytest.mark.usefixtures("_private")
def test_a_server_that_is_away_is_a_problem() -> None:
    assert links.problem_with("http://127.0.0.1:1/policy") == links.UNREACHABLE


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/policy", "ftp://host.example/policy", "file:///etc/passwd"]
)
def test_what_a_host_typed_asks_no_neighbor_of_this_machine(url: str) -> None:
    assert links.problem_with(url) == links.NOT_PUBLIC


@pytest.mark.usefixtures("_private")
def test_the_host_hears_once_of_each_problem_and_again_of_another(site: str) -> None:
    program = ProgramFactory.create(unpublished=True)
    hat = host_of(program)
    good = ProgramPolicyFactory.create(program=program, kind=PolicyKind.PRIVACY, url=f"{site}/open")
    bad = ProgramPolicyFactory.create(program=program, url=f"{site}/gone")
    over = ProgramPolicyFactory.create(
        program=program, kind=PolicyKind.NETIQUETTE, url=f"{site}/gone", valid_to=TODAY - A_DAY
    )
    for _night in range(2):
        assert check_policies() == 2
    assert [(notice.user, notice.subject) for notice in Notice.objects.all()] == [
        (hat.user, f"A policy of {program} does not open")
    ]
    bad.url = f"{site}/closed"
    bad.save()
    check_policies()
    assert Notice.objects.count() == 2
    bad.url = f"{site}/open"
    bad.save()
    check_policies()
    for policy, problem in ((good, ""), (bad, ""), (over, "")):
        policy.refresh_from_db()
        assert policy.problem == problem
    assert bad.checked_at is not None
    assert over.checked_at is None


def test_a_new_version_ends_the_one_before_and_twice_is_once() -> None:
    program = ProgramFactory.create()
    first = program.policies.get()
    new = {"kind": PolicyKind.ENROLLMENT, "version": "2", "url": "https://p.example/2", "valid_from": TODAY}
    second = actions.publish_policy(program.pk, **new)  # type: ignore[arg-type]
    assert actions.publish_policy(program.pk, **new) == second  # type: ignore[arg-type]
    first.refresh_from_db()
    assert first.valid_to == TODAY - A_DAY
    assert list(ProgramPolicy.objects.on(TODAY).filter(program=program)) == [second]
    with pytest.raises(actions.HoldsAlready):
        actions.publish_policy(program.pk, **new | {"version": "3"})  # type: ignore[arg-type]


def test_an_address_that_changed_while_it_was_looked_at_keeps_its_own_answer() -> None:
    policy = ProgramPolicyFactory.create()
    at = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
    assert not actions.note_check(policy.pk, url="https://before.example/", problem=links.NOT_FOUND, at=at)
    policy.refresh_from_db()
    assert (policy.problem, policy.checked_at) == ("", None)
