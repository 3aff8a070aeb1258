"""A row that differs between two versions of a file, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .layouts import Layout, layout
from .models import Upload
from .store.difference import Row

# What tells a reader which row is meant; an educator's number is a hash and tells nobody anything.
TELLING = ("mosis_id", "school_code", "assignment_number", "course_code", "local_course_name", "entry_date")


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
