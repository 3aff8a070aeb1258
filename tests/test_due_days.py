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

from concerns.models import Asked
from coredata.models import CollectionWindow
from enrollment.full_time.models import ProgramApplication, ProgramEnrollment, ProgramReview, RecordsRequest
from enrollment.part_time.models import CourseRequest
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.models import (
    DESE_ROLES,
    HOST_ROLES,
    LEA_ROLES,
    PROVIDER_ROLES,
    STAFF_ROLES,
    CalendarFeed,
    Membership,
    Role,
    User,
)
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Term
from mocap_portal.home import due_days
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import PlacementFactory
from tests.factories.clocks import ClockFactory
from tests.factories.concerns import AskedFactory
from tests.factories.coredata import UploadFactory
from tests.factories.directory import ClosedDayFactory, LeaFactory, ProviderFactory, SchoolFactory
from tests.factories.full_time import (
    ProgramApplicationFactory,
    ProgramEnrollmentFactory,
    ProgramFactory,
    ProgramReviewFactory,
    RecordsRequestFactory,
)
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.progress import ProgressReportFactory
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
        }
        if role != Role.DATA_CLERK:  # who has no part in a request
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


# One due thing of each kind -----------------------------------------------------------------------

FIRST_QUARTER, SECOND_QUARTER = dt.date(2026, 10, 19), dt.date(2026, 12, 20)
LATE = dt.date(2026, 11, 6)
SOON = dt.date(2026, 11, 12)
Read = tuple[str, dt.date, str]


class World:
    """A district, the host of a program and a provider, each with one due thing of each kind, and who reads them."""

    def __init__(self) -> None:
        self.school = SchoolFactory.create()
        self.lea, self.host, self.provider = self.school.lea, LeaFactory.create(), ProviderFactory.create()
        self.program = ProgramFactory.create(host=self.host)
        self.add()
        AskedFactory.create(lea=self.lea, clock=ClockFactory.create(kind="concern_answer"))
        UploadFactory.create(lea=self.lea, certified=True)  # Student Core of October

    def add(self) -> None:
        request = CourseRequestFactory.create(submitted=True, claim__school=self.school)
        line = CourseLineFactory.create(
            approved=True,
            request__state="decided",
            request__claim__school=self.school,
            request__clock__stopped=True,
        )
        applied, refused = self._application(applied=True), self._application(refused=True)
        asked = RecordsRequestFactory.create(application=applied)
        review = ProgramReviewFactory.create(application=refused)
        enrolled = self._student(enrolled=True)
        late = RecordsRequestFactory.create(application=enrolled.application, clock__due_on=LATE)
        left = self._student(
            disenrolled=True, ended_on=LATE, ended_at=dt.datetime(2026, 11, 6, 15, tzinfo=dt.UTC)
        )
        placement = PlacementFactory.create(
            enrollment=left, opened_at=left.ended_at, clock__due_on=SOON, clock__first_due_on=SOON
        )
        row = RosterLineFactory.create(line__course__provider=self.provider)
        RosterLineFactory.create(
            running=True,
            line__course__provider=self.provider,
            line__request__term=Term.objects.get(code="S1", school_year=2027),
        )

        def day(what: str, due_on: dt.date, name: str, *pks: int) -> Read:
            return (what, due_on, reverse(name, args=pks))

        number = enrolled.application.number
        self.decision = day(f"{request.number}: answer due", DUE, "part_time:review", request.pk)
        self.registration = day(
            f"{line.request.number}: registration due", dt.date(2026, 11, 5), "registration:line", line.pk
        )
        self.answer = ("Answer to the state office due", DUE, "")
        self.input = day(
            f"{applied.number}: information for the program due",
            DUE,
            "full_time:resident_application",
            applied.pk,
        )
        self.records = [
            day(f"{number}: records due", LATE, "full_time:answer_records", late.pk),
            day(f"{applied.number}: records due", SOON, "full_time:answer_records", asked.pk),
        ]
        self.late_records = day(
            f"{number}: records are late", LATE, "full_time:records", enrolled.application_id
        )
        self.review = day(f"{refused.number}: second look due", DUE, "full_time:look_again", review.pk)
        self.options = f"{left.application.number}: options for the family due"
        self.placement = day(self.options, SOON, "attendance:placement", placement.pk)
        self.state_placement = day(self.options, SOON, "full_time:enrollment", left.pk)
        self.reports = [
            day("Progress reports due", due_on, "progress:students")
            for due_on in (FIRST_QUARTER, SECOND_QUARTER)
        ]
        self.files = [
            day(f"Certify {kind} Assignment, October 2026", dt.date(2026, 10, 31), "coredata:files")
            for kind in ("Course", "Student")
        ]
        self.confirmation = day(
            f"Roster line {row.pk}: confirmation due",
            dt.date(2026, 11, 13),
            "registration:confirm",
            row.pk,
        )

    def _application(self, **traits: object) -> ProgramApplication:
        application: ProgramApplication = ProgramApplicationFactory.create(
            program=self.program, claim__school=self.school, **traits
        )
        return application

    def _student(self, **traits: object) -> ProgramEnrollment:
        application = self._application(admitted=True, claim__confirmed=True, input_clock__stopped=True)
        enrollment: ProgramEnrollment = ProgramEnrollmentFactory.create(
            application=application, starts_on=dt.date(2026, 8, 20), **traits
        )
        return enrollment

    def hat(self, role: Role) -> Membership:
        owner = self.host if role in HOST_ROLES else self.provider if role in PROVIDER_ROLES else self.lea
        return MembershipFactory.create(role=role, organization=owner.organization)

    def due(self, role: Role) -> list[Read]:
        """What this role has to do, as the calendar says it; the page of a question of the state office left out."""
        return {
            Role.COUNSELOR: [self.registration, self.decision, self.input, *self.records],
            Role.COORDINATOR: [
                self.registration,
                self.decision,
                self.answer,
                self.input,
                *self.records,
                self.placement,
            ],
            Role.DECIDER: [self.decision, self.answer],
            Role.SPECIAL_EDUCATION: [self.decision],
            Role.DATA_CLERK: [*self.records, *self.files],
            Role.LEA_ADMIN: [self.registration, self.answer, self.placement],
            Role.HOST_STAFF: [self.late_records, self.review, *self.reports],
            Role.PROVIDER_STAFF: [self.confirmation, self.reports[1]],
            Role.PROVIDER_ADMIN: [self.confirmation, self.reports[1]],
        }[role]


