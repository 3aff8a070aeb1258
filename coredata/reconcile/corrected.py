"""The corrected rows that a district has put aside, as they read today, by file; and why some cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coredata.collection import Collection
from coredata.layouts import Kind, layout
from coredata.models import Upload
from coredata.store import lookup
from mocap_portal.foundation.accounts.models import Membership

from .behind import CYCLES, Behind
from .corrections import (
    REMEDIES,
    Correction,
    as_text,
    clashes,
    corrections,
    merged,
    others_in_the_way,
)
from .models import CollectedRow, Mismatch, MismatchState

Value = tuple[str, str, str]  # column, before, after


@dataclass(slots=True)
class Corrected:
    """A row to correct, once, whatever number of mismatches ask for it.

    `entries`: what was put aside for it, the oldest first. `why_not`: why it cannot be used, empty where it can.
    """

    row: Correction | None
    entries: list[CollectedRow] = field(default_factory=list)
    why_not: str = ""

    @property
    def line(self) -> int | None:
        return self.entries[0].line

    @property
    def kind(self) -> Kind:
        return Kind(self.entries[0].kind)

    @property
    def values(self) -> list[Value]:
        return values_of(self.row) if self.row else []

    @property
    def mismatches(self) -> list[Mismatch]:
        return list({entry.mismatch_id: entry.mismatch for entry in self.entries}.values())


@dataclass(frozen=True, slots=True)
class CorrectedFile:
    """What is put aside for one file. `upload`: the certified one; None where there is none yet."""

    collection: Collection
    upload: Upload | None
    rows: Sequence[Corrected]
    useless: Sequence[Corrected]


def values_of(row: Correction) -> list[Value]:
    """Each column that changes, before and after; of a row that is added every column that it fills."""
    return [
        (name, row.before.get(name, ""), value) for name, value in row.after.items() if value or row.before
    ]


def own_corrections(mismatch: Mismatch, behind: Behind) -> list[Correction]:
    """Those in files of the mismatch's own LEA that change anything. Another LEA's row is its own business."""
    if mismatch.state == MismatchState.RESOLVED:
        return []
    return [one for one in corrections(mismatch, behind) if one.lea_id == mismatch.lea_id and one.after]


def corrected_rows(mismatch: Mismatch) -> dict[str, Any]:
    """For the page of a mismatch: its corrected rows, or why there is none; what of them is put aside."""
    behind = Behind([mismatch])
    found = own_corrections(mismatch, behind)
    places = {(str(one.kind), one.upload, one.line) for one in found}
    kept = mismatch.collected.kept().select_related("by__user").order_by("at", "pk")
    entries = [entry for entry in kept if (entry.kind, entry.upload_id, entry.line) in places]
    return {
        "rows": [
            {"kind": one.kind, "line": one.line, "is_new": one.line is None, "values": values_of(one)}
            for one in found
        ],
        "why_none": "" if found else why_none(mismatch, behind),
        "entries": entries,
        "is_complete": len(entries) == len(places),
    }


def why_none(mismatch: Mismatch, behind: Behind) -> str:
    """Why there is no corrected row of a mismatch that is open, in a sentence."""
    if mismatch.code in REMEDIES and behind.is_newer(mismatch):
        return _(
            "A file was certified after this was found. The portal compares it within minutes: then look here again."
        )
    others = others_in_the_way(mismatch, behind)
    is_own = (mismatch.facts.get("october") or {}).get("lea") == mismatch.lea_id
    if others and is_own:
        return ngettext(
            "Changing this section would change it for one other student, too."
            " Give this student a section of their own.",
            "Changing this section would change it for %(count)d other students, too."
            " Give this student a section of their own.",
            others,
        ) % {"count": others}
    if others or any(corrections(mismatch, behind)):
        return _("The row stands in another district's file. That district sees how it should read.")
    return _("The portal cannot tell which row is wrong, or how it should read. Do what “What to do” says.")


def kept_by(hat: Membership) -> list[CollectedRow]:
    """What this hat's LEA has put aside and not taken out again, the oldest first."""
    rows = CollectedRow.objects.visible_to(hat).kept()
    return list(
        rows.select_related("mismatch__school_year", "upload__collection", "by__user").order_by("at", "pk")
    )


