"""Outcomes are typed into the draft that the people of an LEA share. Nobody overwrites what they have not seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coredata.layouts import Cycle, Kind
from coredata.models import Upload, UploadState
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..cells import CellProblem, problems_in, rows_by_key
from ..expected import JuneList, Key, expected_june
from ..models import Draft, TypedOutcome
from ..typed import TYPED, Cells

TYPING_ROLES = frozenset({Role.DATA_CLERK, Role.COORDINATOR, Role.LEA_ADMIN})
KEY = ["draft", "mosis_id", "course_code", "semester"]


class NotYourList(Refusal):
    sentence = _(
        "The June list is filled in by the data clerk, the coordinator or the administrator of its own district."
    )


class NoOctober(Refusal):
    sentence = _(
        "October is not certified now, so there is no June list to fill in. Certify Course Assignment and Student "
        "Assignment, then come back: what was saved is kept."
    )


class JuneIsCertified(Refusal):
    sentence = _(
        "June is certified, so nothing more is typed here. To change an outcome, correct it in your file, send the "
        "file and certify it again."
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed for a student-course, with the version that stood there when they did (0: none)."""

    key: Key
    version: int
    cells: Cells


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of entries: how many changed something, and those that were not kept.

    `conflicts`: somebody else has saved this meanwhile. `refused`: what is wrong, errors among it. `gone`: June does
    not have to have the course any more.
    """

    written: int = 0
    conflicts: Mapping[Key, TypedOutcome] = field(default_factory=dict)
    refused: Mapping[Key, list[CellProblem]] = field(default_factory=dict)
    gone: frozenset[Key] = frozenset()

    @property
    def is_whole(self) -> bool:
        return not (self.conflicts or self.refused or self.gone)


@transaction.atomic
def save_outcomes(
    lea: Lea, year: SchoolYear, entries: Iterable[Entry], *, by: Membership, at: dt.datetime
) -> Saved:
    """Keep what was typed, each row by itself. What changes nothing is passed over, so sent twice it is kept once.

    Raises NotYourList, NoOctober, JuneIsCertified.
    """
    draft, found = opened(lea, year, by=by, at=at)
    of_key = {entry.key: entry for entry in entries}
    there = _standing(draft, of_key)
    new = {key: entry for key, entry in of_key.items() if entry.cells != _cells(there.get(key))}
    late = {
        key: there[key] for key, entry in new.items() if key in there and entry.version != there[key].version
    }
    was = _earlier(late.values(), new)
    asked = {key: row for key, row in late.items() if was.get(key) != new[key].cells}
    typed = {key: entry.cells for key, entry in new.items() if key not in late}
    rows = rows_by_key(found, [*typed, *asked])
    problems = problems_in(found, rows, typed)
    refused = {key: of_row for key, of_row in problems.items() if any(one.is_error for one in of_row)}
    gone = frozenset((typed.keys() | asked.keys()) - rows.keys())
    conflicts = {key: row for key, row in asked.items() if key in rows}
    kept = [
        TypedOutcome(
            draft=draft, **key._asdict(), **cells.by_field, version=_version(there.get(key)) + 1, by=by, at=at
        )
        for key, cells in typed.items()
        if key not in refused and key not in gone
    ]
    write(kept, [*TYPED, "version", "acceptance", "by", "at"])
    return Saved(len(kept), conflicts, refused, gone)


def opened(lea: Lea, year: SchoolYear, *, by: Membership, at: dt.datetime) -> tuple[Draft, JuneList]:
    """The draft, held until the transaction is through, and the list as it is now.

    Raises NotYourList, NoOctober, JuneIsCertified.
    """
    if by.role not in TYPING_ROLES or by.organization_id != lea.pk:
        raise NotYourList
    draft, _is_new = Draft.objects.get_or_create(lea=lea, school_year=year)
    hold(draft)
    found = expected_june(lea, year, on=central_date(at))
    if found is None:
        raise NoOctober
    return draft, found


def hold(draft: Draft) -> None:
    """Hold the draft: who else writes in it waits. Raises JuneIsCertified."""
    Draft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    certified = Upload.objects.filter(
        lea=draft.lea_id,
        collection__school_year=draft.school_year_id,
        collection__cycle=Cycle.JUNE,
        collection__kind=Kind.STU_CRS_COMP,
        state=UploadState.CERTIFIED,
    )
    if certified.exists():
        raise JuneIsCertified


def write(outcomes: list[TypedOutcome], fields: list[str]) -> None:
    """Add them, or change these fields of those that are there, in one statement."""
    TypedOutcome.objects.bulk_create(outcomes, update_conflicts=True, unique_fields=KEY, update_fields=fields)


def _standing(draft: Draft, keys: Iterable[Key]) -> dict[Key, TypedOutcome]:
    wanted = set(keys)
    rows = draft.outcomes.filter(mosis_id__in={key.mosis_id for key in wanted}).select_related("by__user")
    of_key = {Key(row.mosis_id, row.course_code, row.semester): row for row in rows}
    return {key: row for key, row in of_key.items() if key in wanted}


def _cells(row: TypedOutcome | None) -> Cells:
    return Cells.of(row) if row else Cells()


def _version(row: TypedOutcome | None) -> int:
    return row.version if row else 0


def _earlier(late: Iterable[TypedOutcome], entries: Mapping[Key, Entry]) -> dict[Key, Cells]:
    """What stood in these rows when the entries were made: who has changed nothing is in nobody's way."""
    by_pk = {row.pk: Key(row.mosis_id, row.course_code, row.semester) for row in late}
    found = {key: Cells() for key in by_pk.values() if entries[key].version == 0}
    asked = [pk for pk, key in by_pk.items() if key not in found]
    if asked:
        events: Any = TypedOutcome.pgh_event_model  # type: ignore[attr-defined]
        versions = {entries[by_pk[pk]].version for pk in asked}
        for event in events.objects.filter(pgh_obj_id__in=asked, version__in=versions).order_by("pgh_id"):
            key = by_pk[event.pgh_obj_id]
            if event.version == entries[key].version:
                found[key] = Cells.of(event)
    return found