# The feed, that it was read, one for each kind of thing, changes of clocks. Progress reports take four: the school
# year, its semesters, how many there are, those that are missing. Core data takes two.
QUERIES = {
    Role.COUNSELOR: 7,
    Role.COORDINATOR: 9,
    Role.DECIDER: 5,
    Role.SPECIAL_EDUCATION: 4,
    Role.DATA_CLERK: 6,
    Role.LEA_ADMIN: 6,
    Role.HOST_STAFF: 9,
    Role.PROVIDER_STAFF: 9,
    Role.PROVIDER_ADMIN: 9,
}


@pytest.mark.django_db
class TestOneOfEachKind:
    @pytest.mark.rule("R-37", "R-48", "R-51", "R-59", "R-71", "V-16")
    @pytest.mark.parametrize("role", sorted(STAFF_ROLES - DESE_ROLES))
    def test_each_role_reads_its_own_and_nothing_of_others(self, role: Role) -> None:
        world = World()
        World()
        question = reverse("concerns:question", args=[Asked.objects.get(lea=world.lea).pk])
        found = [
            (what, due_on, "" if path == question else path) for what, due_on, path in read(world.hat(role))
        ]
        assert sorted(found) == sorted(world.due(role))
        assert [due_on for _what, due_on, _path in found] == sorted(due_on for _what, due_on, _path in found)

    @pytest.mark.parametrize("number", [1, 3])
    @pytest.mark.parametrize("role", sorted(QUERIES))
    def test_as_many_queries_for_many_things_as_for_one(
        self, role: Role, number: int, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        world = World()
        for _one in range(number - 1):
            world.add()
        address = address_of(world.hat(role))
        with django_assert_num_queries(QUERIES[role]):
            assert Client().get(address).status_code == 200

    @pytest.mark.rule("R-59")
    @pytest.mark.parametrize("role", sorted(DESE_ROLES))
    def test_the_state_office_reads_which_families_have_no_options_in_time(self, role: Role) -> None:
        world = World()
        hat = MembershipFactory.create(**{role: True})
        assert read(hat) == []
        with time_machine.travel(NOW + dt.timedelta(days=4), tick=False):
            assert read(hat) == [world.state_placement]

    @pytest.mark.rule("R-31")
    @pytest.mark.parametrize("role", [Role.COORDINATOR, Role.DATA_CLERK, Role.HOST_STAFF])
    def test_none_names_anybody(self, role: Role) -> None:
        world = World()
        text = Client().get(address_of(world.hat(role))).content.decode().replace("\r\n ", "")
        claims = [row.claim for row in ProgramApplication.objects.select_related("claim")]
        secrets = {name for claim in claims for name in (claim.first_name, claim.last_name)} | {
            str(world.program),
            str(world.lea),
            str(world.host),
            str(world.school),
        }
        assert "BEGIN:VEVENT" in text
        assert [secret for secret in secrets if secret in text] == []

    @pytest.mark.rule("R-134")
    def test_nobody_acts_for_a_child_of_their_own(self) -> None:
        world = World()
        for role in (Role.COORDINATOR, Role.DATA_CLERK, Role.HOST_STAFF):
            hat = world.hat(role)
            for claim in Claim.objects.filter(student__isnull=False):
                GuardianFactory.create(student=claim.student, user=hat.user)
            for claim in Claim.objects.filter(student__isnull=True):
                Claim.objects.filter(pk=claim.pk).update(claimant=hat.user)
            left = {what for what, _due_on, _path in read(hat)}
            assert {
                what for what in left if what.startswith("FT-") or what == "Progress reports due"
            } == set()

    @pytest.mark.rule("R-37")
    def test_information_that_is_late_changes_nothing_and_is_due_no_more(self) -> None:
        world = World()
        hat = world.hat(Role.COUNSELOR)
        with time_machine.travel(dt.datetime(2026, 11, 17, 18, tzinfo=dt.UTC), tick=False):
            assert world.input in read(hat)
        with time_machine.travel(dt.datetime(2026, 11, 18, 18, tzinfo=dt.UTC), tick=False):
            assert world.input not in read(hat)

    def test_what_is_done_is_due_no_more(self) -> None:
        world = World()
        ProgramReview.objects.update(
            outcome="upheld", answer="No.", answered_at=NOW, answered_by=world.hat(Role.HOST_STAFF)
        )
        RecordsRequest.objects.update(answer="Sent.", answered_at=NOW, answered_by=world.hat(Role.DATA_CLERK))
        Clock.objects.filter(kind__in=["program_review", "records", "placement"]).update(stopped_at=NOW)
        for enrollment in ProgramEnrollment.objects.all():
            ProgressReportFactory.create(enrollment=enrollment, number=1, due_on=FIRST_QUARTER)
        assert read(world.hat(Role.HOST_STAFF)) == [world.reports[1]]
        assert read(world.hat(Role.DATA_CLERK)) == world.files
        assert world.placement not in read(world.hat(Role.COORDINATOR))

    @pytest.mark.rule("V-16")
    def test_a_file_that_another_outdated_is_due_again(self) -> None:
        world = World()
        UploadFactory.create(lea=world.lea, certified=True, collection__kind="crs_assign", needs_recheck=True)
        UploadFactory.create(lea=world.lea, certified=True, collection__kind="stu_assign")
        hat = world.hat(Role.DATA_CLERK)
        assert [day for day in read(hat) if day not in world.records] == [world.files[0]]

    def test_a_day_of_the_states_calendar_is_one_event_until_it_moves(self) -> None:
        world = World()
        address = address_of(world.hat(Role.DATA_CLERK))

        def uids() -> set[str]:
            found = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
            return {str(event["UID"]) for event in found if "Course Assignment" in str(event["SUMMARY"])}

        window = CollectionWindow.objects.get(school_year=2027, cycle="Oct", kind="crs_assign")
        assert uids() == uids() == {f"collection-{window.pk}-20261031@mocap-portal"}
        CollectionWindow.objects.filter(pk=window.pk).update(due_on=dt.date(2026, 11, 10))
        assert uids() == {f"collection-{window.pk}-20261110@mocap-portal"}

    def test_without_a_school_year_the_other_days_stand(self) -> None:
        world = World()
        with time_machine.travel(dt.datetime(2100, 1, 4, 18, tzinfo=dt.UTC), tick=False):
            address = address_of(world.hat(Role.PROVIDER_STAFF))
            found = Calendar.from_ical(Client().get(address).content).walk("VEVENT")
        assert [str(event["SUMMARY"]) for event in found] == [world.confirmation[0]]


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
    uid = f"clock-{number}@mocap-portal"
    day = due_days.DueDay(uid, due_on, what, f"/requests/{number}/review/", clock_id=number)
    written = Calendar.new()
    written.add_component(due_days.event(day, due_days.Version(version, NOW)))
    (found,) = Calendar.from_ical(written.to_ical()).walk("VEVENT")
    assert (str(found["UID"]), found.decoded("DTSTART")) == (uid, due_on)
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
        with django_assert_num_queries(QUERIES[Role.COUNSELOR]):
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