def files_of(entries: Iterable[CollectedRow]) -> list[CorrectedFile]:
    """By file, the newest school year first. As many queries for one row as for many of an LEA."""
    kept = list(entries)
    behind = Behind({entry.mismatch_id: entry.mismatch for entry in kept}.values())
    rows: dict[tuple[object, ...], Corrected] = {}
    for entry in kept:
        row, why_not = _as_it_is_now(entry, behind)
        place = _place(entry, row)
        if place not in rows:
            rows[place] = Corrected(row, [entry], why_not)
            continue
        there = rows[place]
        there.entries.append(entry)
        if there.row and row and not (there.why_not or why_not):
            if different := clashes(there.row, row):
                there.why_not = _clash(different)
            there.row = merged(there.row, row)
    found: dict[tuple[int, Kind], list[Corrected]] = {}
    for one in rows.values():
        found.setdefault((one.entries[0].mismatch.school_year_id, one.kind), []).append(one)
    order = list(CYCLES)
    lea_id = kept[0].mismatch.lea_id if kept else None
    return [
        CorrectedFile(
            Collection(year, CYCLES[kind], kind),
            behind.uploads.get((lea_id or 0, year, kind)),
            sorted(
                (one for one in of_file if not one.why_not), key=lambda one: (one.line is None, one.line or 0)
            ),
            [one for one in of_file if one.why_not],
        )
        for (year, kind), of_file in sorted(
            found.items(), key=lambda item: (-item[0][0], order.index(item[0][1]))
        )
    ]


def _as_it_is_now(entry: CollectedRow, behind: Behind) -> tuple[Correction | None, str]:
    mismatch, kind = entry.mismatch, Kind(entry.kind)
    if mismatch.state == MismatchState.RESOLVED:
        return None, _("The data agree by now: nothing is left to correct.")
    assert mismatch.lea_id is not None  # it is of an LEA's list
    if entry.upload_id != behind.upload_id(mismatch.lea_id, mismatch.school_year_id, kind):
        return None, _(
            "The file was certified anew since. If the row is still wrong, its mismatch shows it as it stands now."
        )
    for one in own_corrections(mismatch, behind):
        if (one.kind, one.line) == (kind, entry.line):
            return one, ""
    return None, why_none(mismatch, behind)


def _place(entry: CollectedRow, row: Correction | None) -> tuple[object, ...]:
    """What makes two entries one row. Of rows that are added, what they say."""
    what = tuple(sorted(row.after.items())) if row and entry.line is None else ()
    alone = entry.pk if entry.line is None and row is None else None
    return entry.mismatch.school_year_id, entry.kind, entry.upload_id, entry.line, what, row is None, alone


def _clash(columns: Sequence[str]) -> str:
    return _(
        "Its mismatches ask for different values of %(columns)s. Take the row out, then use it from the right one."
    ) % {"columns": ", ".join(columns)}


def whole_rows(file: CorrectedFile) -> list[dict[str, str]]:
    """The rows of a file as they should read, by the layout's column names. Educators' numbers are empty: none is kept.

    One query, and none where rows are only added.
    """
    year = file.collection.year
    kept = layout(file.collection.kind, year)
    told = {"collection_version": str(file.collection), "school_year": str(year)}
    lines = [one.line for one in file.rows if one.line is not None]
    there: Mapping[int, Mapping[str, object]] = {}
    if file.upload is not None and lines:
        there = {row["line"]: row for row in lookup.rows_on(file.upload, lines)}
    found = []
    for one in file.rows:
        assert one.row is not None  # it can be used
        row: Mapping[str, object] = {**there.get(one.line or 0, {}), **told}
        found.append(
            {
                column.name: one.row.after.get(
                    column.name, "" if column.is_secret else as_text(row.get(column.field))
                )
                for column in kept.columns
            }
        )
    return found
