"""Due days as a calendar: who reads what, that it names nobody, and that events keep their identity."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from pytest_django import DjangoAssertNumQueries, Settings

from enrollment.part_time.models import CourseRequest
from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.models import (
    DESE_ROLES,
    LEA_ROLES,
    PROVIDER_ROLES,
    STAFF_ROLES,
    CalendarFeed,
    Membership,
    Role,
    User,
)
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.home import due_days
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import ClosedDayFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.records import GuardianFactory
from tests.factories.registration import RosterLineFactory
from tests.sign_in import sign_in

NOW = dt.datetime(2026, 11, 9, 18, tzinfo=dt.UTC)
DUE = dt.date(2026, 11, 17)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def staff(role: Role, request: CourseRequest) -> Membership:
    return MembershipFactory.create(role=role, organization=request.lea.organization)


def address_of(hat: Membership) -> str:
    return f"{reverse('due_days')}?token={accounts.make_calendar_feed(hat.pk, at=NOW)}"


def read(hat: Membership) -> list[tuple[str, dt.date, str]]:
    """What a calendar program gets with this hat's address, without a session: summary, day, path."""
    response = Client().get(address_of(hat))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(response.content).walk("VEVENT")
    return [
        (str(event["SUMMARY"]), event.decoded("DTSTART"), urlsplit(str(event["URL"])).path)
        for event in events
    ]


# Who reads what -----------------------------------------------------------------------------------


@pytest.mark.django_db
class TestWhoReadsWhat:
    @pytest.mark.parametrize("role", sorted(LEA_ROLES))
    def test_a_district(self, role: Role) -> None:
        to_decide = CourseRequestFactory.create(submitted=True)
        to_register = CourseLineFactory.create(
            approved=True,
            request__state="decided",
            request__claim__school=to_decide.claim.school,
            request__clock__stopped=True,
        )
        decision = (
            f"{to_decide.number}: answer due",
            DUE,
            reverse("part_time:review", args=[to_decide.pk]),
        )
        registration = (
            f"{to_register.request.number}: registration due",
            dt.date(2026, 11, 5),  # overdue ones too
            reverse("registration:line", args=[to_register.pk]),
        )
        expected = {
            Role.COUNSELOR: [registration, decision],
            Role.COORDINATOR: [registration, decision],
            Role.DECIDER: [decision],
            Role.SPECIAL_EDUCATION: [decision],
            Role.LEA_ADMIN: [registration],
            Role.DATA_CLERK: [],
        }
        assert read(staff(role, to_decide)) == expected[role]

    @pytest.mark.parametrize("role", sorted(PROVIDER_ROLES))
    def test_a_provider(self, role: Role) -> None:
        row = RosterLineFactory.create()
        RosterLineFactory.create()  # of another provider
        hat = MembershipFactory.create(role=role, organization=row.provider.organization)
        assert read(hat) == [
            (
                f"Roster line {row.pk}: confirmation due",
                dt.date(2026, 11, 13),
                reverse("registration:confirm", args=[row.pk]),
            )
        ]

    @pytest.mark.parametrize("role", sorted(DESE_ROLES))
    def test_the_state_office_sees_what_is_late(self, role: Role) -> None:
        late = CourseRequestFactory.create(submitted=True, clock__due_on=dt.date(2026, 11, 6))
        CourseRequestFactory.create(submitted=True)
        path = reverse("part_time:review", args=[late.pk])
        assert read(MembershipFactory.create(**{role: True})) == [
            (f"{late.number}: answer due", dt.date(2026, 11, 6), path)
        ]

    def test_a_clock_that_stands_still_and_one_that_stopped_are_absent(self) -> None:
        request = CourseRequestFactory.create(submitted=True, clock__paused=True)
        school = request.claim.school
        CourseRequestFactory.create(submitted=True, clock__stopped=True, claim__school=school)
        assert read(staff(Role.COUNSELOR, request)) == []

    @pytest.mark.rule("R-134")
    def test_nothing_of_another_district_and_nothing_of_ones_own_child(self) -> None:
        CourseRequestFactory.create(submitted=True)
        line = CourseLineFactory.create(approved=True, request__claim__confirmed=True)
        hat = staff(Role.COUNSELOR, line.request)
        GuardianFactory.create(student=line.request.claim.student, user=hat.user)
        assert read(hat) == []

    def test_in_the_words_of_its_person(self) -> None:
        request = CourseRequestFactory.create(submitted=True)
        hat = staff(Role.COUNSELOR, request)
        User.objects.filter(pk=hat.user_id).update(language="es")
        hat.user.refresh_from_db()
        days = due_days.due_days(hat, today=NOW.date())
        assert [day.clock_id for day in days] == [request.clock_id]


