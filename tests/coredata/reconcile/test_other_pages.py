"""What providers and the state office read of mismatches; and the articles."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coredata.reconcile.catalogue import CATALOGUE
from coredata.reconcile.models import AnswerKind, Mismatch, MismatchState
from coredata.reconcile.trend import trend
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import SchoolYear
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ReportedEnrollmentFactory, UploadFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.reconcile import AnswerFactory, LeaRunFactory, MismatchFactory, RunFactory
from tests.sign_in import sign_in

from .pages import page

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 6, 16, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _in_november() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def staff() -> Membership:
    hat: Membership = MembershipFactory.create(provider_staff=True)
    return hat


@pytest.fixture
def provider(staff: Membership) -> Client:
    return sign_in(Client(), staff)


@pytest.fixture
def office() -> Client:
    return sign_in(Client(), MembershipFactory.create(dese_reviewer=True))


# A provider ---------------------------------------------------------------------------------------


def test_a_provider_reads_of_its_own_students_only(provider: Client, staff: Membership) -> None:
    own = MismatchFactory.create(provider_only=True, provider_id=staff.organization_id)
    other = MismatchFactory.create(provider_only=True)
    of_district = MismatchFactory.create(code="M-01", provider_id=staff.organization_id)

    text = page(provider, "of_provider", state="every")

    assert [row.mosis_id in text for row in (own, other, of_district)] == [True, False, False]
    for row in (other, of_district):
        assert provider.get(reverse("reconcile:mismatch", args=[row.pk])).status_code == 404


def test_a_provider_reads_its_own_sentence_and_nothing_of_the_district_s(
    provider: Client, staff: Membership
) -> None:
    file = UploadFactory.create(certified=True, name="october.csv")
    LeaRunFactory.create(lea=file.lea, students=file)
    reported = ReportedEnrollmentFactory.create(
        provider_id=staff.organization_id, row__report__provider_id=staff.organization_id
    )
    mismatch = MismatchFactory.create(
        code="M-78",
        lea=file.lea,
        provider_id=staff.organization_id,
        facts={
            "found": "F-secret",
            "expected": "E-secret",
            "approved": "A-secret",
            "other": "O-secret",
            "reported": "B+",
            "october": {"line": 7777771},
            "june": {"line": 7777772, "grade": "F-secret"},
            "report": {"line": 5, "enrollment": reported.enrollment_id, "status": "completed"},
        },
    )
    AnswerFactory.create(mismatch=mismatch, kind=AnswerKind.ASK, reason="I-secret")
    AnswerFactory.create(mismatch=mismatch, kind=AnswerKind.DENIED, reason="Never approved.")

    text = page(provider, "mismatch", mismatch.pk)

    assert "You report the outcome B+; the district&#x27;s is another." in text
    assert "Line 5, status completed" in text
    assert "Never approved." in text
    assert [words for words in ("secret", "777777", "october.csv", "Likely cause") if words in text] == []


def test_a_provider_does_not_hear_which_file_mended_it(provider: Client, staff: Membership) -> None:
    mismatch = MismatchFactory.create(provider_only=True, provider_id=staff.organization_id)
    file = UploadFactory.create(certified=True, lea=mismatch.lea, name="october.csv")
    Mismatch.objects.filter(pk=mismatch.pk).update(
        state=MismatchState.RESOLVED,
        resolved_at=NOW,
        resolved_run=mismatch.first_run,
        resolved_by_upload=file,
    )

    text = page(provider, "mismatch", mismatch.pk)

    assert "Resolved: the data agree" in text
    assert "october.csv" not in text


def test_a_provider_may_not_answer(provider: Client, staff: Membership) -> None:
    mismatch = MismatchFactory.create(provider_only=True, provider_id=staff.organization_id)

    assert provider.post(reverse("reconcile:answer", args=[mismatch.pk, "seen"])).status_code == 403
    assert "Or answer" not in page(provider, "mismatch", mismatch.pk)


def test_a_provider_s_empty_list_says_whether_a_night_has_run(provider: Client) -> None:
    assert "Nothing was compared yet." in page(provider, "of_provider")
    RunFactory.create()
    assert "All agrees." in page(provider, "of_provider")


def test_a_report_that_is_overdue_is_about_the_whole(provider: Client, staff: Membership) -> None:
    overdue = MismatchFactory.create(
        whole=True, code="M-72", lea=None, provider_id=staff.organization_id, facts={"date": "2026-11-01"}
    )

    assert "The whole report" in page(provider, "of_provider")
    assert "Your report is overdue since Nov. 1, 2026." in page(provider, "mismatch", overdue.pk)


# The state office ---------------------------------------------------------------------------------


def test_the_office_sees_sums_that_lead_to_their_lists(office: Client) -> None:
    lea = LeaFactory.create(organization__name="Walnut Fork")
    lantern = ProviderFactory.create(organization__name="Lantern")
    new = MismatchFactory.create(lea=lea, code="M-20", opened_at=NOW - dt.timedelta(days=2))
    old = MismatchFactory.create(
        lea=lea, code="M-10", provider=lantern, opened_at=NOW - dt.timedelta(days=40)
    )
    MismatchFactory.create(lea=lea, code="M-20", resolved=True)

    text = page(office, "state")

    assert "2 mismatches are open." in text
    for query, shown in (
        (f"lea={lea.pk}", [True, True]),
        (f"provider={lantern.pk}", [False, True]),
        ("age=week", [True, False]),
        ("age=quarter", [False, True]),
        ("code=M-20", [True, False]),
    ):
        assert f"{reverse('reconcile:of_all')}?{query}" in text
        found = page(office, "of_all", **dict([query.split("=")]))
        assert [row.mosis_id in found for row in (new, old)] == shown
    assert reverse("coredata:board") in text


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (0, "week"),
        (7, "week"),
        (8, "month"),
        (30, "month"),
        (31, "quarter"),
        (90, "quarter"),
        (91, "longer"),
    ],
)
def test_ages_leave_nothing_between_them(office: Client, days: int, age: str) -> None:
    mismatch = MismatchFactory.create(opened_at=NOW - dt.timedelta(days=days, hours=1))
    lists = {one: page(office, "of_all", age=one) for one in ("week", "month", "quarter", "longer")}

    assert [one for one, text in lists.items() if mismatch.mosis_id in text] == [age]


def test_a_cause_keeps_the_other_filters(office: Client) -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    MismatchFactory.create(lea=mismatch.lea, code="M-20")

    text = page(office, "of_all", lea=str(mismatch.lea_id), page="1")

    assert f"{reverse('reconcile:of_all')}?lea={mismatch.lea_id}&amp;code=M-20" in text


def test_the_nights_are_drawn_and_listed(office: Client) -> None:
    for day, count in ((3, 40), (4, 10), (5, 0)):
        RunFactory.create(as_of=dt.date(2026, 11, day), open=count)
    RunFactory.create(as_of=dt.date(2026, 11, 2), failed=True)
    RunFactory.create(newer=True, open=99)

    drawn, text = trend(2027), page(office, "state")

    assert [(point.run.open, point.x, point.y) for point in drawn.points] == [
        (40, 8.0, 12.0),
        (10, 300.0, 114.0),
        (0, 592.0, 148.0),
    ]
    assert 'points="8,12 300,114 592,148"' in text
    assert "Open after each of the last 3 nights, at most 40." in text
    assert "The last night did not run through." not in text
    RunFactory.create(as_of=dt.date(2026, 11, 7), school_year_id=2026, failed=True)
    RunFactory.create(as_of=dt.date(2026, 11, 7))
    assert "The last night did not run through." in page(office, "state")


def test_of_two_school_years_one_is_drawn_and_the_other_one_click_away(office: Client) -> None:
    """For four months each night is run of both."""
    old = SchoolYear.objects.get(year=2026)
    for day, count in ((1, 70), (2, 7)):
        RunFactory.create(as_of=dt.date(2026, 10, day), open=count)
        RunFactory.create(as_of=dt.date(2026, 10, day), open=100 * count, school_year=old)

    text = page(office, "state")
    assert 'points="8,12 592,134.4"' in text
    assert "Open after each of the last 2 nights, at most 70." in text
    assert "The last nights of the school year 2026-27" in text
    assert "7000" not in text
    assert 'href="?year=2026"' in text
    text = page(office, "state", year="2026")
    assert "at most 7000." in text
    assert "The last nights of the school year 2025-26" in text
    assert 'href="?year=2027"' in text
    assert "at most 70." in page(office, "state", year="1996")
    assert trend(2026, nights=1).first == dt.date(2026, 10, 2)


def test_of_one_school_year_there_is_no_switch(office: Client) -> None:
    RunFactory.create()
    assert "?year=" not in page(office, "state")


def test_without_a_night_nothing_is_drawn(office: Client) -> None:
    text = page(office, "state")

    assert "No night has run yet." in text
    assert "<polyline" not in text
    RunFactory.create()
    assert "<polyline" not in page(office, "state")
    assert len(trend(2027).points) == 1


def test_the_office_waives_what_must_be_fixed(office: Client) -> None:
    mismatch = MismatchFactory.create(must=True)
    address = reverse("reconcile:answer", args=[mismatch.pk, "waive"])

    assert address in page(office, "mismatch", mismatch.pk)
    sent = {"reason": "Its system cannot.", "until_month": "6", "until_day": "30", "until_year": "2027"}
    text = office.post(address, sent, follow=True).content.decode()

    mismatch.refresh_from_db()
    assert (mismatch.state, mismatch.waived_until) == (MismatchState.WAIVED, dt.date(2027, 6, 30))
    assert "Waived until Wednesday, June 30, 2027" in text


def test_the_state_s_pages_take_as_many_queries_whatever_there_is(
    office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def counted() -> list[int]:
        counts = []
        for name in ("state", "of_all"):
            with django_assert_max_num_queries(40) as found:
                page(office, name)
            counts.append(len(found))
        return counts

    MismatchFactory.create_batch(2, provider_only=True)
    RunFactory.create()
    counted()
    few = counted()
    MismatchFactory.create_batch(20, provider_only=True)
    assert counted() == few


# Articles -----------------------------------------------------------------------------------------


def test_every_code_has_an_article(office: Client) -> None:
    listed = page(office, "kinds")

    for code, kind in CATALOGUE.items():
        assert reverse("reconcile:kind", args=[code]) in listed
        text = page(office, "kind", code)
        assert "{" not in text.split("<main")[1].split("</main>")[0]
        assert kind.causes[0].text.split("'")[0] in text
    assert office.get("/core-data/mismatches/M-95/").status_code == 404


def test_an_article_says_where_it_is_looked_for(provider: Client) -> None:
    assert "In a rehearsal only" in page(provider, "kind", "M-25")
    assert "Not looked for yet" in page(provider, "kind", "M-45")
    assert "Limit: days" in page(provider, "kind", "M-03")
