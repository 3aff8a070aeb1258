"""Who is reminded when: at half time, on the business day before a clock is due, and on each day after (R-18).

This says which reminders are due and remembers which were given. Whom they go to and how they are gathered
belongs to the apps whose rows own the clocks. Their task runs, for each day:

    run = begin_run(day, at=now)
    with transaction.atomic():
        told = [pair for pair in due_chases(day, kinds=[...]) if record(*pair, day)]
        ...store a digest for each person...
    finish_run(run.pk, at=now, clocks=..., chases=len(told))

It may run twice, or in two workers at once: `record` is true for one of them only.
"""

import datetime as dt
from collections.abc import Collection

from django.db.models import F

from mocap_portal.foundation.shared.calendar import Due, day_before, half_time

from .explain import explain_all
from .models import Chase, ChaseRun, ChaseStep, Clock, ClockKind


def due_chases(day: dt.date, *, kinds: Collection[str] = ClockKind.values) -> list[tuple[Clock, ChaseStep]]:
    """The running clocks of these kinds that need a reminder on this Central date and have not had it.

    The most urgent come first. A clock needs one step at a time. Half time and the day before are caught up on a
    later day if their night was missed, until the next step takes over; the days after the due day are not. When an
    emergency moves the due day, the day before comes again.
    """
    clocks = list(Clock.objects.running().filter(kind__in=kinds).order_by("due_on", "pk"))
    explained, given = explain_all(clocks), _given(clocks)
    chases = []
    for clock in clocks:
        window = _window(explained[clock.pk], day)
        if window is None:
            continue
        step, first_day = window
        last_given = given.get((clock.pk, step))
        if last_given is None or last_given < first_day:
            chases.append((clock, step))
    return chases


def record(clock: Clock, step: ChaseStep, day: dt.date) -> bool:
    """Note that this reminder is given today. True for the first caller only: that one tells people."""
    _chase, created = Chase.objects.get_or_create(clock=clock, step=step, day=day)
    return created


def begin_run(day: dt.date, *, at: dt.datetime) -> ChaseRun:
    """The run of this day: a new one, or the one that was begun before."""
    run, _created = ChaseRun.objects.get_or_create(day=day, defaults={"started_at": at})
    return run


def finish_run(run_id: int, *, at: dt.datetime, clocks: int, chases: int) -> None:
    """The run is done: so many clocks looked at, so many reminders given (added to those of an earlier try)."""
    ChaseRun.objects.filter(pk=run_id).update(finished_at=at, clocks=clocks, chases=F("chases") + chases)


def _given(clocks: list[Clock]) -> dict[tuple[int, str], dt.date]:
    """The last day of each step that was given."""
    rows = Chase.objects.filter(clock__in=clocks).order_by("day")
    return {(row.clock_id, row.step): row.day for row in rows}


def _window(due: Due, day: dt.date) -> tuple[ChaseStep, dt.date] | None:
    """The step that a day falls into, and the first day on which giving it counts."""
    if due.on is None:
        return None
    if day > due.on:
        return ChaseStep.OVERDUE, day
    before = day_before(due)
    if before is None:  # due on the first business day: there is no time to remind
        return None
    if day >= before:
        return ChaseStep.DAY_BEFORE, before
    half = half_time(due)
    if half is not None and day >= half:
        return ChaseStep.HALF_TIME, due.start  # half time is over once, even if the due day moves later
    return None
