"""Who looks at which page in a browser, from the table of addresses in `tests/test_access.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from mocap_portal.foundation.accounts.models import Membership, Role
from tests.factories.accounts import AccessReviewFactory, UserFactory
from tests.factories.part_time import CourseRequestFactory
from tests.factories.records import ClaimFactory
from tests.sign_in import sign_in
from tests.test_access import ADDRESSES, Address, World, page, public, row

# Hats that see one and the same page. Of each group the first one for whom an address opens looks at it.
GROUPS: Sequence[Sequence[Role]] = [
    [Role.PARENT, Role.ADULT_STUDENT, Role.STUDENT_ON_OWN],
    [Role.COUNSELOR, Role.DECIDER],
    [Role.SPECIAL_EDUCATION],
    [Role.COORDINATOR, Role.LEA_ADMIN, Role.DATA_CLERK],
    [Role.HOST_STAFF],
    [Role.PROVIDER_STAFF, Role.PROVIDER_ADMIN],
    [Role.DESE_ADMIN, Role.DESE_REVIEWER],
]

# Addresses that only ever take what a button sends, and lead on to a page.
BUTTONS = {
    address.name for address in ADDRESSES if address.method == "post" and 200 not in address.opens.values()
}

# Other addresses of the table that nobody looks at, and why.
LEFT_OUT = {
    **dict.fromkeys(["health_live", "health_ready"], "an answer for machines"),
    "districts:notice_pdf": "a file, whose tags another test reads",
    "due_days": "a calendar for machines",
    "part_time:letter_pdf": "a file, whose tags other tests read",
    "records:give_back": "of access that was ended, which the world does not have; test_district_pages.py looks at it",
    **dict.fromkeys(["part_time:request_scan", "part_time:decision_scan"], "a file, as it was handed in"),
    **dict.fromkeys(
        ["part_time:paper_template", "part_time:import_problems"],
        "a file, which tests/enrollment/test_paper_file.py reads",
    ),
    "coredata:problems_csv": "a file, which tests/coredata/test_pages.py reads",
    "coredata:problems_xlsx": "a file, which tests/coredata/test_pages.py reads",
    "coredata:board_csv": "a file, which tests/coredata/test_board.py reads",
    **dict.fromkeys(
        ["coredata:report_template", "coredata:report_problems_csv"],
        "a file, which tests/coredata/test_report_pages.py reads",
    ),
    "reconcile:download": "a file, which tests/coredata/reconcile/test_pages.py reads",
    "reconcile:room_file": "a file, which tests/coredata/reconcile/test_room_pages.py reads",
    **dict.fromkeys(
        ["reconcile:use_many", "reconcile:trial_of_rows"],
        "of rows that the world does not have; test_corrected_rows.py looks at each",
    ),
    **dict.fromkeys(
        ["api:openapi", "api:nothing", "api:reports", "api:report", "api:report_problems", "api:enrollments"],
        "an answer for programs, which tests/coredata/test_api.py reads",
    ),
    **dict.fromkeys(["june:june_csv", "june:trial_csv"], "a file, which tests/coredata/june reads"),
    "june:accept": "of a list that the world does not have; test_june.py looks at it",
    "june:own": "leads on to the list of a school year",
    "coredata:marked": "a file, which tests/coredata/test_pages.py reads",
    "coredata:changes": "of a second version, which the world does not have; test_core_data.py looks at it",
    "coredata:changes_csv": "a file, which tests/coredata/test_pages.py reads",
    **dict.fromkeys(
        [
            "full_time:letter_pdf",
            "full_time:services_pdf",
            "attendance:letter_pdf",
            "certification:letter_pdf",
            "movip:answer_pdf",
        ],
        "a file, whose tags other tests read",
    ),
    **dict.fromkeys(["full_time:paper", "certification:paper_scan"], "a file, as it was handed in"),
    **dict.fromkeys(
        [
            "attendance:template",
            "attendance:problems_csv",
            "attendance:shares_csv",
            "attendance:excluded_csv",
            "membership:report_csv",
            "patterns:notes_csv",
            "patterns:trends_csv",
            "membership:report_xlsx",
            "progress:download",
        ],
        "a file, which the tests of its app read",
    ),
    "registration:download": "a file, which tests/enrollment/test_registration_roster.py reads",
    "mfa_download_recovery_codes": "a file",
    **dict.fromkeys(
        [
            "providers:catalog_csv",
            "providers:catalog_json",
            "providers:agreement_document",
            "providers:review_document",
        ],
        "a file",
    ),
    **dict.fromkeys(
        ["accounts:open_invitation", "account_set_password", "account_confirm_login_code"],
        "always leads to another page",
    ),
    **dict.fromkeys(
        ["movip:receipt", "movip:add_paper", "movip:letter"],
        "opens for who has sent a request or typed its secret; test_transcripts.py looks at each",
    ),
    "full_time:own_programs": "leads a host with one program on to it",
    **dict.fromkeys(
        ["attendance:disenroll", "attendance:choice", "attendance:place"],
        "a step whose turn it is not in the world; test_full_time.py takes each",
    ),
    **dict.fromkeys(
        [
            f"concerns:{name}"
            for name in ("receipt", "own", "own_file", "consent", "take_back", "reopen", "rate")
        ],
        "for whoever has number and secret; test_concerns.py looks at each",
    ),
    **dict.fromkeys(
        ["concerns:download", "concerns:office_file", "concerns:answer_file"],
        "a file, which tests/concerns/office read",
    ),
    "demo:mail": "test_demo.py opens one, where mails were sent",
    **dict.fromkeys(
        [
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_generate_recovery_codes",
            "mfa_reauthenticate",
            "mfa_view_recovery_codes",
        ],
        "test_looks.py walks through them",
    ),
    "mfa_authenticate": "test_error_states.py signs in with it",
}


def _unsent_draft(world: World) -> list[Any]:
    """A child that nobody confirmed and of whom nothing was sent."""
    claim = ClaimFactory.create(unsent=True, claimant=world.own[Role.PARENT].user, school=world.claim.school)
    return [CourseRequestFactory.create(claim=claim, term=world.term).pk]


def _password_key(world: World) -> list[Any]:
    user = UserFactory.create()
    return [user_pk_to_url_str(user), default_token_generator.make_token(user)]


def _address_key(world: World) -> list[Any]:
    user = UserFactory.create()
    address = EmailAddress.objects.create(user=user, email="new@example.org", verified=False)
    return [EmailConfirmationHMAC(address).key]


def _change_of_address(world: World) -> list[Any]:
    parent = world.own[Role.PARENT].user
    EmailAddress.objects.get_or_create(user=parent, email="new@example.org", verified=False)
    return []


def _open_review(world: World) -> list[Any]:
    AccessReviewFactory.create(organization=world.lea.organization, asked_at=timezone.now())
    return []


# Addresses whose rows in the world have nothing to show: the same on rows that have.
IN_ANOTHER_STATE = [
    row("part_time:child_correct", [Role.PARENT], _unsent_draft),
    page("accounts:review", [Role.LEA_ADMIN], args=_open_review),
    public("account_reset_password_from_key", args=_password_key),
    public("account_confirm_email", args=_address_key),
    page("account_email", [Role.PARENT], args=_change_of_address),
    page("retention:overview", [Role.DESE_REVIEWER], args=lambda _world: ["transcripts"]),
    page("retention:place", [Role.DESE_REVIEWER], args=lambda _world: ["transcripts"]),
]


def hats_at(address: Address) -> list[Role | None]:
    """Who looks at an address: a visitor where one may, else one hat of each group. Home differs for every hat."""
    opens = {role for role, status in address.opens.items() if status == 200}
    if address.name in BUTTONS | LEFT_OUT.keys():
        return []
    if address.name == "home":
        return [None, *Role]
    if address.visitor == 200:
        return [None]
    if opens == set(Role):
        return [Role.PARENT]
    return [next(role for role in group if role in opens) for group in GROUPS if opens.intersection(group)]


# Each hat (None: a visitor) and the addresses it looks at.
LOOKS: dict[Role | None, list[Address]] = {
    role: [address for address in [*ADDRESSES, *IN_ANOTHER_STATE] if role in hats_at(address)]
    for role in [None, *Role]
}


def enter(context: BrowserContext, live_server: LiveServer, hat: Membership) -> None:
    """From now on the browser is this hat's, with the second factor shown."""
    cookie = sign_in(Client(), hat).cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def open_page(page: Page, live_server: LiveServer, address: Address, world: World) -> None:
    """Opens the address on the world's row. It must answer 200, at the end of what it leads to."""
    response = page.goto(live_server.url + reverse(address.name, args=address.args(world)))
    assert response is not None
    assert response.status == 200, f"{address.name}: {response.status}"