# What it never tells ------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.rule("R-31")
@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.PROVIDER_STAFF])
def test_it_names_no_child_no_school_and_no_district(role: Role) -> None:
    row = RosterLineFactory.create(
        line__request__claim__first_name="Quillon",
        line__request__claim__last_name="Zephyrine",
        line__request__claim__school__name="Osage Bluff High",
        line__request__claim__school__lea__organization__name="Elm County R-I",
        line__course__title="Forensic Botany",
    )
    CourseLineFactory.create(
        request=row.line.request, approved=True, course__title="Astronomy", request__submitted=True
    )
    organization = row.provider.organization if role == Role.PROVIDER_STAFF else row.lea.organization
    hat = MembershipFactory.create(role=role, organization=organization, user__name="Corey Clerk")
    text = Client().get(address_of(hat)).content.decode().replace("\r\n ", "")
    assert "BEGIN:VEVENT" in text
    secrets = ["Quillon", "Zephyrine", "Osage", "Elm County", "Botany", "Astronomy", "Corey", row.mosis_id]
    assert [secret for secret in secrets if secret in text] == []


# Events keep who they are -------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.rule("R-16")
def test_a_due_day_that_moves_moves_its_event() -> None:
    request = CourseRequestFactory.create(submitted=True)
    hat = staff(Role.COUNSELOR, request)
    address = address_of(hat)

    def event() -> tuple[str, dt.date, dt.date, int, dt.datetime]:
        (found,) = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
        return (
            str(found["UID"]),
            found.decoded("DTSTART"),
            found.decoded("DTEND"),
            int(str(found["SEQUENCE"])),
            found.decoded("LAST-MODIFIED"),
        )

    uid = f"clock-{request.clock_id}@mocap-portal"
    began = request.clock.started_at
    assert event() == (uid, DUE, DUE + dt.timedelta(days=1), 0, began)

    storm = ClosedDayFactory.create(lea=request.lea, date=dt.date(2026, 11, 10), entered_at=NOW)
    clocks.confirm_emergency(storm.pk, at=NOW)
    moved = dt.date(2026, 11, 18)
    assert event() == (uid, moved, moved + dt.timedelta(days=1), 1, NOW)

    clocks.pause(request.clock.pk, at=NOW, reason="IEP team")
    clocks.resume(request.clock.pk, at=NOW + dt.timedelta(days=2))
    later = dt.date(2026, 11, 19)  # the 9th and the 10th: one of the two was closed anyway
    assert event()[:4] == (uid, later, later + dt.timedelta(days=1), 2)
    assert event()[4] > NOW


@given(
    number=st.integers(1, 10**9),
    due_on=st.dates(dt.date(2020, 1, 1), dt.date(2100, 1, 1)),
    what=st.text(st.characters(exclude_categories=["C", "Z"], include_characters=" ,;:\\"), max_size=200),
    version=st.integers(0, 99),
)
def test_any_event_reads_back_as_it_was(number: int, due_on: dt.date, what: str, version: int) -> None:
    day = due_days.DueDay(number, due_on, what, f"/requests/{number}/review/")
    written = Calendar.new()
    written.add_component(due_days.event(day, due_days.Version(version, NOW)))
    (found,) = Calendar.from_ical(written.to_ical()).walk("VEVENT")
    assert (str(found["UID"]), found.decoded("DTSTART")) == (f"clock-{number}@mocap-portal", due_on)
    assert str(found["SUMMARY"]) == what
    assert (int(str(found["SEQUENCE"])), found.decoded("DTSTAMP")) == (version, NOW)


@pytest.mark.django_db
def test_the_file_as_a_whole(settings: Settings) -> None:
    settings.PORTAL_URL = "https://mocap.example"
    request = CourseRequestFactory.create(submitted=True)
    hat = staff(Role.DECIDER, request)
    text = Client().get(address_of(hat)).content.decode()
    assert text.splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//MOCAP portal//due days//EN",
        "NAME:MOCAP due days",
        "X-WR-CALNAME:MOCAP due days",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        f"UID:due-days-{hat.pk}@mocap-portal",
        "X-PUBLISHED-TTL:PT1H",
        "BEGIN:VEVENT",
        f"SUMMARY:{request.number}: answer due",
        "DTSTART;VALUE=DATE:20261117",
        "DTEND;VALUE=DATE:20261118",
        "DTSTAMP:20261102T180000Z",
        f"UID:clock-{request.clock_id}@mocap-portal",
        "SEQUENCE:0",
        "LAST-MODIFIED:20261102T180000Z",
        "TRANSP:TRANSPARENT",
        f"URL:https://mocap.example{reverse('part_time:review', args=[request.pk])}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


