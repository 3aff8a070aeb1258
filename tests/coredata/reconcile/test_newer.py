"""What came in since: it is compared within minutes, whatever happens to the run that should have done it."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from coredata.models import ProviderReport, ReportState
from coredata.reconcile import actions, engine, newer
from coredata.reconcile.files import Question
from coredata.reconcile.models import Mismatch, MismatchState, Run, RunKind
from enrollment.part_time.models import LineState
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.papers.models import DigestItem
from providers.models import Agreement
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import StoredCollectionFactory, UploadFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.providers import AgreementFactory
from tests.factories.records import LearningPlanFactory
from tests.killed import Killed, killed_at

from .world import ADA, ART, ENGLISH, WINTER, YEAR, World

pytestmark = pytest.mark.django_db

BEN, CAM = "0000000043", "0000000044"
AT = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)  # three in the morning, Central
MINUTE, ONE_DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


def night(day: dt.date = WINTER) -> Run:
    return actions.compare(YEAR, as_of=day, at=AT + (day - WINTER), kind=RunKind.NIGHT)


def in_minutes(minutes: int) -> list[Run]:
    return actions.compare_newer(at=AT + minutes * MINUTE)


def standing() -> list[tuple[str, str]]:
    """Code and student of what is open."""
    still = (
        Mismatch.objects.exclude(state=MismatchState.RESOLVED)
        .exclude(mosis_id="")
        .order_by("code", "mosis_id")
    )
    return list(still.values_list("code", "mosis_id"))


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_statement_a_minute_later_the_same_is_found(settings: Settings) -> None:
    """Two LEAs have something newer, each in a piece of its own. By turns it opens and resolves."""
    settings.RECONCILE_LEAS_AT_ONCE = 1
    world = World()
    world.reported(ADA)
    world.reported(BEN, district_code=world.other.state_district_id)
    night()
    found = {True: [("M-10", ADA), ("M-10", BEN)], False: []}
    assert standing() == found[True]

    def count(*, is_accepted: bool) -> None:
        values = (
            {"state": ReportState.ACCEPTED, "reason": "", "ended_at": None}
            if is_accepted
            else {"state": ReportState.RETRACTED, "reason": "Wrong year.", "ended_at": AT}
        )
        ProviderReport.objects.filter(pk=world.report.pk).update(**values)

    count(is_accepted=False)
    with killed_at(0) as statements:
        (run,) = in_minutes(1)
    assert (run.leas, run.resolved, standing()) == (2, 2, [])
    is_accepted, minute = True, 2
    for statement in range(2, statements[0], statements[0] // 12):
        count(is_accepted=is_accepted)
        with killed_at(statement), pytest.raises(Killed):
            in_minutes(minute)
        in_minutes(minute + 1)
        assert standing() == found[is_accepted], statement
        assert in_minutes(minute + 2) == []
        is_accepted, minute = not is_accepted, minute + 3


def test_a_run_of_one_lea_by_hand_leaves_what_others_have_to_the_next_minute() -> None:
    world = World()
    night()
    world.approve(BEN)
    world.approve(CAM, lea=world.other)
    actions.compare(YEAR, as_of=WINTER, at=AT + MINUTE, kind=RunKind.HAND, leas=[world.other.pk])
    assert standing() == [("M-06", CAM)]
    in_minutes(2)
    assert standing() == [("M-06", BEN), ("M-06", CAM)]
    assert in_minutes(3) == []


def test_after_a_run_of_all_by_hand_nothing_is_newer() -> None:
    world = World()
    night()
    world.approve(BEN)
    actions.compare(YEAR, as_of=WINTER, at=AT + MINUTE, kind=RunKind.HAND)
    assert in_minutes(2) == []


def test_what_comes_in_while_a_run_begins_is_newer_a_minute_later(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    night()
    world.approve(BEN)
    choose = newer.leas_with_newer

    def choose_and_wait(*args: object) -> list[int]:
        leas = choose(*args)  # type: ignore[arg-type]
        world.approve(CAM, lea=world.other)
        return leas

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(newer, "leas_with_newer", choose_and_wait)
        in_minutes(1)
    assert standing() == [("M-06", BEN)]
    in_minutes(2)
    assert standing() == [("M-06", BEN), ("M-06", CAM)]
    assert in_minutes(3) == []


@pytest.mark.django_db(transaction=True)
def test_what_was_numbered_early_and_committed_late_is_newer() -> None:
    """An approval in a transaction, and within it in another one, that is open while others come and are compared."""
    world = World()
    night()
    written, over = threading.Event(), threading.Event()

    def approve() -> None:
        try:
            with transaction.atomic(), transaction.atomic():
                world.approve(BEN)
                written.set()
                over.wait(60)
        finally:
            written.set()
            connection.close()

    other = threading.Thread(target=approve)
    other.start()
    written.wait(60)
    try:
        world.approve(CAM, lea=world.other)
        assert len(in_minutes(1)) == 1
        assert standing() == [("M-06", CAM)]
        assert in_minutes(2) == []  # what was compared is not newer, though something older is not over yet
    finally:
        over.set()
        other.join()
    (run,) = in_minutes(3)
    assert (run.leas, standing()) == (1, [("M-06", BEN), ("M-06", CAM)])
    assert in_minutes(4) == []


@pytest.mark.rule("M-88")
def test_a_new_agreement_is_something_newer() -> None:
    world = World()
    world.reported(basis="site_license")
    night()
    assert ("M-88", ADA) in standing()
    agreement = AgreementFactory.create(site_license=True, lea=world.lea, provider=world.provider)
    (run,) = in_minutes(1)
    assert ("M-88", ADA) not in standing()
    assert run.leas == 1
    Agreement.objects.filter(pk=agreement.pk).update(valid_to=agreement.valid_from)
    in_minutes(2)
    assert ("M-88", ADA) in standing()
    assert in_minutes(3) == []


@pytest.mark.rule("M-54")
def test_an_agreement_of_two_leas_is_something_newer_for_both() -> None:
    world = World()
    night()
    AgreementFactory.create(cooperative=True, lea=world.lea, partner_lea=world.other)
    (run,) = in_minutes(1)
    assert set(run.of_leas.values_list("lea", flat=True)) == {world.lea.pk, world.other.pk}


@pytest.mark.rule("M-67")
def test_a_new_learning_plan_is_something_newer() -> None:
    world = World()
    request = world.approve(BEN).request
    student = request.claim.student
    for code in ENGLISH, ART:
        CourseLineFactory.create(
            request=request,
            course=world.courses[code],
            state=LineState.ACTIVE,
            started_on=request.term.starts_on,
        )
    night()
    assert ("M-67", BEN) in standing()
    LearningPlanFactory.create(student=student)
    in_minutes(1)
    assert ("M-67", BEN) not in standing()
    assert in_minutes(2) == []


# Two school years ---------------------------------------------------------------------------------------------

OCTOBER_AT = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)  # last year's data may still be mended


@pytest.fixture
def last_year_fails(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[None]]:
    """While it is entered last year's comparison fails."""

    def fail_of_last_year(question: Question) -> object:
        if question.year == YEAR - 1:
            raise LookupError(f"a row of {ADA}")
        return engine.find(question)

    @contextmanager
    def failing() -> Iterator[None]:
        with monkeypatch.context() as broken:
            broken.setattr(actions.comparing, "find", fail_of_last_year)
            yield

    return failing


