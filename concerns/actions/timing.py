"""The three clocks of the office: acknowledge, sort, reply. They start when a concern is received.

Each stops once: whoever stops a clock that has stopped changes nothing. The caller holds the concern.
"""

import datetime as dt

from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, NoLegalValue
from mocap_portal.foundation.shared.calendar import central_date

from ..models import Concern

DAYS = {
    ClockKind.CONCERN_ACKNOWLEDGE: LegalKey.CONCERN_ACKNOWLEDGE_DAYS,
    ClockKind.CONCERN_SORT: LegalKey.CONCERN_SORT_DAYS,
    ClockKind.CONCERN_REPLY: LegalKey.CONCERN_REPLY_DAYS,
}
SOURCE = "R-117"


def start(*, at: dt.datetime) -> tuple[Clock, Clock, Clock]:
    """The clocks to acknowledge, to sort and to reply, from this moment on. Raises NoLegalValue."""
    acknowledge, sort, reply = _started(DAYS, at=at)
    return acknowledge, sort, reply


def start_reply(concern: Concern, *, at: dt.datetime) -> None:
    """The office has its days for a reply once more, for the concern was opened again. The caller saves it."""
    (concern.reply_clock,) = _started([ClockKind.CONCERN_REPLY], at=at)


def acknowledge(concern: Concern, *, at: dt.datetime) -> None:
    """Somebody of the office has taken the concern up; the receipt that the portal gives by itself is not enough."""
    _stop(concern.acknowledge_clock_id, at=at)


def sort(concern: Concern, *, at: dt.datetime) -> None:
    """The office knows whose it is."""
    acknowledge(concern, at=at)
    _stop(concern.sort_clock_id, at=at)


def reply(concern: Concern, *, at: dt.datetime) -> None:
    """The office has written to the writer; that is an acknowledgement too."""
    acknowledge(concern, at=at)
    _stop(concern.reply_clock_id, at=at)


def stop_all(concern: Concern, *, at: dt.datetime) -> None:
    """The concern is over, or another one stands for it."""
    sort(concern, at=at)
    _stop(concern.reply_clock_id, at=at)


def _started(kinds: "list[ClockKind] | dict[ClockKind, LegalKey]", *, at: dt.datetime) -> list[Clock]:
    on = central_date(at)
    keys = [DAYS[kind] for kind in kinds]
    days = {row.key: int(row.number) for row in LegalValue.objects.on(on).filter(key__in=keys)}
    if missing := sorted(set(keys) - set(days)):
        raise NoLegalValue(f"No value of {', '.join(missing)} holds on {on}.")
    lengths = [(kind, days[DAYS[kind]]) for kind in kinds]
    return clocks.start_all(lengths, lea_id=None, at=at, source=SOURCE)


def _stop(clock_id: int | None, *, at: dt.datetime) -> None:
    if clock_id is not None and Clock.objects.unfinished().filter(pk=clock_id).exists():
        clocks.stop(clock_id, at=at)
