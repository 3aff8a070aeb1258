"""What happens while the night is at work, or between two nights: a certification, a report, a closing, a correction.

The state that is left is that of a night that ran when all of it had happened; and nobody hears of anything twice.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings

from coredata import actions as sending
from coredata.models import (
    CollectionWindow,
    ProviderReport,
    ReportState,
    StudentCourse,
    Upload,
    UploadState,
)
from coredata.reconcile import actions, life
from coredata.reconcile.models import (
    Answer,
    AnswerKind,
    LeaRun,
    Mismatch,
    MismatchState,
    Run,
    RunKind,
)
from enrollment.part_time.models import CourseLine
from enrollment.records import actions as records
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import DigestItem
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ProviderReportFactory, StoredCollectionFactory, UploadFactory
from tests.factories.directory import SchoolFactory
from tests.factories.records import StudentFactory
from tests.factories.registration import RosterLineFactory

from .filed import store
from .world import ADA, ALGEBRA, CERTIFIED_AT, ENGLISH, JUNE, SUMMER, WINTER, YEAR, World

pytestmark = pytest.mark.django_db

BEN, CAM = "0000000043", "0000000044"
AT = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)  # three in the morning, Central
HOUR, ONE_DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def night(day: dt.date = WINTER, *, at: dt.datetime | None = None) -> Run:
    return actions.compare(YEAR, as_of=day, at=at or AT + (day - WINTER), kind=RunKind.NIGHT)


def a_minute_later(moment: dt.datetime = AT + HOUR) -> list[Run]:
    return actions.compare_newer(at=moment)


def next_report(world: World) -> ProviderReport:
    """Sent to the state office, and not overdue in winter."""
    report: ProviderReport = ProviderReportFactory.create(
        provider=world.provider,
        waiting=True,
        as_of=dt.date(2026, 11, 25),
        sent_by=world.report.sent_by,
        destroyed_at=CERTIFIED_AT,
    )
    return report


def standing() -> list[tuple[Any, ...]]:
    """What is found now, and how it stands, without the runs that found it."""
    rows = Mismatch.objects.order_by("code", "lea", "mosis_id", "course_code", "semester", "provider")
    still = rows.exclude(state=MismatchState.RESOLVED)
    return list(
        still.values_list("code", "lea", "mosis_id", "course_code", "semester", "provider", "state", "cause")
    )


def forget() -> None:
    """As if there never was a night."""
    LeaRun.objects.all().delete()
    DigestItem.objects.all().delete()
    Mismatch.objects.all().delete()
    Run.objects.all().delete()


def told(*hats: Membership) -> list[tuple[int, dt.date, str]]:
    """Who hears of what on which day: everybody, or these."""
    items = DigestItem.objects.filter(user__in=[hat.user_id for hat in hats]) if hats else DigestItem.objects
    return sorted(items.values_list("user", "day", "key"))


# While it runs --------------------------------------------------------------------------------------------


class Files:
    """October of an LEA in rows that are really stored, so that certifying derives from them."""

    def __init__(self, world: World) -> None:
        self.world = world
        for kind in "crs_assign", "stu_assign":
            Upload.objects.filter(pk=world.uploads[world.lea.pk, kind].pk).delete()
            CollectionWindow.objects.filter(school_year=YEAR, cycle="Oct", kind=kind).update(
                opens_on=dt.date(2026, 10, 1), closes_on=dt.date(2027, 6, 30)
            )
        self.section(world.certify(world.lea, "crs_assign"))

    def section(self, upload: Upload) -> None:
        store(
            upload,
            {
                "school_code": "1050",
                "assignment_number": "1",
                "position_code": "60",
                "educator": "e1",
                "course_code": ALGEBRA,
                "semester": "S1",
                "program_code": "50",
                "delivery_system": "V",
                "units_of_credit": Decimal("0.5"),
            },
        )

    def students(self, *students: str, state: str = UploadState.TRIAL) -> Upload:
        """Student Assignment with these students in the section; a trial that may be certified."""
        upload: Upload = UploadFactory.create(
            **{"certified" if state == UploadState.CERTIFIED else "trial": True},
            lea=self.world.lea,
            collection=StoredCollectionFactory.create(kind="stu_assign"),
            stored_as="coredata/of-no-bytes",
        )
        store(
            upload,
            *(
                {
                    "mosis_id": student,
                    "school_code": "1050",
                    "assignment_number": "1",
                    "position_code": "60",
                    "educator": "e1",
                    "grade_level": "10",
                }
                for student in students
            ),
            state=state,
        )
        upload.refresh_from_db()
        return upload


@contextmanager
def beside(statement: int, work: Callable[[], Any]) -> Iterator[list[int]]:
    """Somebody else, with a connection of their own, does this before the statement of this number is run."""
    count = [0]
    others: list[threading.Thread] = []
    failed: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    def count_up(execute: Callable[..., Any], *args: Any) -> Any:
        count[0] += 1
        if count[0] == statement:
            others.append(threading.Thread(target=run))
            others[0].start()
            others[0].join(0.5)  # it may have to wait for what the night has locked
        return execute(*args)

    with connection.execute_wrapper(count_up):
        yield count
    for other in others:
        other.join()
    assert len(others) == (1 if statement else 0), f"there is no statement {statement}"
    assert failed == []


@pytest.mark.django_db(transaction=True)
def test_a_file_certified_while_the_night_runs_comes_to_what_a_night_after_it_finds(
    settings: Settings,
) -> None:
    settings.RECONCILE_LEAS_AT_ONCE = 1
    world = World()
    clerk = MembershipFactory.create(data_clerk=True, lea=world.lea)
    files = Files(world)
    for student in ADA, BEN, CAM:
        world.approve(student)
        world.reported(student)
    before = files.students(ADA, state=UploadState.CERTIFIED)
    sending.rebuild_student_courses()
    assert set(StudentCourse.objects.values_list("mosis_id", flat=True)) == {ADA}
    with beside(0, lambda: None) as statements:
        night()
    assert [row[:3] for row in standing()] == [("M-01", world.lea.pk, student) for student in (BEN, CAM)]
    forget()

    trial = files.students(ADA, BEN)

    def certify() -> Upload:
        return sending.certify(
            trial.pk, by=clerk, at=AT, name="Casey Clerk", statement="So it is.", acknowledges_warnings=True
        )

    def undo() -> None:
        Upload.objects.filter(pk=trial.pk).update(
            state=UploadState.TRIAL,
            certified_at=None,
            certified_by=None,
            certified_name="",
            statement="",
            destroyed_at=None,
        )
        Upload.objects.filter(pk=before.pk).update(state=UploadState.CERTIFIED, ended_at=None)
        sending.rebuild_student_courses()
        forget()

    certify()
    night()
    clean, mails = standing(), told()
    assert [row[:3] for row in clean] == [("M-01", world.lea.pk, CAM)]
    assert told(clerk) == [(clerk.user_id, WINTER, f"mismatches:{world.lea.pk}:{YEAR}")]
    # As it begins, in the piece of this LEA or of the other one, and later.
    for statement in [4, *range(30, statements[0], statements[0] // 3)]:
        undo()
        with beside(statement, certify):
            night()
        a_minute_later()
        assert standing() == clean, statement
        assert a_minute_later(AT + 2 * HOUR) == []
        night(WINTER + ONE_DAY)
        assert standing() == clean
        assert told() == mails, statement


@pytest.mark.django_db(transaction=True)
def test_a_report_accepted_while_the_night_runs_comes_to_what_a_night_after_it_finds(
    settings: Settings,
) -> None:
    settings.RECONCILE_LEAS_AT_ONCE = 1
    world = World()
    clerk = MembershipFactory.create(data_clerk=True, lea=world.lea)
    reviewer = MembershipFactory.create(dese_reviewer=True)
    for student in ADA, BEN:
        world.approve(student)
        world.october(student)
    world.reported()
    later = next_report(world)
    world.reported(report=later)
    world.reported(BEN, report=later)

    def accept() -> ProviderReport:
        return sending.accept_report(later.pk, by=reviewer, at=AT)

    night()  # what a connection makes once is made
    forget()
    with beside(0, accept) as statements:
        night()
    assert [row[:3] for row in standing()] == [("M-03", world.lea.pk, BEN)]
    every = statements[0]
    forget()
    for statement in (4, every // 3, every * 2 // 3, every - 2):
        with beside(statement, accept):
            night()
        a_minute_later()
        assert standing() == [], statement
        night(WINTER + ONE_DAY)
        assert len({item.key for item in DigestItem.objects.filter(user=clerk.user)}) <= 1
        assert DigestItem.objects.filter(user=clerk.user).count() <= 1
        sending.retract_report(later.pk, reason="To begin again.", by=reviewer, at=AT)
        ProviderReport.objects.filter(pk=later.pk).update(
            state=ReportState.WAITING, reason="", ended_at=None, ended_by=None, accepted_at=None, before=None
        )
        forget()


def test_a_night_that_went_on_hours_later_tells_of_nothing_again_the_next_night(settings: Settings) -> None:
    settings.RECONCILE_LEAS_AT_ONCE = 1
    world = World()
    clerks = {lea: MembershipFactory.create(data_clerk=True, lea=lea) for lea in (world.lea, world.other)}
    staff = MembershipFactory.create(provider_staff=True, provider=world.provider)
    for lea, student in (world.lea, ADA), (world.other, BEN):
        world.approve(student, lea=lea)
        world.october(student, lea=lea)
        world.reported(student, district_code=lea.state_district_id, end_date=dt.date(2026, 8, 1))
    pieces = actions.comparing._piece
    done: list[int] = []

    def one_only(run: Run, question: Any, *, at: dt.datetime) -> Any:
        if done:
            raise RuntimeError
        done.append(run.pk)
        return pieces(run, question, at=at)

    with pytest.MonkeyPatch.context() as killed:
        killed.setattr(actions.comparing, "_piece", one_only)
        with pytest.raises(RuntimeError):
            night()
    night(at=AT + 3 * HOUR)
    first = [
        (hat.user_id, WINTER, f"mismatches:{place.pk}:{YEAR}")
        for place, hat in [*clerks.items(), (world.provider, staff)]
    ]
    others = {item for item in told() if item[2].startswith("comparison")}
    assert set(told()) >= set(first)
    night(WINTER + ONE_DAY)
    assert [item for item in told() if item[1] > WINTER and item not in others] == []


def test_what_came_between_two_pieces_of_a_night_is_told_the_next_night() -> None:
    """It was found by day, after this LEA had been told."""
    world = World()
    clerk = MembershipFactory.create(data_clerk=True, lea=world.lea)
    world.approve()
    world.october()
    world.reported()
    run = night()
    Run.objects.filter(pk=run.pk).update(finished_at=AT + 5 * HOUR)  # others' pieces took until then
    world.approve(BEN)
    world.october(BEN)
    (newer,) = a_minute_later(AT + HOUR)
    assert (newer.opened, told()) == (1, [])
    night(WINTER + ONE_DAY)
    assert told(clerk) == [(clerk.user_id, WINTER + ONE_DAY, f"mismatches:{world.lea.pk}:{YEAR}")]


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_a_night_that_runs(settings: Settings) -> None:
    """The task of each minute comes back at once; what came in is found a minute after the night."""
    world = World()
    world.approve()
    world.october()
    found: list[list[Run]] = []

    def look() -> None:
        found.append(actions.compare_newer(at=AT))
        found.append(actions.compare_night(at=AT + ONE_DAY))

    with beside(40, look):
        night()
    assert found == [[], []]
    assert Run.objects.count() == 1


# An LEA that closes ---------------------------------------------------------------------------------------


def closed(lea: Lea, on: dt.date) -> None:
    Lea.objects.filter(pk=lea.pk).update(active_to=on)


def test_of_a_closed_lea_no_file_is_missing_that_it_need_not_send() -> None:
    """What it certified stands; June is not waited for, neither its file (M-71) nor its courses (M-02)."""
    world = World()
    world.approve()
    world.october()
    world.reported()
    assert world.codes(SUMMER) == ["M-71"]
    closed(world.lea, dt.date(2027, 1, 31))
    assert world.codes(JUNE) == []
    assert world.codes(SUMMER) == []


def test_an_lea_that_closed_after_the_window_opened_still_sends_its_file() -> None:
    world = World()
    world.approve()
    world.october()
    world.reported()
    window = CollectionWindow.objects.get(school_year=YEAR, cycle="Jun", kind="stu_crs_comp")
    closed(world.lea, window.opens_on)
    assert world.codes(SUMMER) == ["M-71"]
    closed(world.lea, window.opens_on - ONE_DAY)
    assert world.codes(SUMMER) == []


def test_before_october_a_closed_lea_owes_neither_its_files_nor_what_would_be_in_them() -> None:
    world = World()
    world.uncertify(world.lea, "crs_assign", "stu_assign")
    world.approve()
    world.reported()
    assert world.codes() == ["M-70"]
    closed(world.lea, dt.date(2026, 8, 31))
    assert world.codes() == []


def test_what_a_closed_lea_certified_stays_open_until_it_agrees() -> None:
    """It does not vanish with the LEA: the provider may mend it, and the state office sees it."""
    world = World()
    reviewer = MembershipFactory.create(dese_reviewer=True)
    world.approve()
    world.october()
    world.reported(end_date=dt.date(2026, 8, 1))
    closed(world.lea, dt.date(2026, 11, 15))
    night()
    mismatch = Mismatch.objects.get()
    assert (mismatch.code, mismatch.state) == ("M-52", MismatchState.OPEN)
    assert Mismatch.objects.visible_to(reviewer).get() == mismatch
    later = next_report(world)
    world.reported(report=later)
    sending.accept_report(later.pk, by=reviewer, at=AT + HOUR)
    night(WINTER + ONE_DAY)
    mismatch.refresh_from_db()
    assert (mismatch.state, mismatch.resolved_by_report) == (MismatchState.RESOLVED, later)


def test_what_was_missing_is_resolved_where_the_lea_closed_before_it_was_due() -> None:
    world = World()
    world.approve()
    world.october()
    world.reported()
    night(SUMMER)
    assert [row[0] for row in standing()] == ["M-71"]
    closed(world.lea, dt.date(2027, 1, 31))  # told late
    night(SUMMER + ONE_DAY)
    assert standing() == []


def nobody_left(*leas: Lea) -> None:
    """Nor those who sent what the factories made."""
    Membership.objects.filter(organization__in=[lea.pk for lea in leas]).update(ended_at=AT - ONE_DAY)


def test_who_hears_of_a_closed_lea() -> None:
    """Whoever still has a hat there; where nobody has, the state office. Of an open LEA without a clerk: nobody."""
    world = World()
    reviewer = MembershipFactory.create(dese_reviewer=True)
    world.approve()
    world.october()
    world.approve(BEN, lea=world.other)
    world.october(BEN, lea=world.other)
    for lea in world.lea, world.other:
        closed(lea, dt.date(2026, 11, 15))
    nobody_left(world.lea, world.other)
    clerk = MembershipFactory.create(data_clerk=True, lea=world.other)
    night()
    of_districts = [item for item in told() if item[2] != f"mismatches:{world.provider.pk}:{YEAR}"]
    assert of_districts == sorted(
        (hat.user_id, WINTER, f"mismatches:{lea.pk}:{YEAR}")
        for hat, lea in [(reviewer, world.lea), (clerk, world.other)]
    )
    item = DigestItem.objects.get(user=reviewer.user)
    assert item.path == "/core-data/mismatches/state/"
    assert ADA not in item.sentence


def test_of_an_open_lea_without_a_clerk_the_state_office_does_not_hear() -> None:
    world = World()
    MembershipFactory.create(dese_reviewer=True)
    world.approve()
    world.october()
    nobody_left(world.lea)
    night()
    assert [row[0] for row in standing()] == ["M-03"]
    assert {key for _user, _day, key in told()} == {f"mismatches:{world.provider.pk}:{YEAR}"}


# A number that changes ------------------------------------------------------------------------------------


def counselor(world: World) -> Membership:
    hat: Membership = MembershipFactory.create(counselor=True, lea=world.lea)
    return hat


def renumber(line: CourseLine, number: str, by: Membership) -> Student:
    student = line.request.claim.student
    assert student is not None
    return records.set_mosis_id(student.pk, by=by, mosis_id=number)


def test_a_corrected_number_carries_the_mismatch_with_its_answers() -> None:
    world = World()
    clerk = MembershipFactory.create(data_clerk=True, lea=world.lea)
    line = world.approve(BEN)
    RosterLineFactory.create(line=line, lea=world.lea, provider=world.provider, mosis_id=BEN)
    ProviderReport.objects.update(as_of=dt.date(2026, 11, 25))
    row = world.october(BEN)
    night()
    mismatch = Mismatch.objects.get()
    assert mismatch.mosis_id == BEN
    actions.answer(
        mismatch.pk, AnswerKind.HARMLESS, by=clerk, at=AT + HOUR, reason="The provider reports it in May."
    )
    renumber(line, ADA, counselor(world))
    row.mosis_id = ADA  # in the district's next file, too
    row.save()

    assert len(a_minute_later(AT + 2 * HOUR)) == 1
    mismatch.refresh_from_db()
    assert (mismatch.mosis_id, mismatch.state) == (ADA, MismatchState.ANSWERED)
    assert mismatch.first_seen_at == AT
    assert Answer.objects.get().mismatch == mismatch
    assert [row[:3] for row in standing()] == [("M-03", world.lea.pk, ADA)]
    told_before = told()
    clean = Mismatch.objects.values().get(pk=mismatch.pk)
    night(WINTER + ONE_DAY)
    night(WINTER + 2 * ONE_DAY)
    assert told() == told_before
    after = Mismatch.objects.values().get(pk=mismatch.pk)
    assert {**after, "facts": {}, "changed_at": None} == {**clean, "facts": {}, "changed_at": None}


def test_after_a_merge_the_night_finds_what_a_clean_run_finds() -> None:
    """Of each number something was open: what stands under the number that is kept goes on, the other is resolved."""
    world = World()
    kept, gone = world.approve(ADA, ALGEBRA), world.approve(BEN, ENGLISH)
    world.october(ADA, ALGEBRA)
    world.october(ADA, ENGLISH)
    world.october(BEN, ENGLISH)
    world.reported(BEN, ENGLISH, end_date=dt.date(2026, 8, 1))
    world.reported(ADA, ENGLISH, end_date=dt.date(2026, 8, 1))
    night()
    mine = Mismatch.objects.get(code="M-52", mosis_id=BEN)
    there = Mismatch.objects.get(code="M-52", mosis_id=ADA)

    two, one = gone.request.claim.student, kept.request.claim.student
    assert two is not None
    assert one is not None
    records.merge_students(two.pk, into_id=one.pk, by=counselor(world), at=AT + HOUR)
    later = next_report(world)
    world.reported(ADA, ENGLISH, report=later, end_date=dt.date(2026, 8, 1))
    sending.accept_report(later.pk, by=MembershipFactory.create(dese_reviewer=True), at=AT + HOUR)
    StudentCourse.objects.filter(mosis_id=BEN).delete()
    night(WINTER + ONE_DAY)
    after = standing()
    assert [row[:5] for row in after] == [
        ("M-03", world.lea.pk, ADA, ALGEBRA, "S1"),
        ("M-52", world.lea.pk, ADA, ENGLISH, "S1"),
    ]
    mine.refresh_from_db()
    there.refresh_from_db()
    assert (mine.state, there.state) == (MismatchState.RESOLVED, MismatchState.OPEN)
    forget()
    night(WINTER + ONE_DAY)
    assert standing() == after


def test_what_agrees_under_the_new_number_is_resolved_and_says_why() -> None:
    world = World()
    clerk = MembershipFactory.create(data_clerk=True, lea=world.lea)
    line = world.approve(BEN)
    world.october(ADA)
    world.reported(ADA)
    night()
    wrong = list(Mismatch.objects.filter(mosis_id=BEN))
    assert wrong
    renumber(line, ADA, counselor(world))
    a_minute_later()
    assert standing() == []
    for mismatch in Mismatch.objects.filter(mosis_id=BEN):
        words = [entry["more"] for entry in life.entries(mismatch, clerk)]
        assert "The student has another MOSIS ID now" in words


def test_a_number_that_is_another_childs_carries_nothing() -> None:
    """Ada was entered under Ben's number. What stood under it may be Ben's."""
    world = World()
    line = world.approve(BEN)
    world.october(BEN)
    night()
    old = Mismatch.objects.get(code="M-03", mosis_id=BEN)
    by = counselor(world)
    renumber(line, ADA, by)
    world.october(ADA)
    StudentFactory.create(mosis_id=BEN, school=SchoolFactory.create(lea=world.lea))
    StudentCourse.objects.filter(mosis_id=BEN).delete()
    night(WINTER + ONE_DAY)
    old.refresh_from_db()
    assert (old.mosis_id, old.state) == (BEN, MismatchState.RESOLVED)
    assert [row[:3] for row in standing()] == [("M-03", world.lea.pk, ADA)]


def test_the_number_of_the_roster_is_that_of_the_day_it_was_sent() -> None:
    """A corrected number counts, whatever the provider was told then."""
    world = World()
    line = world.approve(BEN)
    RosterLineFactory.create(line=line, lea=world.lea, provider=world.provider, mosis_id=BEN)
    renumber(line, ADA, counselor(world))
    world.october(ADA)
    world.reported(ADA)
    assert world.found() == []


def test_looking_counts_a_carried_mismatch_neither_as_new_nor_as_resolved() -> None:
    world = World()
    line = world.approve(BEN)
    world.october(BEN)
    night()
    renumber(line, ADA, counselor(world))
    world.october(ADA)
    StudentCourse.objects.filter(mosis_id=BEN).delete()
    outcome = actions.look(YEAR, as_of=WINTER)
    assert (outcome.opened, outcome.resolved, outcome.open) == (0, 0, 1)
