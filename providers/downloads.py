"""The catalog as files: CSV with the columns that `import_catalog` reads, and JSON (docs/catalog.md)."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from mocap_portal.foundation.shared.tabular import stream_csv

from .catalog import OPTIONAL, REQUIRED
from .models import Course, CourseQuerySet

COLUMNS = (*REQUIRED, *OPTIONAL)
AT_A_TIME = 500  # rows


def as_csv(courses: CourseQuerySet) -> Iterator[str]:
    """A header and one line per course, piece by piece. No cell begins as a formula does."""
    rows = courses.iterator(chunk_size=AT_A_TIME)
    return stream_csv(COLUMNS, ([_cell(value) for value in _values(course)] for course in rows))


def as_json(courses: CourseQuerySet, *, on: dt.date, words: str, chosen: Mapping[str, str]) -> Iterator[str]:
    """One object: `as_of`, `search`, and `courses`, each with the columns of the CSV file, piece by piece."""
    head = json.dumps({"as_of": on.isoformat(), "search": {"q": words, **chosen}}, ensure_ascii=False)
    yield f'{head[:-1]}, "courses": ['
    before = "\n"
    for course in courses.iterator(chunk_size=AT_A_TIME):
        values = {"id": course.id, **dict(zip(COLUMNS, map(_plain, _values(course)), strict=True))}
        yield before + json.dumps(values, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"


def _values(course: Course) -> Iterator[Any]:
    yield course.provider.code
    yield course.provider.organization.name
    for name in COLUMNS[2:]:
        yield getattr(course, name)


def _plain(value: Any) -> Any:
    """Money and credits as text with two digits after the point, days as YYYY-MM-DD."""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value.isoformat() if isinstance(value, dt.date) else value


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(_plain(value))
