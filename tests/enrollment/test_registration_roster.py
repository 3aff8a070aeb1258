"""A provider's roster: filtered, searched by words that stay out of the address, and taken away as a logged file."""

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.urls import reverse

from enrollment.records.models import Disclosure
from enrollment.registration import actions
from enrollment.registration.models import RosterLine
from enrollment.registration.roster_file import COLUMNS
from mocap_portal.foundation.directory.models import Provider
from tests.enrollment.registration_kit import (
    NOW,
    address,
    client_of,
    coordinator_of,
    desk_of,
    on_roster,
    parent_of,
    words_of,
)
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ProviderFactory, TermFactory
from tests.factories.part_time import CourseLineFactory

pytestmark = pytest.mark.django_db

ROSTER, FILE = "/roster/", "/roster/download/"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def provider() -> Provider:
    made: Provider = ProviderFactory.create()
    return made


def of(provider: Provider, **traits: Any) -> RosterLine:
    return on_roster(line__course__provider=provider, **traits)


def found(provider: Provider, query: str = "", **words: str) -> list[RosterLine]:
    client = client_of(MembershipFactory.create(provider_staff=True, provider=provider))
    response = client.post(ROSTER + query, words) if words else client.get(ROSTER + query)
    return [row.record for row in response.context["table"].rows]


def read(response: Any) -> list[dict[str, str]]:
    """The rows of the file by the names of their columns."""
    text: str = response.content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# Filters and words --------------------------------------------------------------------------------


def test_the_roster_is_filtered_by_state(provider: Provider) -> None:
    rows = {
        "": of(provider),
        "?state=confirmed": of(provider, confirmed=True),
        "?state=running": of(provider, running=True),
        "?state=finished": of(provider, finished=True),
        "?state=ended": of(provider, running=True, line__state="withdrawn"),
    }
    assert {query: found(provider, query) for query in rows} == {query: [row] for query, row in rows.items()}
    assert found(provider, "?state=all") == list(rows.values())


def test_the_roster_is_filtered_by_term_and_district(provider: Provider) -> None:
    spring = of(provider)
    fall = of(provider, line__request__term=TermFactory.create(code="S1", starts_on=dt.date(2026, 8, 20)))
    elsewhere = of(provider, line__request__term=spring.line.request.term)
    assert found(provider, f"?term={fall.line.request.term_id}") == [fall]
    assert found(provider, f"?lea={elsewhere.lea_id}") == [elsewhere]
    assert found(provider, f"?term={spring.line.request.term_id}&lea={spring.lea_id}") == [spring]
    page = words_of(client_of(MembershipFactory.create(provider_staff=True, provider=provider)).get(ROSTER))
    assert str(of(ProviderFactory.create()).lea) not in page


def test_words_are_looked_up_by_post_in_the_whole_roster(provider: Provider) -> None:
    robin = of(provider, running=True, line__section="Blue-7")
    casey = of(provider, first_name="Casey", last_name="Whitlock")
    of(ProviderFactory.create(), first_name="Casey", last_name="Whitlock")
    assert found(provider, words="casey whit") == [casey]
    assert found(provider, words=casey.mosis_id) == [casey]
    assert found(provider, words="blue-7") == [robin]
    assert found(provider, words=robin.line.course.title) == [robin]
    assert found(provider, words="nobody") == []


def test_nothing_typed_is_said(provider: Provider) -> None:
    client = client_of(MembershipFactory.create(provider_staff=True, provider=provider))
    response = client.post(ROSTER, {"words": " "})
    assert list(response.context["search_form"].errors) == ["words"]


# The file -----------------------------------------------------------------------------------------


@pytest.mark.rule("R-130", "R-28")
def test_each_download_is_logged_once_for_each_student(provider: Provider) -> None:
    first = of(provider, running=True)
    claim = first.line.request.claim
    of(provider, confirmed=True, line__request__claim=claim)  # the same student in another course
    second = of(provider)
    of(ProviderFactory.create())
    CourseLineFactory.create(approved=True, course__provider=provider, request__claim__confirmed=True)
    hat = MembershipFactory.create(provider_admin=True, provider=provider)
    client = client_of(hat)
    rows = read(client.post(f"{FILE}?state=all"))
    assert [row["mosis_id"] for row in rows] == [first.mosis_id, first.mosis_id, second.mosis_id]
    logged = Disclosure.objects.order_by("student")
    assert [entry.student_id for entry in logged] == [
        claim.student_id,
        second.line.request.claim.student_id,
    ]
    for entry in logged:
        assert (entry.recipient, entry.disclosed_by, entry.at, entry.what, entry.why) == (
            provider.organization,
            hat,
            NOW,
            actions.WHAT_IS_DOWNLOADED,
            actions.WHY_IT_IS_DOWNLOADED,
        )
    client.post(f"{FILE}?state=all")
    assert Disclosure.objects.count() == 4


