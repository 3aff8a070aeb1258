"""The night: one identity, one life; the same whoever runs it, how often, and wherever it is killed."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from coredata.models import ProviderReport, StudentCourse, Upload
from coredata.reconcile import actions, tasks
from coredata.reconcile.files import Question
from coredata.reconcile.models import LeaRun, Mismatch, MismatchState, Run, RunKind
from coredata.reconcile.standing import shown_to
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import DigestItem
from mocap_portal.foundation.shared import nights
from tests.factories.accounts import MembershipFactory
from tests.killed import Killed, killed_at

from .world import ADA, ALGEBRA, ENGLISH, WINTER, YEAR, World

pytestmark = pytest.mark.django_db

BEN = "0000000043"
AT = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)  # three in the morning, Central
ONE_DAY = dt.timedelta(days=1)


def night(day: dt.date = WINTER, *, at: dt.datetime | None = None, leas: list[int] | None = None) -> Run:
    moment = at or AT + (day - WINTER)
    return actions.compare(YEAR, as_of=day, at=moment, kind=RunKind.NIGHT, leas=leas)


def missing(world: World) -> None:
    """Ada's course is approved and reported, and not in October; Ben's is right everywhere."""
    world.approve()
    world.reported()
    world.approve(BEN, ENGLISH)
    world.october(BEN, ENGLISH)
    world.reported(BEN, ENGLISH)


def open_codes() -> list[tuple[str, str, str]]:
    return list(Mismatch.objects.order_by("pk").values_list("code", "mosis_id", "state"))


# A life ---------------------------------------------------------------------------------------------------


def test_a_mismatch_opens_resolves_by_the_file_that_came_and_reopens() -> None:
    world = World()
    missing(world)
    run = night()
    assert (run.opened, run.resolved, run.open, run.by_code) == (1, 0, 1, {"M-01": 1})
    mismatch = Mismatch.objects.get()
    assert (mismatch.code, mismatch.lea, mismatch.provider) == ("M-01", world.lea, world.provider)
    assert (mismatch.mosis_id, mismatch.course_code, mismatch.semester) == (ADA, ALGEBRA, "S1")
    assert (mismatch.first_run, mismatch.first_seen_at, mismatch.state) == (run, AT, MismatchState.OPEN)

    old = world.uploads[world.lea.pk, "stu_assign"]
    Upload.objects.filter(pk=old.pk).update(state="superseded", ended_at=AT)
    newer = world.certify(world.lea, "stu_assign", certified_at=AT + dt.timedelta(hours=5))
    row = world.october()
    StudentCourse.objects.filter(student_upload=old).update(student_upload=newer)
    second = night(WINTER + ONE_DAY)
    mismatch.refresh_from_db()
    assert (second.opened, second.resolved, second.open) == (0, 1, 0)
    assert (mismatch.state, mismatch.resolved_run) == (MismatchState.RESOLVED, second)
    assert (mismatch.resolved_by_upload, mismatch.resolved_by_report) == (newer, None)

    row.delete()
    third = night(WINTER + 2 * ONE_DAY)
    mismatch.refresh_from_db()
    assert (third.opened, third.reopened, third.resolved, third.open) == (0, 1, 0, 1)
    assert (mismatch.state, mismatch.times_reopened, mismatch.resolved_at) == (MismatchState.OPEN, 1, None)
    assert (mismatch.first_seen_at, mismatch.opened_at) == (AT, AT + 2 * ONE_DAY)
    assert Mismatch.objects.count() == 1


def test_what_a_provider_mends_is_resolved_by_its_report() -> None:
    world = World()
    world.approve()
    world.october()
    row = world.reported(end_date=dt.date(2026, 8, 1))
    night()
    assert open_codes() == [("M-52", ADA, "open")]
    world.report.state, world.report.ended_at = "superseded", AT
    world.report.save()
    later = ProviderReport.objects.get(pk=world.report.pk)
    later.pk, later.state, later.ended_at = None, "accepted", None
    later.accepted_at = AT + dt.timedelta(hours=1)
    later.save()
    world.reported(report=later, enrollment_id=row.enrollment_id)
    night(WINTER + ONE_DAY)
    mismatch = Mismatch.objects.get()
    assert (mismatch.state, mismatch.resolved_by_report, mismatch.resolved_by_upload) == (
        "resolved",
        later,
        None,
    )


def test_what_nobody_reports_any_more_is_resolved_without_a_file() -> None:
    world = World()
    missing(world)
    night()
    world.report.rows.all()  # the report is retracted, its rows stay
    ProviderReport.objects.filter(pk=world.report.pk).update(
        state="retracted", reason="Wrong year.", ended_at=AT
    )
    night(WINTER + ONE_DAY)
    codes = {code: state for code, _student, state in open_codes()}
    assert codes["M-01"] == "resolved"
    mismatch = Mismatch.objects.get(code="M-01")
    assert (mismatch.resolved_by_upload, mismatch.resolved_by_report) == (None, None)


def test_a_waiver_holds_until_its_last_day() -> None:
    world = World()
    missing(world)
    night()
    Mismatch.objects.update(state=MismatchState.WAIVED, waived_until=WINTER + ONE_DAY)
    assert night(WINTER + ONE_DAY).open == 0
    assert open_codes() == [("M-01", ADA, "waived")]
    assert night(WINTER + 2 * ONE_DAY).open == 1
    assert open_codes() == [("M-01", ADA, "open")]


def test_an_answer_stays_while_the_facts_change() -> None:
    world = World()
    line = world.approve()
    world.october()
    night()
    assert open_codes() == [("M-03", ADA, "open")]
    Mismatch.objects.update(state=MismatchState.ANSWERED)
    before = Mismatch.objects.get().facts
    night(WINTER + ONE_DAY)
    mismatch = Mismatch.objects.get()
    assert mismatch.state == MismatchState.ANSWERED
    assert (before["line"], mismatch.facts["line"]) == (line.pk, line.pk)
    assert mismatch.facts["number"] == before["number"] + 1


# Twice, at once, killed -----------------------------------------------------------------------------------


IDENTITY = ("code", "lea", "mosis_id", "course_code", "semester", "provider")


def everything() -> list[dict[str, Any]]:
    """What a night has left, without the ids that differ between two of them."""
    left = Mismatch.objects.order_by(*IDENTITY).values(*IDENTITY, "state", "facts", "cause", "opened_at")
    return [dict(row) for row in left]


def test_a_night_that_is_done_stays_as_it_is() -> None:
    world = World()
    missing(world)
    first = night()
    world.october()
    again = night(at=AT + dt.timedelta(hours=3))
    assert (again.pk, again.finished_at) == (first.pk, AT)
    assert open_codes() == [("M-01", ADA, "open")]
    assert Run.objects.count() == 1


def test_the_same_data_the_next_night_change_nothing() -> None:
    world = World()
    missing(world)
    night()
    before = Mismatch.objects.values().get()
    run = night(WINTER + ONE_DAY)
    assert (run.opened, run.reopened, run.resolved, run.open) == (0, 0, 0, 1)
    assert Mismatch.objects.values().get() == before


def test_piece_by_piece_comes_to_the_same(settings: Settings) -> None:
    world = World()
    missing(world)
    world.october("0000000045", lea=world.other)
    night()
    whole = everything()
    assert [row["code"] for row in whole] == ["M-01", "M-08"]
    LeaRun.objects.all().delete()
    Run.objects.all().update(finished_at=None)
    settings.RECONCILE_LEAS_AT_ONCE = 1
    night()
    assert everything() == whole


@pytest.mark.django_db(transaction=True)
def test_pieces_at_once_come_to_the_same(
    settings: Settings, clerk_there: Callable[[World], Membership]
) -> None:
    settings.RECONCILE_LEAS_AT_ONCE = 1
    world = World()
    clerk_there(world)
    missing(world)
    world.october("0000000045", lea=world.other)
    one_by_one = night()
    whole, mails = everything(), DigestItem.objects.count()
    for table in (LeaRun, DigestItem, Mismatch, Run):
        table.objects.all().delete()
    settings.RECONCILE_PIECES_AT_ONCE = 2
    at_once = night()
    assert everything() == whole != []
    assert DigestItem.objects.count() == mails > 0
    assert at_once.by_code == one_by_one.by_code
    assert set(at_once.seconds_by_code) == set(one_by_one.seconds_by_code)


@pytest.mark.django_db(transaction=True)
def test_of_pieces_at_once_one_that_fails_fails_the_night_and_the_next_try_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RECONCILE_LEAS_AT_ONCE, settings.RECONCILE_PIECES_AT_ONCE = 1, 2
    world = World()
    missing(world)
    world.october("0000000045", lea=world.other)
    write = actions.comparing._write

    def fail(run: Run, question: Question, *, at: dt.datetime) -> Any:
        if question.leas == (world.other.pk,):
            raise LookupError
        return write(run, question, at=at)

    with monkeypatch.context() as failing:
        failing.setattr(actions.comparing, "_write", fail)
        with pytest.raises(LookupError):
            night()
    run = Run.objects.get()
    assert (run.finished_at, run.failure) == (None, "LookupError")
    assert not run.of_leas.filter(lea=world.other).exists()
    night()
    assert [row["code"] for row in everything()] == ["M-01", "M-08"]
    assert Run.objects.get().finished_at == AT


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_the_next_run_comes_to_the_same(
    settings: Settings, clerk_there: Callable[[World], Membership]
) -> None:
    settings.RECONCILE_LEAS_AT_ONCE = 1
    world = World()
    clerk_there(world)
    missing(world)
    world.october("0000000045", lea=world.other)
    with killed_at(0) as statements:
        night()
    clean, mails = everything(), DigestItem.objects.count()
    assert len(clean) == 2
    assert mails > 0
    for statement in range(3, statements[0], 53):
        LeaRun.objects.all().delete()
        DigestItem.objects.all().delete()
        Mismatch.objects.all().delete()
        Run.objects.all().delete()
        with killed_at(statement), pytest.raises(Killed):
            night()
        night()
        assert everything() == clean
        assert DigestItem.objects.count() == mails


@pytest.mark.django_db(transaction=True)
def test_two_nights_at_once_are_one(clerk_there: Callable[[World], Membership]) -> None:
    world = World()
    clerk_there(world)
    missing(world)
    together = threading.Barrier(2)

    def run() -> None:
        together.wait()
        try:
            night()
        finally:
            connection.close()

    workers = [threading.Thread(target=run) for _number in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert open_codes() == [("M-01", ADA, "open")]
    assert Run.objects.count() == 1
    items = list(DigestItem.objects.values_list("user", "key"))
    assert len(items) == len(set(items)) > 0


@pytest.fixture
def clerk_there() -> Callable[[World], Membership]:
    def make(world: World) -> Membership:
        hat: Membership = MembershipFactory.create(data_clerk=True, lea=world.lea)
        return hat

    return make


# Who hears, and when --------------------------------------------------------------------------------------


def test_the_clerks_hear_of_what_is_new_and_once(clerk_there: Callable[[World], Membership]) -> None:
    world = World()
    clerk = clerk_there(world)
    missing(world)
    night()
    night(WINTER + ONE_DAY)
    item = DigestItem.objects.get(user=clerk.user)
    assert item.day == WINTER
    assert item.sentence == ("Comparing approvals, core data and reports found 1 new mismatches; 1 are open.")
    assert ADA not in item.sentence + item.path


def test_the_providers_staff_hear_of_what_they_mend() -> None:
    world = World()
    staff = MembershipFactory.create(provider_staff=True, provider=world.provider)
    world.approve()
    world.october()
    world.reported(end_date=dt.date(2026, 8, 1))
    night()
    told = DigestItem.objects.filter(path="/core-data/mismatches/provider/")
    assert staff.user in {item.user for item in told}
    assert {item.user.memberships.get().organization_id for item in told} == {world.provider.pk}


@pytest.mark.rule("M-39", "M-92")
@pytest.mark.parametrize("code", ["M-39", "M-92"])
def test_the_providers_staff_hear_nothing_of_a_row_that_is_the_districts(code: str) -> None:
    world = World()
    staff = MembershipFactory.create(provider_staff=True, provider=world.provider)
    clerk = MembershipFactory.create(data_clerk=True, lea=world.lea)
    world.approve()
    world.reported()
    world.october(sections=2 if code == "M-39" else 1)
    if code == "M-92":
        world.school.active_to = dt.date(2026, 6, 1)
        world.school.save()
    night()
    (mismatch,) = shown_to(clerk)
    assert (mismatch.code, mismatch.provider) == (code, world.provider)
    assert list(shown_to(staff)) == []
    assert not DigestItem.objects.filter(user=staff.user).exists()
    assert DigestItem.objects.filter(user=clerk.user).exists()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-01T06:59:00Z", dt.date(2026, 10, 31)),  # the clock goes back: half past one comes twice
        ("2026-11-01T07:59:00Z", dt.date(2026, 10, 31)),
        ("2026-11-01T08:00:00Z", dt.date(2026, 11, 1)),
        ("2027-03-14T07:59:00Z", dt.date(2027, 3, 13)),  # the clock goes forward: no two o'clock
        ("2027-03-14T08:00:00Z", dt.date(2027, 3, 14)),
    ],
)
def test_the_night_begins_once_where_the_clock_changes(moment: str, expected: dt.date) -> None:
    assert nights.latest(dt.datetime.fromisoformat(moment)) == expected


def test_the_worker_runs_a_night_once_and_makes_up_for_one_that_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    missing(world)
    reviewer = MembershipFactory.create(dese_reviewer=True)
    with time_machine.travel(AT, tick=False):
        with monkeypatch.context() as broken:
            broken.setattr("coredata.reconcile.actions.comparing.find", explode)
            with pytest.raises(RuntimeError):
                tasks.compare_missed()
        failed = Run.objects.get()
        assert (failed.failure, failed.finished_at) == ("RuntimeError", None)
        told = DigestItem.objects.get(user=reviewer.user)
        assert (told.urgent, told.path) == (True, "/core-data/mismatches/state/")
        assert ADA not in told.sentence
        assert tasks.compare_missed() == [failed.pk]
        assert tasks.compare_missed() == []
    failed.refresh_from_db()
    assert (failed.failure, failed.open) == ("", 1)


def explode(*_args: Any) -> None:
    raise RuntimeError(f"a row of {ADA}")


# What came in since ---------------------------------------------------------------------------------------


def test_each_minute_only_what_is_newer_is_compared() -> None:
    world = World()
    missing(world)
    night()
    with time_machine.travel(AT + dt.timedelta(hours=6), tick=False):
        assert tasks.compare_newer() == []
        Upload.objects.filter(pk=world.uploads[world.lea.pk, "stu_assign"].pk).update(state="superseded")
        world.certify(world.lea, "stu_assign", certified_at=AT)
        world.october()
        (run,) = tasks.compare_newer()
    done = Run.objects.get(pk=run)
    assert (done.kind, done.leas, done.resolved) == (RunKind.NEWER, 1, 1)
    with time_machine.travel(AT + dt.timedelta(hours=7), tick=False):
        assert tasks.compare_newer() == []


def test_a_new_approval_is_something_newer() -> None:
    world = World()
    missing(world)
    world.october(code="054100", semester="S2", mosis_id="0000000044")
    night()
    assert ("M-08", "0000000044", "open") in open_codes()
    with time_machine.travel(AT + dt.timedelta(hours=6), tick=False):
        world.approve("0000000044", ENGLISH, "S2")
        assert len(tasks.compare_newer()) == 1
    assert ("M-08", "0000000044", "resolved") in open_codes()


def test_a_report_is_something_newer_for_every_district_in_it() -> None:
    world = World()
    missing(world)
    night()
    world.reported("0000000044", district_code="992102")
    ProviderReport.objects.filter(pk=world.report.pk).update(state="retracted", reason="Wrong.", ended_at=AT)
    with time_machine.travel(AT + dt.timedelta(hours=6), tick=False):
        (run,) = tasks.compare_newer()
    assert sorted(Run.objects.get(pk=run).of_leas.values_list("lea", flat=True)) == sorted(
        [world.lea.pk, world.other.pk]
    )


# The command ----------------------------------------------------------------------------------------------


def test_the_command_answers_with_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    world = World()
    missing(world)
    with time_machine.travel(AT, tick=False):
        call_command("night", "--dry-run", "--json")
        dry = json.loads(capsys.readouterr().out)
        assert Mismatch.objects.count() == 0
        call_command("night", "--json")
        told = json.loads(capsys.readouterr().out)
        call_command("night", "--json", "--lea", "992102")
        other = json.loads(capsys.readouterr().out)
    assert list(told) == ["run", "as_of", "leas", "opened", "resolved", "open", "by_code", "seconds"]
    assert (told["as_of"], told["opened"], told["open"], told["by_code"]) == ("2026-12-01", 1, 1, {"M-01": 1})
    assert {**dry, "run": told["run"], "seconds": 0} == {**told, "seconds": 0}
    assert (other["leas"], other["opened"], other["open"]) == (1, 0, 1)


def test_the_command_knows_no_such_district() -> None:
    World()
    with pytest.raises(SystemExit) as end:
        call_command("night", "--lea", "123456")
    assert end.value.code == 64
