"""How concerns are found for disposal, and how one is let go with all that was ever kept about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection, models
from django.db.models import Q

from concerns.models import Asked, Attachment, BulkItem, Concern, ConcernState, Entry, IdentityConsent
from mocap_portal.foundation.clocks.models import Clock, ClockMove, ClockPause
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.foundation.shared.calendar import central_date

from .kinds import Gone, delete_at_once, ended_before, on_hold, open_the_way, received_within
from .models import Hold, Reason, Table

# Every table with a row about one concern, what points to another part before that part. A test knows what is missing.
PARTS: tuple[type[models.Model], ...] = (
    BulkItem,
    Attachment,
    Entry,
    Asked,
    IdentityConsent,
    Concern.tags.through,
)
CLOCKS = ("acknowledge_clock_id", "sort_clock_id", "reply_clock_id")
# Keys of mails and of lines of the mail of the day: what it is, the number of the concern, what else tells it apart.
MAIL_KEY = r"^concern(-[a-z-]+)?:{}(:|$)"

_FAMILY = """
    WITH RECURSIVE family (id) AS (
        SELECT id FROM concerns_concern WHERE id = ANY(%s)
        UNION
        SELECT joined.id FROM concerns_concern joined JOIN family ON joined.merged_into_id = family.id
    )
    SELECT id FROM family ORDER BY id
"""

_ABOVE = """
    WITH RECURSIVE above (id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT joined.merged_into_id FROM concerns_concern joined JOIN above ON joined.id = above.id
        WHERE joined.merged_into_id IS NOT NULL
    )
    SELECT id FROM above
"""


class OfConcerns:
    """See kinds.Kind."""

    def due(self, day: dt.date, years: int) -> list[int]:
        closed = Concern.objects.filter(state=ConcernState.CLOSED, closed_at__lt=ended_before(day, years))
        roots = set(closed.values_list("pk", flat=True))
        held = self._families(Concern.objects.filter(self._on_hold()).values_list("pk", flat=True))
        return self._family(sorted(roots - held))

    def exists(self, number: int) -> bool:
        return Concern.objects.filter(pk=number).exists()

    def held(self, numbers: Iterable[int]) -> set[int]:
        return set(Concern.objects.filter(self._on_hold(), pk__in=list(numbers)).values_list("pk", flat=True))

    def let_go(
        self,
        number: int,
        *,
        listed: Collection[int],
        day: dt.date,
        years: int,
        disposal: int,
        at: dt.datetime,
    ) -> Gone | Reason:
        root = self._root(number)
        # Whoever opens it again, joins it or adds to it holds this lock first.
        concern = Concern.objects.select_for_update(of=("self",)).filter(pk=root).first()
        if concern is None:
            return Reason.NOT_DUE
        family = self._family([root])
        list(Concern.objects.select_for_update(of=("self",)).filter(pk__in=family).order_by("pk"))
        if self.held(family):
            return Reason.HELD
        is_due = concern.closed_at is not None and concern.closed_at < ended_before(day, years)
        if not is_due or not set(family) <= set(listed):
            return Reason.NOT_DUE
        assert concern.closed_at is not None
        closed_on = central_date(concern.closed_at)
        stubs = [
            {
                "number": one.pk,
                "category": one.category,
                "received_on": central_date(one.received_at),
                "closed_on": closed_on,
                "outcome": concern.outcome,
                "joined_to": one.merged_into_id,
            }
            for one in Concern.objects.filter(pk__in=family).order_by("pk")
        ]
        files = list(
            Attachment.objects.filter(concern__in=family).order_by("pk").values_list("file", flat=True)
        )
        _remove(family, disposal=disposal)
        return Gone(stubs, files)

    def remove_file(self, name: str) -> None:
        Attachment._meta.get_field("file").storage.delete(name)  # noqa: SLF001 - documented by Django

    def _on_hold(self) -> Q:
        """Concerns on which a hold stands."""
        return on_hold(Table.CONCERNS, _met)

    def _family(self, numbers: Collection[int]) -> list[int]:
        """These, and whatever was joined with one of them."""
        with connection.cursor() as cursor:
            cursor.execute(_FAMILY, [list(numbers)])
            return [number for (number,) in cursor.fetchall()]

    def _families(self, numbers: Iterable[int]) -> set[int]:
        """The concerns with which these were joined, however many steps above them, and themselves."""
        with connection.cursor() as cursor:
            cursor.execute(_ABOVE, [list(numbers)])
            return {number for (number,) in cursor.fetchall()}

    def _root(self, number: int) -> int:
        """The concern with which this one was joined, by however many steps; itself, if it was not."""
        while above := Concern.objects.filter(pk=number).values_list("merged_into", flat=True).first():
            number = above
        return number


def _met(hold: Hold) -> Q:
    if hold.number is not None:
        return Q(pk=hold.number)
    met = received_within(hold)
    if hold.category:
        met &= Q(category=hold.category)
    if hold.lea_id is not None:
        met &= Q(lea=hold.lea_id)
    if hold.provider_id is not None:
        met &= Q(provider=hold.provider_id)
    return met


def _remove(family: list[int], *, disposal: int) -> None:
    """Rows, their history, clocks and mails. In one transaction with the disposal's item."""
    # A concern that was opened again has got another clock: of the first one only its history knows.
    history: Any = Concern.pgh_event_model  # type: ignore[attr-defined]
    clocks = {
        clock
        for row in history.objects.filter(pgh_obj__in=family).values_list(*CLOCKS)
        for clock in row
        if clock is not None
    }
    clocks.update(Asked.objects.filter(concern__in=family).values_list("clock", flat=True))
    open_the_way(disposal)
    for part in PARTS:
        delete_at_once(part._default_manager.filter(concern_id__in=family))  # noqa: SLF001 - Django's own name
    Hold.objects.filter(table=Table.CONCERNS, number__in=family).delete()
    delete_at_once(Concern.objects.filter(pk__in=family))
    Clock.objects.filter(pk__in=clocks).delete()
    # Last of all: the database has just written into the histories what was deleted.
    every: tuple[type[models.Model], ...] = (*PARTS, Concern, Hold, Clock, ClockPause, ClockMove)
    for model in every:
        _forget_history(model, family, clocks)
    for number in family:
        DigestItem.objects.filter(key__regex=MAIL_KEY.format(number)).delete()
        Notice.objects.filter(key__regex=MAIL_KEY.format(number)).delete()


def _forget_history(model: type[models.Model], family: list[int], clocks: set[int]) -> None:
    history: Any = getattr(model, "pgh_event_model", None)
    if history is None:
        return
    if model is Concern:
        rows = history.objects.filter(pgh_obj__in=family)
    elif model is Hold:
        rows = history.objects.filter(table=Table.CONCERNS, number__in=family)
    elif model is Clock:
        rows = history.objects.filter(pgh_obj__in=clocks)
    elif model in (ClockPause, ClockMove):
        rows = history.objects.filter(clock__in=clocks)
    else:
        rows = history.objects.filter(concern__in=family)
    rows.delete()
