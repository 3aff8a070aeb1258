"""Tonight's comparison, now: what certifying an LEA's trials, or accepting a provider's report, would change.

It asks the engine the night's own question with the trials or the report in the place of what counts. Nothing is kept.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coredata.models import ProviderReport, Upload, UploadState
from enrollment.full_time.models import ProgramEnrollment
from enrollment.part_time.models import CourseLine
from mocap_portal.foundation.directory.models import Lea

from .catalogue import CATALOGUE, Kind
from .engine import find, lay_beside
from .files import Question
from .models import Mismatch

COMPARED = """
SELECT beside.code, beside.mosis_id, beside.course_code, beside.semester, coalesce(beside.facts, mismatch.facts),
    beside.id, beside.change, beside.provider_id, mismatch.provider_id
FROM (
    SELECT code, mosis_id, course_code, semester, now.facts, now.provider_id, old.id,
        CASE WHEN old.id IS NULL THEN 'opens' WHEN now.facts IS NULL THEN 'closes' ELSE 'stays' END AS change
    FROM now
    FULL JOIN (SELECT * FROM old WHERE state <> 'resolved') AS old
        USING (lea, code, mosis_id, course_code, semester, whole)
) AS beside
LEFT JOIN reconcile_mismatch AS mismatch ON mismatch.id = beside.id
ORDER BY 1, 2, 3, 4
"""
# The LEAs of which a report speaks: those that it or those before it name, and those whose files have its students.
NAMED = """
WITH told AS (
    SELECT mosis_id, district_code FROM coredata_reportrow WHERE report_id = %(report)s
    UNION SELECT row.mosis_id, row.district_code FROM coredata_reportedenrollment AS enrollment
        JOIN coredata_reportrow AS row ON row.id = enrollment.row_id
        WHERE enrollment.provider_id = %(provider)s AND enrollment.school_year_id = %(year)s
)
SELECT organization_id FROM directory_lea JOIN told ON told.district_code = state_district_id
UNION SELECT upload.lea_id FROM coredata_student_lines AS line JOIN told USING (mosis_id)
    JOIN coredata_upload AS upload ON upload.id = line.upload_id
    JOIN coredata_storedcollection AS stored ON stored.id = upload.collection_id
    WHERE stored.school_year_id = %(year)s AND upload.state = 'certified'
"""


class Change(models.TextChoices):
    OPENS = "opens", _("Would open")
    CLOSES = "closes", _("Would close")
    STAYS = "stays", _("Would stay open")


class Side(StrEnum):
    """Whose words: a mismatch has a sentence for each to whom it is shown."""

    DISTRICT = "district"
    PROVIDER = "provider"
    DESE = "dese"


@dataclass(frozen=True, slots=True)
class Line:
    """One mismatch afterwards, in the words of a side. `pk` is None where it would be new."""

    kind: Kind
    mosis_id: str
    course_code: str
    semester: str
    facts: Mapping[str, Any]
    pk: int | None
    change: Change
    side: Side

    @property
    def is_shown(self) -> bool:
        """Whether that side is told of it at all."""
        return bool(getattr(self.kind, self.side))

    @property
    def sentence(self) -> str:
        return self.kind.fill(getattr(self.kind, self.side), self.facts)


@dataclass(frozen=True, slots=True)
class Count:
    """Of one code: how many would open, close and stay."""

    kind: Kind
    opens: int
    closes: int
    stays: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What it would come to. `every`: each mismatch, by code, then student. `trials`: what was looked at."""

    trials: Sequence[Upload]
    every: Sequence[Line]

    @property
    def lines(self) -> list[Line]:
        """Those that the side is told of."""
        return [line for line in self.every if line.is_shown]

    def seen_by(self, side: Side) -> Rehearsal:
        """The same in the words of another side, as far as it is told."""
        return replace(self, every=[replace(line, side=side) for line in self.every])

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
    return Rehearsal(
        trials, [_line(row, Change(change), Side.DISTRICT) for *row, change, _now, _was in _compared()]
    )


@transaction.atomic
def rehearse_report(report: ProviderReport, *, as_of: dt.date, at: dt.datetime) -> Rehearsal:
    """What the night would find of this provider after its report had been accepted at this moment.

    The report was read: it has rows and a school year.
    """
    assert report.school_year_id is not None
    found = find(
        Question(report.school_year_id, as_of, leas=leas_of_report(report), report=report.pk, tried_at=at)
    )
    lay_beside(found)
    lines = []
    for *row, change, now, was in _compared():
        own = _own_change(Change(change), is_now=now == report.provider_id, was=was == report.provider_id)
        if own is not None:
            lines.append(_line(row, own, Side.PROVIDER))
    return Rehearsal([], lines)


def leas_of_report(report: ProviderReport) -> tuple[int, ...]:
    """The LEAs in which the night may find anything of this provider: its report's, and those that approved it."""
    year = report.school_year
    assert year is not None
    names = {"report": report.pk, "provider": report.provider_id, "year": year.year}
    with connection.cursor() as cursor:
        cursor.execute(NAMED, names)
        named = {lea for (lea,) in cursor.fetchall()}
    lines = CourseLine.objects.filter(course__provider=report.provider_id, request__term__school_year=year)
    enrollments = ProgramEnrollment.objects.filter(
        schedules__school_year=year, schedules__courses__course__provider=report.provider_id
    )
    pairs = [
        *lines.values_list("request__lea", "roster_line__lea"),
        *enrollments.values_list("resident_lea", "program__host"),
    ]
    known = Mismatch.objects.filter(school_year=year, lea__isnull=False).still_open()
    own = set(known.filter(provider=report.provider_id).values_list("lea", flat=True))
    asked = named | own | {lea for pair in pairs for lea in pair if lea}
    # The night asks an LEA that is closed only while something of it is open.
    is_asked = Q(active_to__isnull=True) | Q(active_to__gte=year.starts_on) | Q(pk__in=known.values("lea"))
    return tuple(sorted(Lea.objects.filter(is_asked, pk__in=asked).values_list("pk", flat=True)))


def _compared() -> Iterator[tuple[Any, ...]]:
    """What was found now beside what was found before: code, student, course, semester, facts, id, change, and the
    provider now and before.
    """
    with connection.cursor() as cursor:
        cursor.execute(COMPARED)
        yield from cursor.fetchall()


def _line(row: Sequence[Any], change: Change, side: Side) -> Line:
    code, mosis_id, course, semester, facts, pk = row
    return Line(CATALOGUE[code], mosis_id, course, semester, json.loads(facts), pk, change, side)


def _own_change(change: Change, *, is_now: bool, was: bool) -> Change | None:
    """What becomes of a mismatch on a provider's list; None where it never stood there. It may pass to another."""
    if change == Change.STAYS:
        changes = {(True, True): Change.STAYS, (True, False): Change.OPENS, (False, True): Change.CLOSES}
        return changes.get((is_now, was))
    return change if (was if change == Change.CLOSES else is_now) else None
