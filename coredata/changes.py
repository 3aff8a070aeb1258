"""What differs between two versions of a file, in words: how many rows, and what in each."""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from mocap_portal.foundation.ui.words import grouped

from .layouts import Layout, layout
from .models import Upload
from .store.difference import Change, Difference, Row

# What tells a reader which row is meant; an educator's number is a hash and tells nobody anything.
TELLING = ("mosis_id", "school_code", "assignment_number", "course_code", "local_course_name", "entry_date")


def changes_in_numbers(row: Upload, found: Difference) -> list[dict[str, str]]:
    """How many rows are new, changed, gone and as they were."""
    counts = found.counts
    same = row.rows_read - counts[Change.ADDED] - counts[Change.CHANGED]
    return [
        {"term": _("New"), "value": grouped(counts[Change.ADDED])},
        {"term": _("Changed"), "value": grouped(counts[Change.CHANGED])},
        {"term": _("Gone"), "value": grouped(counts[Change.GONE])},
        {"term": _("As before"), "value": grouped(same)},
    ]


def first_changes(row: Upload, found: Difference, *, most: int) -> list[dict[str, Any]]:
    """The first rows that differ, in words; at most so many."""
    return [
        {
            "change": changed.change,
            "line": changed.line,
            "what": words_of_row(row, changed),
            "how": words_of_change(row, changed),
        }
        for changed in islice(found.rows(), most)
    ]


def words_of_row(upload: Upload, row: Row) -> str:
    """StateID 0000000042, AssignNum A1, CourseNum 115844"""
    kept = _layout(upload)
    named = [name for name in TELLING if row.values.get(name)]
    return ", ".join(f"{kept.column(name).name} {row.values[name]}" for name in named)


def words_of_change(upload: Upload, row: Row) -> str:
    """DeliverySystem: S → V; MinutesPerWeek: 250 → 245. Empty for a row that is new or gone."""
    kept = _layout(upload)
    return "; ".join(
        f"{kept.column(name).name}: {_shown(kept, name, before)} → {_shown(kept, name, row.values[name])}"
        for name, before in row.before.items()
    )


def _shown(kept: Layout, name: str, value: str) -> str:
    return _("not shown") if value and kept.column(name).is_secret else value or "–"


def _layout(upload: Upload) -> Layout:
    assert upload.collection is not None
    collection = upload.collection.collection
    return layout(collection.kind, collection.year)
