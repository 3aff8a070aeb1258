"""The demo is built whole, once, on any day of the year, and through the portal's own actions."""

import datetime as dt
import logging
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client, TestCase, override_settings
from django.urls import reverse
from pytest_django import DjangoDbBlocker
from pytest_django.fixtures import Settings

from concerns.movip.models import ArchiveRow, TranscriptRequest
from concerns.retention.actions import KINDS
from concerns.retention.models import Table
from coredata.models import Upload
from coredata.reconcile.catalogue import CATALOGUE, Family
from coredata.reconcile.lists import inside
from coredata.reconcile.models import Mismatch
from enrollment.attendance.models import Placement
from enrollment.certification.models import Certification
from enrollment.full_time.models import ProgramApplication, ProgramEnrollment
from enrollment.part_time.models import CourseLine, CourseRequest, Decision
from enrollment.records.matching import candidates
from enrollment.records.models import Claim, Student
from enrollment.registration.actions import NoDataAgreement, what_is_missing
from enrollment.registration.models import RosterLine
from mocap_portal.demo.builder import PARTS, NotTheDemo, build
from mocap_portal.demo.builder.places import COMPASS_POINT, HARROW_SPRINGS, WALNUT_FORK
from mocap_portal.demo.models import DemoMail, DemoPerson
from mocap_portal.foundation.accounts.models import ApiToken, Invitation, Membership, Role, User
from mocap_portal.foundation.clocks.models import ChaseRun, Clock, ClockKind
from mocap_portal.foundation.directory.models import ClosedDay, Lea, LeaPolicy, School
from mocap_portal.foundation.papers.models import DigestItem, Letter, LetterKind, Notice
from mocap_portal.home import health
from providers.days import CatalogDay
from providers.models import Agreement, Authorization, Availability, Course
from tests.rows import everything

pytestmark = pytest.mark.django_db

BEGINS = "The building begins."
TUESDAY = dt.datetime(2026, 11, 10, 15, 30, tzinfo=dt.UTC)  # half past nine in Missouri
FRIDAY = dt.datetime(2026, 11, 27, 18, tzinfo=dt.UTC)
THREE_LEAS = (WALNUT_FORK, HARROW_SPRINGS, COMPASS_POINT)
PEOPLE_AND_PLACES = ["places", "catalog", "people", "offers"]
INVITING = [*PEOPLE_AND_PLACES, "requests"]


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def counted(rows: models.QuerySet[models.Model, str]) -> Counter[str]:
    return Counter(rows)


@dataclass
class Told:
    """What building told: the command, and every line of the log."""

    out: StringIO = field(default_factory=StringIO)
    err: StringIO = field(default_factory=StringIO)
    log: StringIO = field(default_factory=StringIO)


@contextmanager
def kept(log: StringIO) -> Iterator[None]:
    """Every line of the log, down to the last detail."""
    handler, root = logging.StreamHandler(log), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logging.getLogger("mocap_portal.demo").debug(BEGINS)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.fixture(scope="class")
def demo_kept(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Told]:
    """The `parts` of the class, built once; what a test writes is rolled back with it, and the demo at the end.

    First the parts that invite somebody, whose mails go out when they are committed; the rest by the command.
    """
    told = Told()
    with django_db_blocker.unblock(), transaction.atomic():
        with (
            override_settings(
                MEDIA_ROOT=tmp_path_factory.mktemp("media"),
                EMAIL_BACKEND="mocap_portal.demo.mailbox.EmailBackend",
            ),
            time_machine.travel(TUESDAY, tick=False),
            kept(told.log),
        ):
            first = [part for part in request.cls.parts if part in INVITING]
            with TestCase.captureOnCommitCallbacks(execute=True):
                assert build(at=TUESDAY, parts=first) == first
            if request.cls.parts != first:
                with TestCase.captureOnCommitCallbacks(execute=True):
                    call_command("build_demo", stdout=told.out, stderr=told.err)
        yield told
        transaction.set_rollback(True)


