"""Every change to a clock and to the days on which none counts."""

import copy
import datetime as dt
from collections.abc import Sequence
from typing import cast

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import ClosedDay
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .explain import explain, explain_all, explain_starts
from .models import Clock, ClockKind, ClockMove, ClockPause, ClockQuerySet

A_MOMENT = dt.timedelta(microseconds=1)


class AlreadyStopped(Refusal):
    """The clock was stopped before; nothing about it changes any more."""

    sentence = _("This was finished before. Reload the page to see it.")


class AlreadyPaused(Refusal):
    """The clock is paused."""

    sentence = _("The clock is paused already. Reload the page to see it.")


class NotPaused(Refusal):
    """There is no pause to end."""

    sentence = _("The clock is running already. Reload the page to see it.")


class PastDue(Refusal):
    """The clock's due day is over, and a day that is past never moves."""

    sentence = _("The due day is over, so the clock cannot be paused any more.")


class AlreadyClosed(Refusal):
    """The day is closed already: for this LEA, or for the whole state."""

    sentence = _("This day is closed already. Choose another day.")


class DayInUse(Refusal):
    """A clock skips this day, or the day is not in the future: it stays closed."""

    sentence = _("A due date rests on this day, or the day has come. It stays closed.")


# Clocks -------------------------------------------------------------------------------------------


def start(kind: ClockKind, *, lea_id: int | None, at: dt.datetime, business_days: int, source: str) -> Clock:
    """Start a clock: due so many business days after the Central date of `at` (R-15, R-16).

    `lea_id` says whose closed days it skips besides the state's; `source` is the rule that sets its length.
    """
    (clock,) = start_all([(kind, business_days)], lea_id=lea_id, at=at, source=source)
    return clock


@transaction.atomic
def start_all(
    lengths: Sequence[tuple[ClockKind, int]], *, lea_id: int | None, at: dt.datetime, source: str
) -> list[Clock]:
    """Start several clocks at the same moment, each by its kind and its business days, in as many queries as one."""
    _keep_calendar_still()
    clocks = [
        Clock(kind=kind, lea_id=lea_id, started_at=at, business_days=business_days, source=source)
        for kind, business_days in lengths
    ]
    for clock, due in zip(clocks, explain_starts(clocks), strict=True):
        clock.first_due_on = clock.due_on = cast("dt.date", due.on)  # nothing has paused it yet
    return Clock.objects.bulk_create(clocks)


@transaction.atomic
def stop(clock_id: int, *, at: dt.datetime) -> Clock:
    """What the clock was waiting for has happened. Raises AlreadyStopped."""
    clock = _lock(clock_id)
    # Who waited for a lock while the clock was started may have looked at the time before that.
    clock.stopped_at = max(at, clock.started_at)
    clock.save()
    return clock


@transaction.atomic
def undo_stop(clock_id: int) -> Clock:
    """What had stopped it was undone: it runs on with the due day that it had. Twice changes nothing.

    A closure that was confirmed between the two does not move it (R-16).
    """
    _keep_calendar_still()
    clock = Clock.objects.select_for_update().get(pk=clock_id)
    clock.stopped_at = None
    clock.save()
    return clock


@transaction.atomic
def pause(clock_id: int, *, at: dt.datetime, reason: str) -> Clock:
    """Stop counting from the Central date of `at` on; that day no longer counts (R-17).

    Raises AlreadyStopped, AlreadyPaused or PastDue.
    """
    clock = _lock(clock_id)
    if clock.due_on is None:
        raise AlreadyPaused
    if clock.due_on < central_date(at):
        raise PastDue
    ClockPause.objects.create(clock=clock, starts_on=central_date(at), reason=reason)
    clock.due_on = None
    clock.save()
    return clock


@transaction.atomic
def resume(clock_id: int, *, at: dt.datetime) -> Clock:
    """Count on with the days that were left; the Central date of `at` may be one of them (R-17).

    Raises AlreadyStopped or NotPaused.
    """
    clock = _lock(clock_id)
    if clock.due_on is not None:
        raise NotPaused
    ClockPause.objects.filter(clock=clock, ends_on=None).update(ends_on=central_date(at))
    clock.due_on = explain(clock).on
    clock.save()
    return clock


# Closed days --------------------------------------------------------------------------------------


@transaction.atomic
def close_day(
    *, lea_id: int | None, date: dt.date, reason: str, source: str = "", at: dt.datetime
) -> ClosedDay:
    """Close a day for an LEA, or for the whole state when `lea_id` is None. Raises AlreadyClosed.

    Clocks that have started do not skip it (R-16): it is entered just after the last of them.
    """
    _change_calendar()
    if ClosedDay.objects.for_lea(lea_id).filter(date=date).exists():
        raise AlreadyClosed
    last_start = _clocks_of(lea_id).aggregate(last=Max("started_at"))["last"]
    return ClosedDay.objects.create(
        lea_id=lea_id, date=date, reason=reason, source=source, entered_at=_after(last_start, at)
    )