# The address --------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestTheAddress:
    def test_only_a_hash_of_the_token_is_kept(self) -> None:
        token = accounts.make_calendar_feed(MembershipFactory.create(counselor=True).pk, at=NOW)
        (row,) = CalendarFeed.objects.values()
        assert row["token_hash"] == accounts.hash_token(token)
        assert token not in str(row)

    def test_a_new_one_ends_the_one_before(self) -> None:
        hat = MembershipFactory.create(counselor=True)
        first, second = address_of(hat), address_of(hat)
        assert [Client().get(address).status_code for address in (first, second)] == [404, 200]
        assert CalendarFeed.objects.open().count() == 1

    def test_switched_off_twice(self) -> None:
        hat = MembershipFactory.create(counselor=True)
        address = address_of(hat)
        accounts.revoke_calendar_feed(hat.pk, at=NOW)
        accounts.revoke_calendar_feed(hat.pk, at=NOW + dt.timedelta(days=1))
        assert Client().get(address).status_code == 404
        assert CalendarFeed.objects.get().revoked_at == NOW

    def test_it_ends_with_the_hat_and_with_the_account(self) -> None:
        hat, other = MembershipFactory.create(counselor=True), MembershipFactory.create(counselor=True)
        addresses = [address_of(hat), address_of(other)]
        Membership.objects.filter(pk=hat.pk).update(ended_at=NOW)
        User.objects.filter(pk=other.user_id).update(is_active=False)
        assert [Client().get(address).status_code for address in addresses] == [404, 404]

    @pytest.mark.parametrize("query", ["", "?token=", "?token=%00", "?token=unknown"])
    def test_nothing_without_a_token(self, query: str) -> None:
        assert Client().get(reverse("due_days") + query).status_code == 404

    def test_when_it_was_read_is_kept_to_five_minutes(self) -> None:
        address = address_of(MembershipFactory.create(counselor=True))
        seen = []
        for minutes in (0, 4, 5):
            with time_machine.travel(NOW + dt.timedelta(minutes=minutes), tick=False):
                Client().get(address)
            seen.append(CalendarFeed.objects.get().last_fetched_at)
        assert seen == [NOW, NOW, NOW + dt.timedelta(minutes=5)]

    @pytest.mark.parametrize("number", [1, 5])
    def test_queries(self, number: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        request = CourseRequestFactory.create(submitted=True)
        for _one in range(number):
            line = CourseLineFactory.create(approved=True, request__claim__school=request.claim.school)
            assert line.request.lea_id == request.lea_id
        address = address_of(staff(Role.COUNSELOR, request))
        with django_assert_num_queries(5):  # the feed, that it was read, decisions, registrations, changes
            assert len(Calendar.from_ical(Client().get(address).content).walk("VEVENT")) == 1 + 2 * number


# One's own page -----------------------------------------------------------------------------------


@pytest.mark.django_db
class TestThePage:
    def test_the_address_is_shown_once(self, client: Client, settings: Settings) -> None:
        settings.PORTAL_URL = "https://mocap.example/"
        hat = MembershipFactory.create(counselor=True)
        sign_in(client, hat)
        page = reverse("accounts:calendar")
        assert "There is no address yet." in client.get(page).content.decode()
        address = client.post(page).context["address"]
        parts = urlsplit(address)
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://mocap.example" + reverse("due_days")
        token = parse_qs(parts.query)["token"][0]
        assert CalendarFeed.objects.get(hat=hat).token_hash == accounts.hash_token(token)
        again = client.get(page)
        assert token not in again.content.decode()
        assert again.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")

    def test_it_says_when_a_program_read_it(self, client: Client) -> None:
        hat = MembershipFactory.create(counselor=True)
        Client().get(address_of(hat))
        text = sign_in(client, hat).get(reverse("accounts:calendar")).content.decode()
        assert "November 9, 2026 at 12:00 p.m. Central time" in text
        assert "Not yet" not in text

    def test_switching_it_off(self, client: Client) -> None:
        hat = MembershipFactory.create(counselor=True)
        address = address_of(hat)
        response = sign_in(client, hat).post(reverse("accounts:revoke_calendar"), follow=True)
        assert "The address no longer works." in response.content.decode()
        assert Client().get(address).status_code == 404

    def test_another_hat_of_the_same_person_has_its_own(self, client: Client) -> None:
        hat = MembershipFactory.create(counselor=True)
        other = MembershipFactory.create(provider_staff=True, user=hat.user)
        address_of(hat)
        text = sign_in(client, other).get(reverse("accounts:calendar")).content.decode()
        assert "There is no address yet." in text

    @pytest.mark.parametrize("role", sorted(STAFF_ROLES))
    def test_my_account_leads_there(self, client: Client, role: Role) -> None:
        sign_in(client, MembershipFactory.create(**{role: True}))
        text = client.get(reverse("accounts:own_page")).content.decode()
        assert f'href="{reverse("accounts:calendar")}"' in text

    def test_families_have_none(self, client: Client) -> None:
        sign_in(client, MembershipFactory.create(parent=True))
        text = client.get(reverse("accounts:own_page")).content.decode()
        assert f'href="{reverse("accounts:calendar")}"' not in text