@pytest.mark.xdist_group("demo of places and people")
@pytest.mark.usefixtures("demo_kept")
class TestPlacesAndPeople:
    parts = PEOPLE_AND_PLACES

    def test_two_districts_and_a_charter_school(self) -> None:
        leas = Lea.objects.order_by("state_district_id")
        assert list(leas.values_list("state_district_id", "organization__name", "kind")) == [
            ("991101", "Walnut Fork R-V", "district"),
            ("992102", "Harrow Springs", "district"),
            ("995901", "Compass Point Charter", "charter"),
        ]
        assert all(lea.contact_name and lea.contact_email for lea in leas)
        assert School.objects.count() == 12
        assert School.objects.filter(aplus=True).count() == 2

    def test_each_board_has_decided_something_else(self) -> None:
        policies = LeaPolicy.objects.order_by("lea__state_district_id")
        assert list(policies.values_list("decision_by", "appeal_ladder")) == [
            ("counselor", "board_then_dese"),
            ("decider", "board_then_dese"),
            ("counselor", "local"),
        ]

    def test_the_catalog(self) -> None:
        assert Course.objects.count() == 316
        assert (
            Course.objects.on_offer(starting=dt.date(2027, 1, 6)).count() == 314
        )  # one provider is suspended
        assert counted(Course.objects.values_list("provider__code", flat=True)) == {
            "LANTERN": 191,
            "PRAIRIE": 121,
            "COPPER": 2,
            "WALNUT": 2,
        }
        assert Course.objects.filter(ap=True).count() == 42
        assert Course.objects.filter(instruction="curriculum_only").count() == 43
        assert counted(Authorization.objects.values_list("kind", flat=True)) == {"grant": 3, "automatic": 1}
        assert counted(Agreement.objects.values_list("kind", flat=True)) == {
            "data": 4,
            "partnership": 1,
            "site_license": 1,
            "cooperative": 1,
        }
        assert counted(Availability.objects.values_list("state", flat=True)) == {"full": 1, "closed": 1}
        assert Course.objects.filter(state_assessed=True).count() == 15
        yesterday = CatalogDay(on=dt.date(2025, 8, 1), is_past=True)
        assert yesterday.courses().count() == 316

    def test_one_person_for_every_hat(self) -> None:
        cards = DemoPerson.objects.order_by("position").values_list("hat__role", flat=True)
        assert set(cards) == set(Role)
        assert len(cards) == 23
        assert User.objects.count() == 37
        assert Membership.objects.active().count() == 41

    def test_everybody_may_sign_in_with_the_password_too(self) -> None:
        user = User.objects.get(email="dana.whitlock@family.example")
        assert user.check_password("only for the demo")
        assert EmailAddress.objects.get(user=user).verified


