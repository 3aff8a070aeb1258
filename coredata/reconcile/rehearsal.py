"""Tonight's comparison, now: what certifying an LEA's trials would open, close and leave.

It asks the engine the night's own question with the trials in the place of what is certified, and keeps nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from coredata.models import Upload, UploadState

from .catalogue import CATALOGUE, Kind
from .engine import Question, find, lay_beside

COMPARED = """
SELECT beside.code, beside.mosis_id, beside.course_code, beside.semester, coalesce(beside.facts, mismatch.facts),
    beside.id, beside.change
FROM (
    SELECT code, mosis_id, course_code, semester, now.facts, old.id,
        CASE WHEN old.id IS NULL THEN 'opens' WHEN now.facts IS NULL THEN 'closes' ELSE 'stays' END AS change
    FROM now
    FULL JOIN (SELECT * FROM old WHERE state <> 'resolved') AS old
        USING (lea, code, mosis_id, course_code, semester, whole)
) AS beside
LEFT JOIN reconcile_mismatch AS mismatch ON mismatch.id = beside.id
ORDER BY 1, 2, 3, 4
"""


class Change(models.TextChoices):
    OPENS = "opens", _("Would open")
    CLOSES = "closes", _("Would close")
    STAYS = "stays", _("Would stay open")


@dataclass(frozen=True, slots=True)
class Line:
    """One mismatch after certifying. `pk` is None where it would be new."""

    kind: Kind
    mosis_id: str
    course_code: str
    semester: str
    facts: Mapping[str, Any]
    pk: int | None
    change: Change

    @property
    def sentence(self) -> str:
        return self.kind.fill(self.kind.district, self.facts)


@dataclass(frozen=True, slots=True)
class Count:
    """Of one code: how many would open, close and stay."""

    kind: Kind
    opens: int
    closes: int
    stays: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What certifying `trials` would come to. `lines`: every mismatch that an LEA is told of, by code, then student."""

    trials: Sequence[Upload]
    lines: Sequence[Line]

    @property
    def counts(self) -> list[Count]:
        by_code: dict[str, Counter[Change]] = {}
        for line in self.lines:
            by_code.setdefault(line.kind.id, Counter())[line.change] += 1
        return [
            Count(CATALOGUE[code], of[Change.OPENS], of[Change.CLOSES], of[Change.STAYS])
            for code, of in sorted(by_code.items())
        ]

    def of(self, change: Change) -> list[Line]:
        return [line for line in self.lines if line.change == change]


def trials_of(lea_id: int, year: int) -> list[Upload]:
    """The LEA's trials of a school year: they are rehearsed together, as they would be certified."""
    found = Upload.objects.filter(lea=lea_id, state=UploadState.TRIAL, collection__school_year=year)
    return list(found.select_related("collection").order_by("sent_at", "pk"))


@transaction.atomic
def rehearse(lea_id: int, year: int, *, as_of: dt.date, at: dt.datetime) -> Rehearsal:
    """What the night would find after the LEA had certified its trials at this moment. Raises NoSuchYear."""
    trials = trials_of(lea_id, year)
    found = find(
        Question(
            year,
            as_of,
            leas=(lea_id,),
            is_whole=False,
            trials=tuple(trial.pk for trial in trials),
            tried_at=at,
        )
    )
    lay_beside(found)
    with connection.cursor() as cursor:
        cursor.execute(COMPARED)
        lines = [
            Line(CATALOGUE[code], mosis_id, course, semester, json.loads(facts), pk, Change(change))
            for code, mosis_id, course, semester, facts, pk, change in cursor.fetchall()
        ]
    return Rehearsal(trials, [line for line in lines if line.kind.district])