@transaction.atomic
def open_day(closed_day_id: int, *, at: dt.datetime) -> None:
    """Take back a closed day that lies ahead and that no clock skips yet. Raises DayInUse."""
    _change_calendar()
    day = ClosedDay.objects.select_for_update().get(pk=closed_day_id)
    if day.date <= central_date(at) or is_skipped(day):
        raise DayInUse
    day.delete()


@transaction.atomic
def ask_emergency(closed_day_id: int, *, at: dt.datetime) -> ClosedDay:
    """The LEA asks the state office to let running clocks skip this day too. Twice changes nothing."""
    day = ClosedDay.objects.select_for_update().get(pk=closed_day_id)
    if day.emergency_asked_at is None:
        day.emergency_asked_at = at
        day.save()
    return day


@transaction.atomic
def confirm_emergency(closed_day_id: int, *, at: dt.datetime) -> list[ClockMove]:
    """Let every running clock skip this day, unless its due day is past on the Central date of `at` (R-16).

    Returns the clocks' moves, one for each due day that changed; they stay stored. A paused clock finds the
    day when it resumes. Confirming twice changes nothing and returns nothing.
    """
    _change_calendar()
    day = ClosedDay.objects.select_for_update().get(pk=closed_day_id)
    if day.emergency_confirmed_at is not None:
        return []
    # In the order of their keys, so that two confirmations never wait for each other.
    running = list(_clocks_of(day.lea_id).running().order_by("pk").select_for_update())
    last_stop = _clocks_of(day.lea_id).aggregate(last=Max("stopped_at"))["last"]
    day.emergency_confirmed_at = _after(last_stop, at)
    day.save()
    moves = _moves(running, day, day.emergency_confirmed_at)
    for move in moves:
        move.clock.due_on = move.due_on
    Clock.objects.bulk_update([move.clock for move in moves], ["due_on"])
    return ClockMove.objects.bulk_create(moves)


def count_moves(day: ClosedDay, *, at: dt.datetime) -> int:
    """How many clocks would move if this day were confirmed as an emergency now. Changes nothing."""
    confirmed = copy.copy(day)
    confirmed.emergency_confirmed_at = at
    return len(_moves(list(_clocks_of(day.lea_id).running()), confirmed, at))


def is_skipped(day: ClosedDay) -> bool:
    """Whether a clock, running or stopped, counts past this day."""
    if ClockMove.objects.filter(closed_day=day).exists():
        return True
    clocks = _clocks_of(day.lea_id).filter(due_on__gte=day.date)
    if day.emergency_confirmed_at is None:
        clocks = clocks.filter(started_at__gte=day.entered_at)
    return clocks.exists()


# What they share ----------------------------------------------------------------------------------


def _lock(clock_id: int) -> Clock:
    _keep_calendar_still()
    clock = Clock.objects.select_for_update().get(pk=clock_id)
    if clock.stopped_at is not None:
        raise AlreadyStopped
    return clock


def _clocks_of(lea_id: int | None) -> ClockQuerySet:
    """The clocks that skip this LEA's closed days: all of them, for the state's."""
    return Clock.objects.all() if lea_id is None else Clock.objects.filter(lea=lea_id)


def _moves(running: list[Clock], day: ClosedDay, at: dt.datetime) -> list[ClockMove]:
    """The moves, not stored yet, of the clocks that are not past due at this moment and that `day` delays."""
    today = central_date(at)
    in_time = [clock for clock in running if clock.due_on is not None and clock.due_on >= today]
    explained = explain_all(in_time, what_if=day)
    moves = []
    for clock in in_time:
        was_due_on, due_on = clock.due_on, explained[clock.pk].on
        if was_due_on is not None and due_on is not None and due_on != was_due_on:
            moves.append(
                ClockMove(clock=clock, closed_day=day, was_due_on=was_due_on, due_on=due_on, moved_at=at)
            )
    return moves


# Which days a clock skips follows from moments: entered before it started, confirmed before it stopped. Moments
# are taken before a row is locked, so two changes at once could be stored in one order and stamped in the
# other. The calendar's changes therefore wait for clocks that are changing, and are stamped after them. Everybody
# takes this lock before locking a clock, so that nobody waits in a circle.


def _keep_calendar_still() -> None:
    """Until this transaction ends, no closed day is added, confirmed or taken back. Others may count, too."""
    _advisory_lock("pg_advisory_xact_lock_shared")


def _change_calendar() -> None:
    """Until this transaction ends, no clock is counted elsewhere and no closed day changes elsewhere."""
    _advisory_lock("pg_advisory_xact_lock")


def _advisory_lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtext('closed days'))")


def _after(last: dt.datetime | None, at: dt.datetime) -> dt.datetime:
    """`at`, or just after `last` when that came later."""
    return at if last is None or last < at else last + A_MOMENT