@pytest.mark.xdist_group("demo of requests")
@pytest.mark.usefixtures("demo_kept")
class TestRequests:
    parts = list(PARTS)

    def test_requests_in_every_state(self) -> None:
        assert counted(CourseRequest.objects.values_list("state", flat=True)) == {
            "draft": 1,
            "submitted": 17,
            "decided": 17,
            "cancelled": 1,
        }
        assert counted(CourseLine.objects.values_list("state", flat=True)) == {
            "requested": 20,
            "approved": 6,
            "denied": 2,
            "registered": 1,
            "confirmed": 2,
            "active": 4,
            "finished": 1,
            "completed": 1,
            "cancelled": 1,
            "withdrawn": 2,
            "removed": 1,
        }
        assert counted(RosterLine.objects.values_list("line__state", flat=True)) == {
            "registered": 1,
            "confirmed": 2,
            "active": 4,
            "finished": 1,
            "completed": 1,
            "withdrawn": 2,
            "removed": 1,
        }
        assert counted(CourseRequest.objects.values_list("channel", flat=True)) == {"portal": 34, "phone": 2}
        # One decision was made on paper and has no letter of ours; one denial was replaced by an approval.
        letters = Letter.objects.filter(kind__in=[LetterKind.APPROVAL, LetterKind.DENIAL])
        assert (Decision.objects.count(), letters.count()) == (21, 20)
        assert Decision.objects.filter(superseded_by__isnull=False).count() == 1

    def test_eleven_transcript_requests_in_every_state(self) -> None:
        assert counted(TranscriptRequest.objects.values_list("state", flat=True)) == {
            "requested": 2,
            "checked": 1,
            "searching": 1,
            "sent": 4,
            "not_found": 1,
            "sent_on": 1,
            "closed": 1,
        }
        assert TranscriptRequest.objects.overdue(on=TUESDAY.date()).count() == 1
        assert TranscriptRequest.objects.to_mail().count() == 1
        assert len(KINDS[Table.TRANSCRIPTS].due(TUESDAY.date(), 5)) == 1
        assert ArchiveRow.objects.count() == 59

    def test_clocks_stand_where_they_should(self) -> None:
        clocks = Clock.objects.filter(kind=ClockKind.PART_TIME_DECISION).unfinished()
        due = clocks.order_by("due_on", "lea__state_district_id").values_list(
            "lea__state_district_id", "due_on"
        )
        assert list(due) == [
            ("991101", dt.date(2026, 11, 6)),  # overdue by two business days
            ("992102", dt.date(2026, 11, 9)),  # overdue by one
            ("991101", dt.date(2026, 11, 12)),  # due on the next business day: the eleventh is a holiday
            ("992102", dt.date(2026, 11, 18)),
            ("991101", dt.date(2026, 11, 19)),  # half time
            ("991101", dt.date(2026, 11, 20)),
            ("991101", dt.date(2026, 11, 20)),  # asked by phone
            ("991101", dt.date(2026, 11, 23)),
            ("991101", dt.date(2026, 11, 23)),  # three days longer: the IEP team had them
            ("992102", dt.date(2026, 11, 23)),
            ("991101", dt.date(2026, 11, 24)),
            ("991101", dt.date(2026, 11, 24)),
            ("991101", dt.date(2026, 11, 24)),
            ("991101", dt.date(2026, 11, 25)),
            ("995901", dt.date(2026, 11, 25)),
            ("991101", dt.date(2026, 11, 27)),  # sent an hour ago; Thanksgiving does not count
            ("991101", None),  # with the IEP team
        ]

    def test_children(self) -> None:
        assert counted(Claim.objects.filter(applications=None).values_list("state", flat=True)) == {
            "confirmed": 25,
            "typed": 11,
            "refused": 1,
        }
        robin = Student.objects.get(mosis_id="9910000101")
        parents = robin.guardians.order_by("user__name").values_list("user__name", flat=True)
        assert list(parents) == ["Dana Whitlock", "Elena Whitlock"]

    def test_one_child_was_entered_twice(self) -> None:
        without_id = Student.objects.get(mosis_id=None)
        assert str(without_id) == "Hanna Tanaka"
        same_birthday = candidates(without_id.claims.get())
        assert {str(student) for student in same_birthday} == {"Hana Tanaka", "Hanna Tanaka"}

    def test_a_registration_lacks_its_agreement(self) -> None:
        line = CourseLine.objects.get(state="approved", request__lea__state_district_id="992102")
        assert [type(reason) for reason in what_is_missing(line, at=TUESDAY)] == [NoDataAgreement]

    def test_an_emergency_waits_for_dese(self) -> None:
        day = ClosedDay.objects.get(emergency_asked_at__isnull=False)
        assert (day.date, day.reason, day.emergency_confirmed_at) == (
            dt.date(2026, 11, 12),
            "Ice storm",
            None,
        )

    def test_core_data_in_every_state(self) -> None:
        of_this_year = Upload.objects.exclude(collection__school_year=2026)
        sent = of_this_year.order_by("pk").values_list("lea__state_district_id", "collection__kind", "state")
        assert list(sent) == [
            ("991101", "stu_core", "certified"),
            ("991101", "crs_assign", "replaced"),
            ("991101", "crs_assign", "certified"),
            ("991101", "stu_assign", "trial"),
            ("992102", "crs_assign", "superseded"),
            ("992102", "stu_assign", "certified"),
            ("992102", "crs_assign", "certified"),
            ("992102", "stu_core", "trial"),
            ("995901", None, "refused"),
            ("995901", "stu_core", "withdrawn"),
        ]
        trials = of_this_year.filter(state="trial").order_by("pk")
        assert [upload.errors > 0 for upload in trials] == [True, False]
        looked_at_again = Upload.objects.filter(needs_recheck=True).order_by("pk")
        assert [upload.name for upload in looked_at_again] == ["october_stu_assign.csv"]

    def test_the_core_data_of_the_year_before_is_certified(self) -> None:
        of_last_year = Upload.objects.filter(collection__school_year=2026).order_by("lea", "pk")
        sent = of_last_year.values_list("lea__state_district_id", "collection__kind", "state")
        october = ("stu_core", "crs_assign", "stu_assign")
        certified = {"991101": [], "992102": ["trial"], "995901": ["trial"]}
        assert list(sent) == [
            *(
                (lea, kind, state)
                for lea, more in certified.items()
                for kind, state in [
                    *((kind, "certified") for kind in october),
                    *(("stu_crs_comp", state) for state in ["certified", *more]),
                ]
            )
        ]

    def test_a_provider_s_program_has_a_token(self) -> None:
        """And an older one of its staff is revoked."""
        tokens = ApiToken.objects.order_by("pk")
        assert {token.hat.organization.provider.code for token in tokens} == {"LANTERN"}
        assert [(token.name, token.revoked_at is None) for token in tokens] == [
            ("Trial of our system", False),
            ("Learning platform", True),
        ]

    def test_last_night_is_done(self) -> None:
        run = ChaseRun.objects.get()
        assert (run.day, run.finished_at is not None) == (dt.date(2026, 11, 10), True)
        assert health.last_night(at=TUESDAY) == "The night of 2026-11-10 is done."

    def test_full_time_students_are_in_every_state(self) -> None:
        assert counted(ProgramApplication.objects.values_list("state", flat=True)) == {
            "draft": 3,
            "applied": 13,
            "cancelled": 2,
            "refused": 2,  # one of them asked to look again
            "admitted": 22,  # one after a refusal was reversed
        }
        assert counted(ProgramEnrollment.objects.values_list("state", flat=True)) == {
            "moving": 5,
            "enrolled": 12,
            "disenrolled": 3,
            "withdrawn": 1,
            "graduated": 1,
        }
        assert counted(Placement.objects.values_list("state", flat=True)) == {
            "open": 1,
            "options_sent": 1,
            "placed": 1,
        }
        assert Certification.objects.count() == 1

    def test_every_mail_is_out(self) -> None:
        assert counted(Notice.objects.values_list("state", flat=True)) == {"sent": Notice.objects.count()}
        assert not Notice.objects.filter(sent_at__gt=TUESDAY).exists()

    def test_mails_lie_in_the_mailbox_at_their_time(self) -> None:
        notices = {notice.message_id: notice.created_at for notice in Notice.objects.all()}
        arrived = DemoMail.objects.filter(message_id__startswith="<notice-")
        assert dict(arrived.values_list("message_id", "arrived_at")) == notices
        invitations = DemoMail.objects.filter(subject="Your invitation to the MOCAP portal")
        last = dict(Invitation.objects.order_by("invited_at").values_list("email", "invited_at"))
        assert dict(invitations.values_list("to", "arrived_at")) == last
        assert (invitations.count(), DemoMail.objects.count()) == (20, 20 + len(notices))
        assert not DemoMail.objects.filter(arrived_at__gt=TUESDAY).exists()

    @pytest.mark.rule("R-31")
    def test_no_mail_and_no_line_of_the_log_names_a_child(self, demo_kept: Told) -> None:
        rest = ", ".join(part for part in PARTS if part not in INVITING)
        assert (demo_kept.out.getvalue(), demo_kept.err.getvalue()) == ("", f"Built: {rest}.\n")
        texts = [f"{mail.subject}\n{mail.body}" for mail in DemoMail.objects.all()]
        texts += [f"{item.sentence}\n{item.path}" for item in DigestItem.objects.all()]
        log = demo_kept.log.getvalue()
        assert BEGINS in log  # it is listened to
        for child in [*Claim.objects.all(), *Student.objects.all()]:
            assert found_in([*texts, log], child) == []

    def test_people_are_listed(self) -> None:
        out, err = StringIO(), StringIO()
        call_command("build_demo", "--people", stdout=out, stderr=err)
        lines = out.getvalue().splitlines()
        assert len(lines) == 24
        assert lines[0].split("  ")[0] == "Dana Whitlock"
        assert lines[0].endswith("dana.whitlock@family.example")
        assert lines[-1] == "Password of each: only for the demo. One click instead: /demo/people/"
        assert err.getvalue() == "The demo was built before.\n"

    def test_people_can_be_clicked(self, client: Client) -> None:
        with time_machine.travel(TUESDAY, tick=False):
            for person in DemoPerson.objects.select_related("hat"):
                client.post(reverse("demo:sign_in", args=[person.pk]))
                response = client.get(reverse("home"))
                assert response.status_code == 200
                assert response.wsgi_request.hat == person.hat  # type: ignore[attr-defined]

    def test_a_second_time_changes_nothing(self) -> None:
        before = everything()
        assert build(at=TUESDAY + dt.timedelta(days=3)) == []
        assert everything() == before


