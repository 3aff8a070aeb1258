"""Business days and due dates, as the law of the portal counts them (R-15, R-16, R-17).

Everything here is arithmetic on dates handed in: nothing reads the time of day, a setting or the database.
The day on which something starts is day 0; it ends at 23:59:59 Central on its due date.

Every day is explained by a code: a kind alone (``"weekend"``) or a kind and what was closed or paused, after
a colon (``"holiday:Labor Day"``). The words a person reads for a kind belong to the page that shows them.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from zoneinfo import ZoneInfo

import holidays

CENTRAL = ZoneInfo("America/Chicago")

ONE_DAY = dt.timedelta(days=1)
SATURDAY, SUNDAY = 5, 6

#: A calendar closed for longer than this, in days without one business day, is a mistake in its rows.
LONGEST_CLOSURE = 366


class NoBusinessDay(ValueError):
    """The closed days leave no room to count: the calendar's rows are wrong."""


class Kind(StrEnum):
    """Why a day counted or did not. Only a business day counts."""

    BUSINESS_DAY = "business_day"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Pause:
    """Counting stands still from `start` up to, but not on, `end`; it still does when `end` is None.

    `reason` is the caller's own code, such as ``"iep"``. ValueError if it ends before it starts.
    """

    start: dt.date
    end: dt.date | None
    reason: str = ""

    def __post_init__(self) -> None:
        _refuse_moment(self.start)
        if self.end is not None:
            _refuse_moment(self.end)
            if self.end < self.start:
                raise ValueError(f"A pause from {self.start} cannot end before it, on {self.end}.")

    def covers(self, day: dt.date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(frozen=True, slots=True)
class Day:
    """One line of "why this date?": a date and the code of what happened to it."""

    date: dt.date
    reason: str

    @property
    def kind(self) -> Kind:
        return Kind(self.reason.partition(":")[0])

    @property
    def detail(self) -> str:
        """The holiday's name, or why it was closed or paused; empty when the kind says it all."""
        return self.reason.partition(":")[2]

    @property
    def counted(self) -> bool:
        return self.kind == Kind.BUSINESS_DAY


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and every day that led there.

    `days` holds each day after `start` up to and including `on`. While a pause has no end, `on` is None,
    `days` stops at the first business day lost to it, and `remaining` is what is still to be counted once it
    ends (else 0).
    """

    start: dt.date
    business_days: int
    on: dt.date | None
    days: tuple[Day, ...]

    @property
    def remaining(self) -> int:
        return self.business_days - sum(day.counted for day in self.days)


def central_date(moment: dt.datetime) -> dt.date:
    """The date in Missouri at this moment. ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment without a time zone has no Central date.")
    return moment.astimezone(CENTRAL).date()


def end_of_day(date: dt.date) -> dt.datetime:
    """The last second of this date in Missouri: something due on it is on time until then, inclusive."""
    _refuse_moment(date)
    return dt.datetime.combine(date, dt.time(23, 59, 59), tzinfo=CENTRAL)


def holiday_code(name: str) -> str:
    """The code of a state holiday, for the closed days given to `due_date`."""
    return _code(Kind.HOLIDAY, name)


def closed_code(reason: str) -> str:
    """The code of any other closed day, for the closed days given to `due_date`."""
    return _code(Kind.CLOSED, reason)


def missouri_holidays(year: int) -> dict[dt.date, str]:
    """Missouri's public holidays by the weekday of `year` on which they are kept, in order (9.010, RSMo).

    A holiday on a Sunday is kept on Monday, as the section says, and one on a Saturday on the Friday before.
    So New Year's Day may be kept in the year before: it is in that year's answer, as 31 December, not in its
    own.

    This fills the calendar's rows once. Clocks read the rows, which the state can correct.
    """
    kept = {
        _weekday_kept(date): name
        for around in (year, year + 1)
        for date, name in _holidays_by_date(around).items()
    }
    return {date: kept[date] for date in sorted(kept) if date.year == year}


def due_date(
    start: dt.date,
    business_days: int,
    closed: Mapping[dt.date, str],
    pauses: Sequence[Pause] = (),
) -> Due:
    """Count `business_days` from `start`, which is day 0 even when it is itself a closed day.

    `closed` gives the code of each closed weekday, from `holiday_code` or `closed_code`: the caller has
    already left out the closed days that do not bind this clock (R-16). Weekends never count. A day that is
    closed anyway is not put down to a pause, so the paused days in the answer are exactly the business days a
    pause has cost.

    Raises ValueError for a negative count or an end beyond the last date there is, NoBusinessDay (a
    ValueError) when more than a year passes without one.
    """
    _refuse_moment(start)
    if business_days < 0:
        raise ValueError(f"Business days cannot be negative: {business_days}.")
    if business_days == 0:
        return Due(start, 0, on=start, days=())

    days: list[Day] = []
    left = business_days
    closed_in_a_row = 0
    for date in _dates_after(start):
        if reason := _closed_reason(date, closed):
            days.append(Day(date, reason))
            closed_in_a_row += 1
            if closed_in_a_row > LONGEST_CLOSURE:
                raise NoBusinessDay(f"No business day in the {LONGEST_CLOSURE} days up to {date}.")
            continue
        closed_in_a_row = 0
        if pause := _pause_on(date, pauses):
            days.append(Day(date, _code(Kind.PAUSED, pause.reason)))
            if pause.end is None:
                return Due(start, business_days, on=None, days=tuple(days))
            continue
        days.append(Day(date, Kind.BUSINESS_DAY.value))
        left -= 1
        if left == 0:
            return Due(start, business_days, on=date, days=tuple(days))
    raise ValueError(f"{business_days} business days from {start} end after the last date there is.")


def half_time(due: Due) -> dt.date | None:
    """The day on which half of the business days, rounded up, are counted; None if a pause came first."""
    half = (due.business_days + 1) // 2
    if half == 0:
        return due.start
    counted = [day.date for day in due.days if day.counted]
    return counted[half - 1] if half <= len(counted) else None


def day_before(due: Due) -> dt.date | None:
    """The last business day before the due day, paused or not; None without one, or without a due day."""
    if due.on is None:
        return None
    business_days = (
        day.date for day in reversed(due.days[:-1]) if day.kind in (Kind.BUSINESS_DAY, Kind.PAUSED)
    )
    return next(business_days, None)


def _holidays_by_date(year: int) -> dict[dt.date, str]:
    # The library takes Truman Day from the state's list but not Lincoln Day; both are named here so that
    # neither can go missing with an upgrade. Shifting off weekends is ours too, and the same for every day of
    # the list.
    common = holidays.country_holidays("US", subdiv="MO", years=year, observed=False, language="en_US")
    return {**common, dt.date(year, 2, 12): "Lincoln Day", dt.date(year, 5, 8): "Truman Day"}


def _weekday_kept(date: dt.date) -> dt.date:
    if date.weekday() == SATURDAY:
        return date - ONE_DAY
    if date.weekday() == SUNDAY:
        return date + ONE_DAY
    return date


def _dates_after(start: dt.date) -> Iterator[dt.date]:
    date = start
    while date < dt.date.max:
        date += ONE_DAY
        yield date


def _closed_reason(date: dt.date, closed: Mapping[dt.date, str]) -> str | None:
    if date.weekday() in (SATURDAY, SUNDAY):
        return Kind.WEEKEND.value
    return closed.get(date)


def _pause_on(date: dt.date, pauses: Sequence[Pause]) -> Pause | None:
    """The pause that covers this day; of several, one without an end, because that one decides."""
    covering = [pause for pause in pauses if pause.covers(date)]
    return min(covering, key=lambda pause: pause.end is not None, default=None)


def _code(kind: Kind, detail: str) -> str:
    return f"{kind}:{detail}" if detail else kind.value


def _refuse_moment(date: dt.date) -> None:
    # To Python and to mypy a datetime is a date; here it would compare wrongly, and its date depends on the
    # time zone.
    if isinstance(date, dt.datetime):
        raise TypeError("This counts dates: turn a moment into one with central_date().")