def state_of(*runs: str) -> list[tuple[int, bool, str]]:
    """Of all runs of these kinds: of which school year, whether it came to its end, and how it failed."""
    found = Run.objects.filter(kind__in=runs).order_by("school_year", "pk")
    return [(run.school_year_id, run.finished_at is not None, run.failure) for run in found]


def test_a_night_of_last_year_that_fails_holds_up_no_other_and_is_told(
    last_year_fails: Callable[[], AbstractContextManager[None]],
) -> None:
    World()
    reviewer = MembershipFactory.create(dese_reviewer=True)
    with last_year_fails(), pytest.raises(LookupError):
        actions.compare_night(at=OCTOBER_AT)
    assert state_of("night") == [(YEAR - 1, False, "LookupError"), (YEAR, True, "")]
    assert DigestItem.objects.get(user=reviewer.user).key == f"comparison:{YEAR - 1}"
    assert [run.school_year_id for run in actions.compare_night(at=OCTOBER_AT + MINUTE)] == [YEAR - 1]
    assert actions.compare_night(at=OCTOBER_AT + 2 * MINUTE) == []


def test_what_is_newer_in_a_year_that_fails_holds_up_no_other(
    last_year_fails: Callable[[], AbstractContextManager[None]],
) -> None:
    world = World()
    assert len(actions.compare_night(at=OCTOBER_AT)) == 2
    old = StoredCollectionFactory.create(school_year=SchoolYear.objects.get(year=YEAR - 1), kind="stu_assign")
    UploadFactory.create(certified=True, collection=old, lea=world.lea)
    world.reported(ADA)
    ProviderReport.objects.update(state=ReportState.RETRACTED, reason="Wrong year.", ended_at=AT)
    with last_year_fails(), pytest.raises(LookupError):
        actions.compare_newer(at=OCTOBER_AT + MINUTE)
    assert state_of("newer") == [(YEAR - 1, False, "LookupError"), (YEAR, True, "")]
    assert [run.school_year_id for run in actions.compare_newer(at=OCTOBER_AT + 2 * MINUTE)] == [YEAR - 1]


def test_of_two_years_that_fail_both_errors_are_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_question: Question) -> object:
        raise LookupError

    World()
    monkeypatch.setattr(actions.comparing, "find", fail)
    with pytest.raises(ExceptionGroup) as raised:
        actions.compare_night(at=OCTOBER_AT)
    assert [type(error) for error in raised.value.exceptions] == [LookupError, LookupError]