def test_a_look_downloads_and_logs_nothing(provider: Provider) -> None:
    row = of(provider)
    client = client_of(desk_of(row))
    assert client.get(FILE).status_code == 405
    client.get(ROSTER)
    assert not Disclosure.objects.exists()


def test_the_file_holds_what_the_filters_show(provider: Provider) -> None:
    of(provider)
    running = of(provider, running=True)
    client = client_of(MembershipFactory.create(provider_staff=True, provider=provider))
    page = words_of(client.get(f"{ROSTER}?state=running&lea={running.lea_id}"))
    assert f'action="{FILE}?state=running&amp;lea={running.lea_id}"' in page
    assert [row["mosis_id"] for row in read(client.post(f"{FILE}?state=running"))] == [running.mosis_id]
    assert Disclosure.objects.get().student == running.line.request.claim.student


def test_text_stays_text_and_the_page_says_what_each_column_means(provider: Provider) -> None:
    row = of(provider, running=True, mosis_id="0012345678", grade=0, birth_date=dt.date(2021, 3, 9))
    client = client_of(desk_of(row))
    response = client.post(f"{FILE}?state=all")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="roster-2026-11-09.csv"'
    assert '"0012345678"' in response.content.decode()
    [told] = read(response)
    assert (told["mosis_id"], told["birth_date"], told["grade"], told["district_code"]) == (
        "0012345678",
        "03/09/2021",
        "00",
        row.lea.state_district_id,
    )
    assert (told["starts_on"], told["ends_on"], told["started_on"], told["state"], told["program_code"]) == (
        "11/05/2026",
        "12/18/2026",
        "11/05/2026",
        "running",
        "50",
    )
    page = words_of(client.get(ROSTER))
    assert list(told) == [name for name, _meaning in COLUMNS]
    assert [name for name in told if f"<dt>{name}</dt>" not in page] == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "\r="])
def test_no_cell_is_a_formula(provider: Provider, start: str) -> None:
    row = of(provider, last_name=f"{start}HYPERLINK(0)")
    [told] = read(client_of(desk_of(row)).post(FILE))
    assert told["last_name"].startswith("'")


@pytest.mark.rule("R-131")
def test_a_family_and_its_district_read_who_downloaded(provider: Provider) -> None:
    row = of(provider)
    desk = desk_of(row)
    client_of(desk).post(FILE)
    student = row.line.request.claim.student
    assert student is not None
    told = {provider.organization.name, actions.WHAT_IS_DOWNLOADED, actions.WHY_IT_IS_DOWNLOADED}
    for hat, page, words in (
        (parent_of(row), "records:disclosures", told),
        (coordinator_of(row), "records:student", told | {desk.user.name}),
    ):
        text = words_of(client_of(hat).get(reverse(page, args=[student.pk])))
        assert {word for word in words if word not in text} == set()


@pytest.mark.parametrize("trait", ["parent", "coordinator", "dese_admin", "host_staff"])
def test_nobody_but_a_provider_downloads(provider: Provider, trait: str) -> None:
    row = of(provider)
    hat = MembershipFactory.create(**{trait: True})
    assert client_of(hat).post(FILE).status_code == 403
    with pytest.raises(actions.NotYourRoster):
        actions.download_roster(RosterLine.objects.all(), by=hat, at=NOW)
    stranger = MembershipFactory.create(provider_staff=True)
    assert list(actions.download_roster(RosterLine.objects.all(), by=stranger, at=NOW)) == []
    assert row.pk
    assert not Disclosure.objects.exists()


def test_the_pages_a_provider_follows_a_course_on_are_linked(provider: Provider) -> None:
    running = of(provider, running=True)
    page = words_of(client_of(desk_of(running)).get(address("confirm", running.pk)))
    for name in ("finish", "teacher", "extend", "remove"):
        assert f'href="{address(name, running.pk)}"' in page
