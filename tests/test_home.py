"""What each hat finds on its home page, in how many queries; the public pages; the menu."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import resolve, reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time.models import CourseRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, LEA_ROLES, PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, NoLegalValue
from mocap_portal.home import guide, menu, waiting
from tests.factories.accounts import InvitationFactory, MembershipFactory
from tests.factories.coredata import UploadFactory
from tests.factories.directory import ClosedDayFactory, LeaFactory, LeaPolicyFactory, ProviderFactory
from tests.factories.full_time import ProgramFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.patterns import NoteFactory
from tests.factories.providers import SanctionFactory
from tests.factories.reconcile import MismatchFactory
from tests.factories.records import ClaimFactory, StudentFactory
from tests.factories.registration import RosterLineFactory
from tests.sign_in import sign_in

MONDAY = dt.datetime(2026, 11, 9, 18, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 9)
DUE = dt.date(2026, 11, 17)

Found = list[tuple[str, list[tuple[str, dt.date | None]]]]


def found(hat: Membership, *, today: dt.date = TODAY) -> Found:
    """What waits for a hat: per block its title, and of each thing what to do and by when.

    Without core data, which every district owes every autumn.
    """
    return [
        (block.title, [(item.what, item.due_on) for item in block.shown])
        for block in waiting.blocks(hat, today=today)
        if block.list_name != "coredata:files"
    ]


def staff(role: Role, request: CourseRequest) -> Membership:
    return MembershipFactory.create(role=role, organization=request.lea.organization)


def child(request: CourseRequest) -> str:
    return request.claim.full_name


# Families -----------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestFamilies:
    def test_a_request_that_was_taken_back_waits_for_nothing(self) -> None:
        request = CourseRequestFactory.create(submitted=True, state="cancelled")
        assert found(MembershipFactory.create(parent=True, user=request.claim.claimant)) == []

    def test_requests_with_what_they_wait_for(self) -> None:
        line = CourseLineFactory.create()
        request = line.request
        hat = MembershipFactory.create(parent=True, user=request.claim.claimant)
        draft = CourseRequestFactory.create(claim=request.claim)
        assert found(hat) == [
            (
                "Your requests",
                [
                    (f"Request {request.number} for {child(request)}, Second semester 2026-27", DUE),
                    (f"Finish and send the request for {child(draft)}, Second semester 2026-27", None),
                ],
            )
        ]
        about = [item.about for item in waiting.blocks(hat, today=TODAY)[0].shown]
        assert about == [
            "The district decides about 1 course",
            "You choose courses, check your answers and sign",
        ]

    def test_a_finished_request_waits_for_nothing(self) -> None:
        request = CourseRequestFactory.create(submitted=True, state="decided")
        hat = MembershipFactory.create(parent=True, user=request.claim.claimant)
        assert found(hat) == []

    def test_a_child_that_was_not_confirmed(self) -> None:
        judge = MembershipFactory.create(counselor=True)
        claim = ClaimFactory.create(
            state="refused", refusal="Another school?", judged_by=judge, judged_at=MONDAY
        )
        hat = MembershipFactory.create(parent=True, user=claim.claimant)
        assert found(hat) == [("Children the district did not confirm", [(claim.full_name, None)])]

    def test_nothing_of_another_family(self) -> None:
        CourseLineFactory.create()
        assert found(MembershipFactory.create(parent=True)) == []


# Districts ----------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestDistricts:
    def test_requests_to_decide_most_urgent_first(self) -> None:
        later = CourseLineFactory.create().request
        sooner = CourseRequestFactory.create(
            submitted=True, claim__school=later.claim.school, clock__due_on=TODAY
        )
        hat = staff(Role.COUNSELOR, later)
        assert found(hat)[0] == (
            "Requests to decide",
            [
                (f"Request {sooner.number} for {child(sooner)}", TODAY),
                (f"Request {later.number} for {child(later)}", DUE),
            ],
        )

    @pytest.mark.parametrize(
        ("role", "title"),
        [
            (Role.COUNSELOR, "Requests to look at: the principal decides"),
            (Role.DECIDER, "Requests to decide"),
        ],
    )
    def test_where_the_decision_is_reserved(self, role: Role, title: str) -> None:
        request = CourseRequestFactory.create(submitted=True)
        LeaPolicyFactory.create(lea=request.lea, reserved=True)
        assert found(staff(role, request))[0][0] == title

    def test_what_a_colleague_has_taken_and_ones_own_child_are_left_out(self) -> None:
        request = CourseRequestFactory.create(submitted=True)
        colleague = staff(Role.COUNSELOR, request)
        hat = staff(Role.COUNSELOR, request)
        CourseRequest.objects.update(assigned_to=colleague)
        own = CourseRequestFactory.create(
            submitted=True, claim__claimant=hat.user, claim__school=request.claim.school
        )
        titles = [title for title, _items in found(hat)]
        assert "Requests to decide" not in titles
        assert found(colleague)[0][1] == [
            (f"Request {request.number} for {child(request)}", DUE),
            (f"Request {own.number} for {child(own)}", DUE),
        ]

    def test_children_to_confirm(self) -> None:
        claim = ClaimFactory.create()
        hat = MembershipFactory.create(coordinator=True, organization=claim.school.lea.organization)
        assert found(hat) == [("Students to confirm", [(f"Confirm who {claim.full_name} is", None)])]

    def test_courses_to_register(self) -> None:
        line = CourseLineFactory.create(
            approved=True, request__state="decided", request__claim__confirmed=True
        )
        expected = (
            "Approved courses to register",
            [(f"Register {child(line.request)} for {line.course.title}", dt.date(2026, 11, 5))],
        )
        for role in (Role.COUNSELOR, Role.COORDINATOR, Role.LEA_ADMIN):
            assert expected in found(staff(role, line.request))

    def test_the_team(self) -> None:
        paused = CourseRequestFactory.create(submitted=True, clock__paused=True)
        running = CourseRequestFactory.create(
            submitted=True, claim__school=paused.claim.school, has_iep_or_504=True
        )
        assert found(staff(Role.SPECIAL_EDUCATION, paused)) == [
            (
                "Requests of students with an IEP or 504 plan",
                [(f"Request {running.number} for {child(running)}", DUE)],
            ),
            (
                "Requests with your team: the clock stands still",
                [(f"Request {paused.number} for {child(paused)}", None)],
            ),
        ]

    def test_what_is_overdue_reaches_the_coordinator(self) -> None:
        request = CourseRequestFactory.create(submitted=True, claim__confirmed=True)
        hat = staff(Role.COORDINATOR, request)
        assert found(hat, today=DUE) == []
        assert found(hat, today=DUE + dt.timedelta(days=1)) == [
            ("Overdue requests of your district", [(f"Request {request.number} for {child(request)}", DUE)])
        ]

    def test_a_missing_mosis_id(self) -> None:
        student = StudentFactory.create(mosis_id=None)
        StudentFactory.create(school=student.school)
        hat = MembershipFactory.create(data_clerk=True, organization=student.lea.organization)
        assert found(hat) == [("Students without a MOSIS ID", [(f"Enter the MOSIS ID of {student}", None)])]

    def test_a_missing_contact_and_people_invited(self) -> None:
        hat = MembershipFactory.create(lea_admin=True, lea__contact_name="")
        invitation = InvitationFactory.create(invited_by=hat)
        assert found(hat) == [
            ("Your district", [("Enter the MOCAP contact", None)]),
            ("Invited, not here yet", [(invitation.email, None)]),
        ]

    @pytest.mark.parametrize("role", sorted(LEA_ROLES))
    def test_nothing_of_another_district(self, role: Role) -> None:
        CourseLineFactory.create(approved=True)
        CourseRequestFactory.create(submitted=True, has_iep_or_504=True)
        StudentFactory.create(mosis_id=None)
        hat = MembershipFactory.create(role=role, organization=LeaFactory.create().organization)
        assert found(hat, today=DUE + dt.timedelta(days=1)) == []

    def test_what_could_not_start_and_what_is_finished_waits_for_the_coordinator(self) -> None:
        held = RosterLineFactory.create(confirmed=True, teacher=None)
        later = {"line__request": held.line.request, "line__starts_on": dt.date(2026, 11, 10)}
        RosterLineFactory.create(confirmed=True, **later)
        finished = RosterLineFactory.create(finished=True, line__request=held.line.request)
        name = child(held.line.request)
        assert found(staff(Role.COORDINATOR, held.line.request)) == [
            (
                "Courses that could not start",
                [(f"{held.line.course.title} of {name} could not start", dt.date(2026, 11, 5))],
            ),
            (
                "Results to confirm",
                [(f"Confirm the credit of {name} for {finished.line.course.title}", None)],
            ),
        ]

    @pytest.mark.rule("R-93")
    def test_courses_that_go_on_at_a_provider_that_may_not_teach(self) -> None:
        """The district reads whose they are; the state office how many, and no name."""
        running, sent = RosterLineFactory.create(running=True), RosterLineFactory.create()
        RosterLineFactory.create(finished=True, line__course=running.line.course)
        coordinator = staff(Role.COORDINATOR, running.line.request)
        reviewer = MembershipFactory.create(dese_reviewer=True)
        before = [found(coordinator), found(reviewer)]
        SanctionFactory.create(provider=running.provider, valid_from=TODAY)
        title = "Courses at providers that are not authorized today"
        name = child(running.line.request)
        assert [block for block in found(coordinator) if block not in before[0]] == [
            (title, [(f"{running.line.course.title} of {name}, at {running.provider}", None)])
        ]
        assert [block for block in found(reviewer) if block not in before[1]] == [
            ("Providers not authorized today that have students", [(str(running.provider), None)])
        ]
        assert title not in dict(found(staff(Role.COORDINATOR, sent.line.request)))


# Providers and the state --------------------------------------------------------------------------


@pytest.mark.django_db
class TestProviders:
    @pytest.mark.parametrize("role", [Role.PROVIDER_STAFF, Role.PROVIDER_ADMIN])
    def test_students_to_confirm(self, role: Role) -> None:
        row = RosterLineFactory.create()
        hat = MembershipFactory.create(role=role, organization=row.provider.organization)
        what = f"Confirm {row.first_name} {row.last_name} in {row.line.course.title}"
        assert found(hat) == [("Students to confirm", [(what, row.clock.due_on)])]

    def test_results_to_report_and_certificates_that_end(self) -> None:
        row = RosterLineFactory.create(
            running=True, line__ends_on=dt.date(2026, 11, 8), teacher__valid_to=dt.date(2026, 12, 31)
        )
        RosterLineFactory.create(
            running=True, line__course__provider=row.provider
        )  # goes on, certificate too
        RosterLineFactory.create(finished=True, line__course__provider=row.provider, teacher__expired=True)
        hat = MembershipFactory.create(role=Role.PROVIDER_STAFF, organization=row.provider.organization)
        what = f"Report how {row.student_name} did in {row.line.course.title}"
        assert found(hat) == [
            ("Results to report", [(what, dt.date(2026, 11, 8))]),
            (
                "Certificates that end",
                [(f"Renew the certificate of {row.teacher}", dt.date(2026, 12, 31))],
            ),
        ]

    def test_nothing_of_another_provider(self) -> None:
        RosterLineFactory.create()
        hat = MembershipFactory.create(
            role=Role.PROVIDER_STAFF, organization=ProviderFactory.create().organization
        )
        assert found(hat) == []


@pytest.mark.django_db
class TestTheState:
    def test_overdue_requests_without_a_childs_name(self, client: Client) -> None:
        request = CourseRequestFactory.create(submitted=True)
        hat = MembershipFactory.create(dese_reviewer=True)
        with time_machine.travel(MONDAY + dt.timedelta(days=30), tick=False):
            text = sign_in(client, hat).get(reverse("home")).content.decode()
        assert request.number in text
        assert request.claim.last_name not in text

    def test_an_emergency_to_confirm(self) -> None:
        day = ClosedDayFactory.create(emergency_asked_at=MONDAY)
        ClosedDayFactory.create(emergency_asked_at=MONDAY, emergency_confirmed_at=MONDAY)
        ClosedDayFactory.create()
        assert found(MembershipFactory.create(dese_admin=True)) == [
            (
                "Emergency closures",
                [("Confirm that schools are closed on Wednesday, December 23, 2026", None)],
            )
        ]
        block = waiting.blocks(MembershipFactory.create(dese_admin=True), today=TODAY)[0]
        assert block.shown[0].about == f"{day.lea}: Winter break"


@pytest.mark.django_db
def test_no_more_than_ten_of_a_kind_and_the_way_to_the_rest() -> None:
    claim = ClaimFactory.create()
    ClaimFactory.create_batch(9, school=claim.school)
    hat = MembershipFactory.create(data_clerk=True, organization=claim.school.lea.organization)
    _core_data, block = waiting.blocks(hat, today=TODAY)
    assert (len(block.shown), block.all_url) == (10, "")
    ClaimFactory.create_batch(5, school=claim.school)
    _core_data, block = waiting.blocks(hat, today=TODAY)
    assert (len(block.shown), block.all_url) == (10, reverse("records:claims"))


@pytest.mark.django_db
@pytest.mark.rule("V-16")
def test_core_data_that_is_owed() -> None:
    """October's files, the state's usual days: nothing yet, a trial with errors, and one that another has outdated."""
    lea = LeaFactory.create()
    hat = MembershipFactory.create(data_clerk=True, lea=lea)
    UploadFactory.create(lea=lea, certified=True)  # Student Core
    trial = UploadFactory.create(lea=lea, trial=True, errors=2)  # Course Assignment
    assigned = {"collection__kind": "stu_assign", "needs_recheck": True}
    UploadFactory.create(lea=lea, certified=True, **assigned)
    (block,) = waiting.blocks(hat, today=dt.date(2026, 10, 20))
    address = reverse("coredata:upload", args=[trial.pk])
    assert [(item.what, item.about, item.due_on) for item in block.items] == [
        ("Certify Course Assignment, October 2026", "Its trial has errors.", dt.date(2026, 10, 31)),
        (
            "Certify Student Assignment, October 2026",
            "Course Assignment has changed since.",
            dt.date(2026, 10, 31),
        ),
    ]
    assert [item.url for item in block.items] == [address, reverse("coredata:files")]
    (block,) = waiting.blocks(hat, today=dt.date(2026, 8, 31))
    assert [item.what for item in block.items] == ["Certify Student Course Completion, June 2026"]


@pytest.mark.django_db
def test_mismatches_wait_by_their_cause() -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    MismatchFactory.create(lea=lea, provider=provider, code="M-10")
    MismatchFactory.create_batch(2, lea=lea, code="M-20")
    MismatchFactory.create(lea=lea, code="M-37")  # for information only
    MismatchFactory.create(code="M-20")
    clerk = MembershipFactory.create(coordinator=True, lea=lea)
    staff = MembershipFactory.create(provider_staff=True, provider=provider)

    (of_district,), (of_provider,) = (
        [block for block in waiting.blocks(hat, today=TODAY) if block.title == "Mismatches"]
        for hat in (clerk, staff)
    )

    district, own = reverse("reconcile:of_district"), reverse("reconcile:of_provider")
    assert [(item.what, item.url, item.about) for item in of_district.items] == [
        ("M-20: Program code missing", f"{district}?code=M-20", "2 mismatches"),
        ("M-10: Provider only", f"{district}?code=M-10", "One mismatch"),
    ]
    assert [item.url for item in of_provider.items] == [f"{own}?code=M-10"]


@pytest.mark.django_db
def test_what_rises_waits_until_somebody_has_seen_it() -> None:
    older = NoteFactory.create(provider__organization__name="Lantern Hill")
    newer = NoteFactory.create(of_rule=True, found_on=older.found_on + dt.timedelta(days=1))
    NoteFactory.create(seen=True)
    NoteFactory.create(dismissed=True)
    NoteFactory.create(over=True, of_district=True, lea__organization__name="Walnut Fork")
    titles = []
    for trait in ("dese_reviewer", "dese_admin"):
        (block,) = waiting.blocks(MembershipFactory.create(**{trait: True}), today=TODAY)
        titles.append(block.title)
        assert [(item.about, item.url) for item in block.items][:2] == [
            ("Rule R-15", reverse("patterns:note", args=[newer.pk])),
            ("The teacher cannot be reached: Lantern Hill", reverse("patterns:note", args=[older.pk])),
        ]
        assert len(block.items) == 3  # the one that is over was not seen either
    assert titles == ["Concerns that rise"] * 2
    assert "Concerns that rise" not in [
        block.title for block in waiting.blocks(MembershipFactory.create(lea_admin=True), today=TODAY)
    ]


# The page -----------------------------------------------------------------------------------------

ON_EVERY_PAGE = 3  # session, person, hats
QUERIES = {
    Role.PARENT: 6,  # requests, their lines, pauses of their clocks; applications; refused children; letters
    Role.ADULT_STUDENT: 6,
    Role.STUDENT_ON_OWN: 6,
    Role.COUNSELOR: 8,  # who decides, requests, registrations, moves, payments, records, children, applications
    Role.SPECIAL_EDUCATION: 2,
    Role.DECIDER: 3,
    Role.COORDINATOR: 23,  # the school year's reports: year, semesters, how many; of two tracks who is behind
    Role.DATA_CLERK: 8,  # records, children, MOSIS IDs; windows of core data, its files; rooms; exits
    Role.LEA_ADMIN: 11,
    # To confirm, results, certificates; the school year's progress reports and those to write; the report to DESE:
    # year, days, students told and reported, last as of, last sent. Rooms.
    Role.PROVIDER_STAFF: 16,
    Role.PROVIDER_ADMIN: 19,
    Role.HOST_STAFF: 14,  # applications, students, records, sports, policies; reports, membership; letters, cessations
    Role.DESE_REVIEWER: 13,  # concerns and which rise; transcripts: how many, which, which to mail
    Role.DESE_ADMIN: 17,
}


@pytest.fixture
def busy() -> CourseRequest:
    """A request of a district in which there are two of everything, so that a query per row would show."""
    first = CourseLineFactory.create(request__has_iep_or_504=True)
    claim = first.request.claim
    for _number in range(2):
        CourseLineFactory.create(request__claim=claim)
        CourseLineFactory.create(approved=True, request__claim=claim, course=first.course)
        ClaimFactory.create(school=claim.school)
        StudentFactory.create(mosis_id=None, school=claim.school)
        ClosedDayFactory.create(emergency_asked_at=MONDAY)
    return first.request


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_queries_of_a_home_page(
    client: Client, busy: CourseRequest, role: Role, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    if role in FAMILY_ROLES:
        hat = MembershipFactory.create(role=role, user=busy.claim.claimant)
    elif role in PROVIDER_ROLES:
        row = RosterLineFactory.create()
        RosterLineFactory.create(provider=row.provider)
        hat = MembershipFactory.create(role=role, organization=row.provider.organization)
    else:
        hat = staff(role, busy)
    with time_machine.travel(MONDAY + dt.timedelta(days=30), tick=False):
        sign_in(client, hat)
        with django_assert_num_queries(ON_EVERY_PAGE + QUERIES[role]):
            response = client.get(reverse("home"))
    assert response.status_code == 200


@pytest.mark.django_db
class TestLanding:
    def test_a_visitor_reads_what_mocap_is(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(0):
            response = client.get(reverse("home"))
        text = response.content.decode()
        assert response.status_code == 200
        for link in (
            "account_signup",
            "account_login",
            "how_it_works",
            "how_full_time_works",
            "providers:catalog",
        ):
            assert f'href="{reverse(link)}"' in text

    def test_somebody_without_a_hat_is_told_what_to_do(self, client: Client) -> None:
        hat = MembershipFactory.create(counselor=True, ended=True)
        client.force_login(hat.user)
        text = client.get(reverse("home")).content.decode()
        assert "You have no role yet" in text
        assert f'href="{reverse("accounts:add_family_hat")}"' in text

    def test_nothing_waits(self, client: Client) -> None:
        text = sign_in(client, MembershipFactory.create(host_staff=True)).get("/").content.decode()
        assert "Nothing waits for you." in text

    def test_families_may_ask_at_once(self, client: Client) -> None:
        text = sign_in(client, MembershipFactory.create(parent=True)).get("/").content.decode()
        assert f'href="{reverse("part_time:start")}"' in text

    def test_overdue_is_said_in_words(self, client: Client) -> None:
        request = CourseRequestFactory.create(submitted=True)
        hat = staff(Role.DECIDER, request)
        with time_machine.travel(MONDAY + dt.timedelta(days=8), tick=False):
            assert "Today" in sign_in(client, hat).get("/").content.decode()
        with time_machine.travel(MONDAY + dt.timedelta(days=9), tick=False):
            assert "Overdue" in sign_in(client, hat).get("/").content.decode()


# How it works -------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestHowItWorks:
    def test_numbers_come_from_the_states_rows(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        LegalValue.objects.filter(key=LegalKey.DECISION_DAYS).update(number=Decimal(12))
        with django_assert_num_queries(2):
            text = client.get(reverse("how_it_works")).content.decode()
        assert "Within 12 business days after you sign" in text
        assert "Within 3 business days after the approval" in text
        assert "Within 5 business days after the registration" in text
        assert "answers within 30 calendar days of its meeting" in text
        assert "a final answer within 7 calendar days" in text
        assert "under 21 years old" in text

    def test_what_is_agreed_to_and_what_a_denial_rests_on(self) -> None:
        found = guide.part_time(TODAY)
        assert [code.code for code in found.statements] == [
            "weekly_time",
            "same_calendar",
            "active_part",
            "device_and_internet",
            "district_rules",
            "activities",
        ]
        assert len(found.factors) == 10

    def test_the_finding_that_the_state_can_switch_off(self, client: Client) -> None:
        sentence = "in the semester before"
        assert sentence in client.get(reverse("how_it_works")).content.decode()
        LegalValue.objects.filter(key=LegalKey.PRIOR_SEMESTER).update(number=0)
        assert sentence not in client.get(reverse("how_it_works")).content.decode()

    def test_a_gap_in_the_law_is_an_error(self) -> None:
        with pytest.raises(NoLegalValue, match="board_appeal_days"):
            guide.part_time(dt.date(2010, 1, 1))

    def test_it_is_text(self, client: Client) -> None:
        text = client.get(reverse("how_it_works")).content.decode()
        assert re.findall(r"<img\b", text) == []


@pytest.mark.django_db
class TestHowFullTimeWorks:
    @pytest.mark.parametrize(
        ("key", "sentence"),
        [
            (LegalKey.RESIDENT_INPUT_DAYS, "The district then has 37 business days"),
            (LegalKey.RECORDS_ANSWER_DAYS, "within 37 business days after the program asks"),
            (LegalKey.FOSTER_ANSWER_DAYS, "For a child in foster care within 37 business days"),
            (LegalKey.FULL_TIME_CREDITS, "A full-time schedule has 37 credits or more"),
            (LegalKey.PROGRESS_REPORTS, "You get 37 progress reports a school year or more"),
            (LegalKey.PLACEMENT_DAYS, "Within 37 business days it sends you a list"),
            (LegalKey.PROGRAM_REVIEW_DAYS, "answers within 37 business days"),
            (LegalKey.MAXIMUM_AGE, "under 37 years old"),
            (LegalKey.ADULT_AGE, "Students of 37 or over"),
        ],
    )
    def test_numbers_come_from_the_states_rows(self, client: Client, key: LegalKey, sentence: str) -> None:
        address = reverse("how_full_time_works")
        assert sentence not in client.get(address).content.decode()
        LegalValue.objects.filter(key=key).update(number=37)
        assert sentence in client.get(address).content.decode()

    def test_one_query_for_all_of_them(
        self, client: Client, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            client.get(reverse("how_full_time_works"))

    def test_the_finding_that_the_state_can_switch_off(self, client: Client) -> None:
        sentence = "in the semester before"
        assert sentence in client.get(reverse("how_full_time_works")).content.decode()
        LegalValue.objects.filter(key=LegalKey.PRIOR_SEMESTER).update(number=0)
        assert sentence not in client.get(reverse("how_full_time_works")).content.decode()

    def test_a_gap_in_the_law_is_an_error(self) -> None:
        with pytest.raises(NoLegalValue, match="resident_input_days"):
            guide.full_time(dt.date(2010, 1, 1))

    @pytest.mark.rule("R-35")
    def test_families_read_that_their_district_has_no_veto(self, client: Client) -> None:
        text = client.get(reverse("how_full_time_works")).content.decode()
        assert "It does not approve and does not deny: it cannot stop the application." in text

    def test_the_two_tracks_and_the_programs_lead_to_it(self, client: Client) -> None:
        program = ProgramFactory.create()
        link = f'href="{reverse("how_full_time_works")}"'
        for address in (
            reverse("how_it_works"),
            reverse("full_time:programs"),
            reverse("full_time:program", args=[program.pk]),
        ):
            assert link in client.get(address).content.decode()
        text = client.get(reverse("how_full_time_works")).content.decode()
        for name in ("how_it_works", "full_time:programs"):
            assert f'href="{reverse(name)}"' in text

    def test_a_programs_page_names_the_days_that_hold_today(self, client: Client) -> None:
        program = ProgramFactory.create()
        LegalValue.objects.filter(key=LegalKey.RESIDENT_INPUT_DAYS).update(number=37)
        text = client.get(reverse("full_time:program", args=[program.pk])).content.decode()
        assert "It has 37 business days to inform the program" in text

    def test_it_is_text(self, client: Client) -> None:
        text = client.get(reverse("how_full_time_works")).content.decode()
        assert re.findall(r"<img\b", text) == []


# The menu -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_every_entry_of_a_menu_opens(client: Client, role: Role) -> None:
    organizations = {
        **dict.fromkeys(Role, LeaFactory.create().organization),
        **dict.fromkeys(PROVIDER_ROLES, ProviderFactory.create().organization),
        **dict.fromkeys(FAMILY_ROLES, None),
    }
    hat = MembershipFactory.create(role=role, organization=organizations[role])
    sign_in(client, hat)
    for link in client.get(reverse("home")).context["nav"]:
        assert client.get(link.url).status_code == 200, link.url


@pytest.mark.django_db
def test_a_visitors_menu(client: Client) -> None:
    names = [resolve(link.url).view_name for link in client.get(reverse("home")).context["nav"]]
    assert names == ["how_it_works", "districts:districts", "providers:catalog", "full_time:programs"]
    for name in names:
        assert client.get(reverse(name)).status_code == 200


def test_no_menu_is_too_long_for_a_phone() -> None:
    assert max(len(entries) for entries in menu.ENTRIES.values()) <= 7
    assert set(menu.ENTRIES) == set(Role)


@pytest.mark.parametrize(
    ("page", "entry"),
    [
        ("retention:overview", "Concerns"),
        ("patterns:trends", "Concerns"),
        ("reconcile:state", "Core data"),
        ("coredata:report_queue", "Core data"),
    ],
)
@pytest.mark.django_db
def test_the_state_s_menu_marks_the_section_of_a_page_beside_its_entry(
    client: Client, page: str, entry: str
) -> None:
    sign_in(client, MembershipFactory.create(dese_reviewer=True))
    marked = [link.label for link in client.get(reverse(page)).context["nav"] if link.current]
    assert marked == [entry]
