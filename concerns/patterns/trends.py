"""How many concerns came in and were closed, by month or week and by what they are about. The database counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, DateField, DurationField, F, Q
from django.db.models.functions import TruncMonth, TruncWeek
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concerns.models import OPEN_STATES, Concern, ConcernQuerySet, ConcernState, Outcome
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import CENTRAL

from .counting import midnight

MONTH, WEEK = "month", "week"
MONTHS, WEEKS = 24, 26  # how far a trend goes back
BY = {MONTH: gettext_lazy("Month"), WEEK: gettext_lazy("Week")}
PARTS = {
    "category": gettext_lazy("By category"),
    "provider": gettext_lazy("By provider"),
    "lea": gettext_lazy("By district"),
    "outcome": gettext_lazy("By outcome"),
}


class Median(Aggregate):
    """The middle one of the values that are there."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Period:
    """One month or week, from `start` on. `to_reply`, `to_close`: the median of what came in then, None: of nothing."""

    start: dt.date
    received: int
    closed: int
    to_reply: dt.timedelta | None
    to_close: dt.timedelta | None


@dataclass(frozen=True, slots=True)
class Part:
    """What came in about one category, provider, district or with one outcome. `key`: as the address says it."""

    key: str
    name: str
    received: int
    open: int
    to_reply: dt.timedelta | None
    to_close: dt.timedelta | None


def chosen(filters: Mapping[str, Any]) -> ConcernQuerySet:
    """Concerns as the filters cut them; a joined one counts as the one that it was joined with."""
    rows = Concern.objects.exclude(state=ConcernState.MERGED)
    wanted = {name: filters[name] for name in PARTS if filters.get(name)}
    return rows.filter(**wanted)


def starts_of(by: str, *, until: dt.date) -> list[dt.date]:
    """The first days of the periods that are shown, the oldest first; the last one has begun."""
    if by == WEEK:
        monday = until - dt.timedelta(days=until.weekday())
        return [monday - dt.timedelta(weeks=number) for number in range(WEEKS - 1, -1, -1)]
    months = until.year * 12 + until.month - 1
    return [dt.date(month // 12, month % 12 + 1, 1) for month in range(months - MONTHS + 1, months + 1)]


def periods(rows: ConcernQuerySet, by: str, *, until: dt.date) -> list[Period]:
    """Every period, empty ones too. Two queries."""
    starts = starts_of(by, until=until)
    cut = TruncWeek if by == WEEK else TruncMonth
    first = midnight(starts[0])
    counted: Any = (
        rows.filter(received_at__gte=first)
        .annotate(start=cut("received_at", output_field=DateField(), tzinfo=CENTRAL))
        .order_by()
        .values("start")
        .annotate(count=Count("pk"), **_medians())
    )
    received = {row["start"]: row for row in counted}
    closed = dict(
        rows.filter(closed_at__gte=first)
        .annotate(start=cut("closed_at", output_field=DateField(), tzinfo=CENTRAL))
        .order_by()
        .values_list("start")
        .annotate(count=Count("pk"))
    )
    nothing: dict[str, Any] = {"count": 0, "to_reply": None, "to_close": None}
    return [
        Period(start, row["count"], closed.get(start, 0), row["to_reply"], row["to_close"])
        for start in starts
        for row in [received.get(start, nothing)]
    ]


def parts(rows: ConcernQuerySet, part: str, *, since: dt.date) -> list[Part]:
    """What came in since then by one column of PARTS, the most first. One query, and one more for categories."""
    name = {"provider": "provider__organization__name", "lea": "lea__organization__name"}.get(part, part)
    counted: Any = (
        rows.filter(received_at__gte=midnight(since))
        .order_by()
        .values(key=F(part), of=F(name))
        .annotate(count=Count("pk"), still_open=Count("pk", filter=Q(state__in=OPEN_STATES)), **_medians())
        .order_by("-count", "of", "key")
    )
    words = names_of(part)
    return [
        Part(
            str(row["key"] or ""),
            words.get(row["of"] or "", row["of"] or _("None named")),
            row["count"],
            row["still_open"],
            row["to_reply"],
            row["to_close"],
        )
        for row in counted
    ]


def names_of(part: str) -> dict[str, str]:
    """What a code of this column is called, where it is a code."""
    if part == "category":
        return categories()
    if part == "outcome":
        return {**{str(value): str(label) for value, label in Outcome.choices}, "": _("Not closed yet")}
    return {}


def categories() -> dict[str, str]:
    """Every category there ever was, by its code, with its last name."""
    rows = CodeMeaning.objects.filter(code_set=CodeSet.CONCERN_CATEGORY).order_by("valid_from")
    return {row.code: row.local_label for row in rows}


def totals(found: Sequence[Period]) -> tuple[int, int]:
    """How many were received and closed."""
    return sum(one.received for one in found), sum(one.closed for one in found)


def _medians() -> dict[str, Median]:
    return {
        "to_reply": Median(F("reply_clock__stopped_at") - F("received_at")),
        "to_close": Median(F("closed_at") - F("received_at")),
    }


def in_days(time: dt.timedelta | None) -> str:
    """To a tenth of a day, as a file has it; empty for None."""
    return "" if time is None else f"{time / dt.timedelta(days=1):.1f}"