@pytest.mark.parametrize(
    "at",
    [
        dt.datetime(2027, 1, 1, 5, 59, tzinfo=dt.UTC),  # New Year's Eve, a minute before midnight in Missouri
        dt.datetime(2027, 3, 14, 8, 30, tzinfo=dt.UTC),  # a Sunday, in the night that has no two o'clock
        dt.datetime(2027, 5, 10, 12, tzinfo=dt.UTC),  # the end of the school year
        dt.datetime(2028, 2, 29, 18, tzinfo=dt.UTC),
        dt.datetime(2027, 7, 5, 18, tzinfo=dt.UTC),
    ],
)
def test_it_can_be_built_on_any_day(at: dt.datetime) -> None:
    assert build(at=at) == list(PARTS)
    assert CourseRequest.objects.count() == 36
    assert {family: set(of_family) for family, of_family in open_by_family().items()} == {
        family: set(THREE_LEAS) for family in Family
    }
    # In July and August the last October is one of the school year that is over, and reports are of the new one.
    blocks = Mismatch.objects.filter(code="M-05").values_list("lea__state_district_id", flat=True)
    assert list(blocks) == ([] if at.month in {7, 8} else [HARROW_SPRINGS])


def test_every_family_of_mismatches_stands_in_three_leas() -> None:
    build(at=FRIDAY)
    assert open_by_family() == {
        Family.PRESENCE: {
            WALNUT_FORK: {"M-07"},
            HARROW_SPRINGS: {"M-01", "M-05", "M-07", "M-08", "M-10"},
            COMPASS_POINT: {"M-07"},
        },
        Family.IDENTITY: {WALNUT_FORK: {"M-13", "M-14"}, HARROW_SPRINGS: {"M-14"}, COMPASS_POINT: {"M-14"}},
        Family.CODES: {lea: {"M-23"} for lea in THREE_LEAS},
        Family.COURSE: {WALNUT_FORK: {"M-38", "M-40"}, HARROW_SPRINGS: {"M-38"}, COMPASS_POINT: {"M-38"}},
        Family.TIMING: {
            WALNUT_FORK: {"M-43", "M-48"},
            HARROW_SPRINGS: {"M-48"},
            COMPASS_POINT: {"M-43", "M-48"},
        },
        Family.RESIDENCE: {
            WALNUT_FORK: {"M-54", "M-55"},
            HARROW_SPRINGS: {"M-54", "M-55"},
            COMPASS_POINT: {"M-54"},
        },
        Family.LOAD: {lea: {"M-68"} for lea in THREE_LEAS},
        Family.SUBMISSION: {
            WALNUT_FORK: {"M-73"},
            HARROW_SPRINGS: {"M-74", "M-77"},
            COMPASS_POINT: {"M-70", "M-74"},
        },
        Family.OUTCOME: {lea: {"M-78"} for lea in THREE_LEAS},
        Family.RECORDS: {lea: {"M-88"} for lea in THREE_LEAS},
    }
    # Who is denied and yet in class, as the provider's staff sees it.
    provider = Membership.objects.get(user__email="amir.haddad@lanternhill.example")
    denied = Mismatch.objects.visible_to(provider).get(code="M-43")
    assert Student.objects.get(mosis_id=denied.mosis_id).first_name == "Robin"
    # A whole block is missing, with its list.
    block = Mismatch.objects.get(code="M-05")
    assert (block.facts["number"], [missing.code for missing in inside(block)]) == (3, ["M-01"] * 3)
    # Two districts that claim the same student in the same course.
    claimed = Mismatch.objects.filter(code="M-54").order_by("mosis_id", "lea__state_district_id")
    assert list(claimed.values_list("lea__state_district_id", "facts__other")) == [
        (WALNUT_FORK, HARROW_SPRINGS),
        (HARROW_SPRINGS, WALNUT_FORK),
        (WALNUT_FORK, COMPASS_POINT),
        (COMPASS_POINT, WALNUT_FORK),
    ]


