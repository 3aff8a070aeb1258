"""Why a clock is due when it is: every counted and skipped day, computed from what is stored.

Which closed days a clock skips (R-16): those entered before it started, and those that DESE confirmed as an
emergency while the clock was not past due. Confirmations are taken in the order in which they came, so that
a due day that was already past stays where it was.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import ClosedDay
from mocap_portal.foundation.shared.calendar import (
    Day,
    Due,
    Kind,
    Pause,
    central_date,
    closed_code,
    due_date,
    holiday_code,
)

from .models import Clock, ClockMove, ClockPause


def explain(clock: Clock) -> Due:
    """The clock's due day with every day that led there; `on` is None while it is paused."""
    return explain_all([clock])[clock.pk]


def explain_all(clocks: Collection[Clock], *, what_if: ClosedDay | None = None) -> dict[int, Due]:
    """The same for many clocks at once, by primary key, in three queries.

    `what_if` is a changed but unsaved closed day, taken in place of the stored one.
    """
    if not clocks:
        return {}
    pauses = defaultdict(list)
    for pause in ClockPause.objects.filter(clock__in=clocks):
        pauses[pause.clock_id].append(Pause(pause.starts_on, pause.ends_on, pause.reason))
    moved_by = defaultdict(set)
    for move in ClockMove.objects.filter(clock__in=clocks):
        moved_by[move.clock_id].add(move.closed_day_id)

    def count(clock: Clock, closed_days: Iterable[ClosedDay]) -> Due:
        return _count(clock, closed_days, pauses[clock.pk], moved_by[clock.pk])

    if what_if is None:
        return {clock.pk: due for clock, due in zip(clocks, _explained(clocks, count), strict=True)}
    closed_days = [what_if if day.pk == what_if.pk else day for day in _closed_days_after(clocks)]
    return {clock.pk: count(clock, closed_days) for clock in clocks}


def explain_start(clock: Clock) -> Due:
    """The due day of a clock that is about to be stored."""
    return explain_starts([clock])[0]


def explain_starts(clocks: Collection[Clock]) -> list[Due]:
    """The same for several, in one query."""
    return _explained(clocks, lambda clock, closed_days: _count(clock, closed_days, pauses=(), moved_by=()))


def explain_days(
    start: dt.date, business_days: int, *, lea_id: int | None, pauses: Sequence[Pause] = ()
) -> Due:
    """When a clock that starts on this day would be due, by the closed days as they are known now.

    `lea_id` says whose closed days are skipped besides the state's. Raises what `due_date` raises.
    """
    closed = ClosedDay.objects.for_lea(lea_id).filter(date__gt=start)
    return due_date(start, business_days, closed_codes(closed), pauses)


def closed_codes(days: Iterable[ClosedDay]) -> dict[dt.date, str]:
    """The closed days as `due_date` takes them. A day closed by the state and by an LEA is the state's."""
    codes: dict[dt.date, str] = {}
    for day in days:
        if day.lea_id is None:
            codes[day.date] = holiday_code(day.reason)
        else:
            codes.setdefault(day.date, closed_code(day.reason))
    return codes


def words(day: Day) -> str:
    """What happened to a day, as a person reads it."""
    labels = {
        Kind.BUSINESS_DAY: _("Business day"),
        Kind.WEEKEND: _("Weekend"),
        Kind.HOLIDAY: _("State holiday or closure"),
        Kind.CLOSED: _("District closed"),
        Kind.PAUSED: _("Clock paused"),
    }
    label = labels[day.kind]
    return _("%(label)s: %(detail)s") % {"label": label, "detail": day.detail} if day.detail else label


def _explained(clocks: Collection[Clock], count: Callable[[Clock, Iterable[ClosedDay]], Due]) -> list[Due]:
    """Count each by the closed days of a few months, for those of all years to come are many.

    When so much is closed or paused that the counting went on beyond what was read, more is read.
    """
    latest = max(central_date(clock.started_at) for clock in clocks)
    known = max((clock.due_on for clock in clocks if clock.due_on), default=latest)
    days = 2 * max(clock.business_days for clock in clocks) + 30
    while True:
        until = max(latest + dt.timedelta(days=days), known)
        closed_days = _closed_days_after(clocks, until=until)
        dues = [count(clock, closed_days) for clock in clocks]
        if all(not due.days or due.days[-1].date <= until for due in dues):
            return dues
        days *= 2


def _closed_days_after(clocks: Collection[Clock], *, until: dt.date = dt.date.max) -> list[ClosedDay]:
    """Every closed day until then that could concern one of these clocks."""
    leas = {clock.lea_id for clock in clocks if clock.lea_id is not None}
    first_start = min(central_date(clock.started_at) for clock in clocks)
    return list(
        ClosedDay.objects.filter(Q(lea=None) | Q(lea__in=leas), date__gt=first_start, date__lte=until)
    )


def _count(
    clock: Clock, closed_days: Iterable[ClosedDay], pauses: Sequence[Pause], moved_by: Collection[int]
) -> Due:
    start = central_date(clock.started_at)
    own = [day for day in closed_days if day.lea_id in (None, clock.lea_id)]
    skipped = [day for day in own if day.entered_at <= clock.started_at]
    due = due_date(start, clock.business_days, closed_codes(skipped), pauses)
    for day, confirmed_at in _confirmed_later(own, clock, moved_by):
        if due.on is None or central_date(confirmed_at) <= due.on:
            skipped.append(day)
            due = due_date(start, clock.business_days, closed_codes(skipped), pauses)
    return due


def _confirmed_later(
    closed_days: Iterable[ClosedDay], clock: Clock, moved_by: Collection[int]
) -> list[tuple[ClosedDay, dt.datetime]]:
    """Emergency closures that were entered after the clock started and confirmed before it stopped, in order."""
    confirmed = [
        (day, day.emergency_confirmed_at)
        for day in closed_days
        if day.entered_at > clock.started_at and day.emergency_confirmed_at is not None
    ]
    stopped_at = clock.stopped_at
    if stopped_at is not None:
        # A stop may carry a moment just before a confirmation that was stored first and moved the clock.
        confirmed = [(day, at) for day, at in confirmed if at <= stopped_at or day.pk in moved_by]
    return sorted(confirmed, key=lambda pair: (pair[1], pair[0].pk))
