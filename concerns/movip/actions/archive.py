"""The archive of MoVIP, one course of one student per row of a CSV file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.locks import held
from mocap_portal.foundation.shared.names import one_line
from mocap_portal.foundation.shared.tabular import Row, RowError, plain_text, read_csv

from ..matching import plain, spaced
from ..models import ArchiveRow
from ..models.archive import NATURAL_KEY

COLUMNS = (
    "former_last_name",
    "former_first_name",
    "birth_date",
    "school_year",
    "term",
    "course_title",
    "course_code",
    "percent_complete",
    "credit",
    "grade",
    "school_of_credit",
    "district_code",
)
FIRST_YEAR = 2008  # MoVIP began in August 2007; a school year is named by the year in which it ends
AT_A_TIME = 2000  # rows in one statement
Key = tuple[Any, ...]


@dataclass
class ImportReport:
    """How many good rows were new, changed a stored one, or said what was known; and the bad rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def import_archive(data: bytes) -> ImportReport:
    """Store the rows of a file with COLUMNS. Bad rows are left out and reported; the others are stored together.

    A row is known by student, school year, term and course: the same file twice changes nothing, and one with another
    result corrects it, which the history keeps. Nothing is deleted. Killed half-way, nothing is stored.
    Days are written 2008-05-31, school years 2010 for 2009–10. Codes keep their leading zeros. Raises UnreadableFile.
    """
    with held("archive of MoVIP"):  # a second import waits, then finds the rows of the first
        return _import(data)


@transaction.atomic
def _import(data: bytes) -> ImportReport:
    report = ImportReport()
    lines: dict[Key, int] = {}
    good: list[ArchiveRow] = []
    for row in read_csv(data, required=COLUMNS):
        parsed = [row] if isinstance(row, RowError) else _parse(row)
        if isinstance(parsed, list):
            report.errors += parsed
            continue
        assert isinstance(row, Row)
        key = _key(parsed)
        if key in lines:
            message = _("Line %(line)d has this course of this student already.") % {"line": lines[key]}
            report.errors.append(row.error("course_title", message))
            continue
        lines[key] = row.line
        good.append(parsed)
    for start in range(0, len(good), AT_A_TIME):
        _store(good[start : start + AT_A_TIME], report)
    report.errors.sort(key=lambda error: error.row or 0)
    return report


def _key(row: ArchiveRow) -> Key:
    return tuple(getattr(row, name) for name in NATURAL_KEY)


def _store(rows: list[ArchiveRow], report: ImportReport) -> None:
    days = {row.birth_date for row in rows}
    stored = {_key(row): row for row in ArchiveRow.objects.filter(birth_date__in=days)}
    new, changed = [], []
    for row in rows:
        known = stored.get(_key(row))
        if known is None:
            new.append(row)
        elif any(getattr(known, name) != getattr(row, name) for name in COLUMNS):
            row.pk = known.pk
            changed.append(row)
        else:
            report.unchanged += 1
    ArchiveRow.objects.bulk_create(new)
    report.created += len(new)
    ArchiveRow.objects.bulk_update(changed, [name for name in COLUMNS if name not in NATURAL_KEY])
    report.updated += len(changed)


def _parse(row: Row) -> ArchiveRow | list[RowError]:
    """The row, not stored; or what is wrong with it."""
    errors: list[RowError] = []

    def read(column: str, reader: Callable[[str], Any]) -> Any:
        try:
            return reader(one_line(plain_text(row.values[column])))
        except ValueError as error:
            errors.append(row.error(column, str(error)))
            return None

    values = {column: read(column, reader) for column, reader in _READERS.items()}
    if errors:
        return errors
    return ArchiveRow(
        **values,
        plain_last=spaced(values["former_last_name"]),
        plain_first=spaced(values["former_first_name"]),
    )


def _text(most: int, *, required: bool = True) -> Callable[[str], str]:
    def read(text: str) -> str:
        if required and not text:
            raise ValueError(_("This is missing."))
        if len(text) > most:
            raise ValueError(_("This is longer than %(count)d characters.") % {"count": most})
        return text

    return read


def _name(text: str) -> str:
    if not plain(text):
        raise ValueError(_("The name is missing."))
    return _text(80)(text)


def _day(text: str) -> dt.date:
    try:
        day = dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no time zone
    except ValueError as error:
        raise ValueError(_("Write the day as 1994-05-31: year, month, day.")) from error
    if not 1900 <= day.year < 2100:
        raise ValueError(_("Nobody in this archive was born in that year."))
    return day


def _year(text: str) -> int:
    if not re.fullmatch(r"20[0-9]{2}", text) or int(text) < FIRST_YEAR:
        raise ValueError(
            _("Write the year in which the school year ends, from %(first)d on.") % {"first": FIRST_YEAR}
        )
    return int(text)


def _decimal(most: int, places: int) -> Callable[[str], Decimal | None]:
    def read(text: str) -> Decimal | None:
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation as error:
            raise ValueError(_("Write a number such as 0.5.")) from error
        if not (number.is_finite() and 0 <= number <= most):
            raise ValueError(_("Write a number from 0 to %(most)d.") % {"most": most})
        rounded = number.quantize(Decimal(1).scaleb(-places))
        if rounded != number:
            raise ValueError(_("Write at most %(places)d digits after the point.") % {"places": places})
        return rounded

    return read


def _district(text: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", text):
        raise ValueError(_("A district code has six digits, leading zeros included."))
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "former_last_name": _name,
    "former_first_name": _name,
    "birth_date": _day,
    "school_year": _year,
    "term": _text(10),
    "course_title": _text(120),
    "course_code": _text(20, required=False),
    "percent_complete": _decimal(100, 2),
    "credit": _decimal(10, 2),
    "grade": _text(10, required=False),
    "school_of_credit": _text(120),
    "district_code": _district,
}
