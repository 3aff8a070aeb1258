"""What every kind of record must be able to do to be let go, and what all of them need for it.

`of_concerns.py` and `of_transcripts.py` are two, the next is added in actions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection
from django.db.models import Q, QuerySet

from mocap_portal.foundation.shared.calendar import CENTRAL

from .models import Hold, Reason, Table, same_day_after


@dataclass(frozen=True, slots=True)
class Gone:
    """What was let go together. `stubs`: columns of a Stub for each; `files`: names to remove from the storage."""

    stubs: list[dict[str, Any]]
    files: list[str]


class Kind(Protocol):
    """One kind of record, known by a number."""

    def due(self, day: dt.date, years: int) -> list[int]:
        """What has ended so many years before this Central day and is under no hold, with what hangs together."""

    def exists(self, number: int) -> bool:
        """Whether there is a record of this number."""

    def held(self, numbers: Iterable[int]) -> set[int]:
        """Those of the numbers on which a hold stands."""

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
        """Remove every row about the record that need not stay, and what hangs together with it, or say why not.

        Inside a transaction, while nobody can place a hold. Nothing but what is `listed` is removed. `at`: now.
        """

    def remove_file(self, name: str) -> None:
        """Remove a file from the storage; one that is gone already is fine."""


def on_hold(table: Table, met: Callable[[Hold], Q]) -> Q:
    """Records of the table on which a hold stands; `met`: those that meet the conditions of one."""
    found = Q(pk__in=[])
    for hold in Hold.objects.standing().filter(table=table):
        found |= met(hold)
    return found


def received_within(hold: Hold) -> Q:
    """Records that came in on the days of a hold; all, if it names none."""
    met = Q(pk__isnull=False)
    if hold.received_from is not None:
        met &= Q(received_at__gte=midnight(hold.received_from))
    if hold.received_to is not None:
        met &= Q(received_at__lt=midnight(hold.received_to + dt.timedelta(days=1)))
    return met


def ended_before(day: dt.date, years: int) -> dt.datetime:
    """What has ended before this moment has been over for so many years on this day."""
    return midnight(same_day_after(day, -years) + dt.timedelta(days=1))


def midnight(day: dt.date) -> dt.datetime:
    """With which the Central day begins."""
    return dt.datetime.combine(day, dt.time(), tzinfo=CENTRAL)


def open_the_way(disposal: int) -> None:
    """For the rest of this transaction. The database lets go of what was said for nobody else, and only if listed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('retention.disposal', %s, true)", [str(disposal)])


def delete_at_once(rows: QuerySet[Any]) -> None:
    """In one statement: rows that point at each other, whose keys the database looks at when all is done."""
    rows._raw_delete(using=rows.db)  # noqa: SLF001 - delete() refuses such rows