def open_by_family() -> dict[Family, dict[str, set[str]]]:
    """The codes that stand open, by family and the district's code. What no LEA can mend is left out."""
    found: dict[Family, dict[str, set[str]]] = {}
    rows = Mismatch.objects.still_open().exclude(lea=None).values_list("code", "lea__state_district_id")
    for code, lea in rows:
        found.setdefault(CATALOGUE[code].family, {}).setdefault(lea, set()).add(code)
    return found


def found_in(texts: list[str], child: Claim | Student) -> list[str]:
    """What of a child stands in the texts as a word: Eli is not found in “believe”."""
    born = child.birth_date
    secrets = [child.first_name, child.last_name, getattr(child, "mosis_id", None)]
    secrets += [born.isoformat(), f"{born:%m/%d/%Y}", f"{born:%B} {born.day}, {born.year}"]
    return [
        secret
        for secret in secrets
        if secret and any(re.search(rf"\b{re.escape(secret)}\b", text) for text in texts)
    ]


def test_it_is_refused_outside_the_demo(settings: Settings) -> None:
    settings.DEMO = False
    before = everything()
    with pytest.raises(NotTheDemo):
        build(at=TUESDAY)
    assert everything() == before


class TestCommand:
    def test_it_ends_with_64_outside_the_demo(self, settings: Settings) -> None:
        settings.DEMO = False
        with pytest.raises(SystemExit) as end:
            call_command("build_demo", stdout=StringIO(), stderr=StringIO())
        assert end.value.code == 64
