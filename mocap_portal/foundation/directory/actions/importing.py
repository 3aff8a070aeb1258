"""The state's list of districts, charters and their schools, one school per row of a CSV file."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import Lea, LeaKind, Organization, School
from mocap_portal.foundation.shared.tabular import Row, RowError, read_csv

REQUIRED = (
    "state_district_id",
    "district_name",
    "kind",
    "state_school_id",
    "school_name",
    "grades_low",
    "grades_high",
    "aplus",
    "active_from",
)
OPTIONAL = ("active_to",)
LONGEST_NAME = 120


@dataclass
class ImportReport:
    """How many good rows made a school, changed one (or its district) or said what was known, and the bad rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A row that is right in itself."""

    row: Row
    state_district_id: str
    district_name: str
    kind: LeaKind
    state_school_id: str
    school: dict[str, Any]  # the fields of School that the row sets


def import_directory(data: bytes) -> ImportReport:
    """Store the rows of a file; see REQUIRED and OPTIONAL for its columns.

    Grades are K or 1 to 12, aplus is Y or N, days are written 2026-07-01. Codes keep their leading zeros. Each
    district's rows are stored together or not at all; bad rows are left out and reported. A district counts as
    open while one of its schools is. Nothing is ever deleted. Raises UnreadableFile.
    """
    report = ImportReport()
    districts: dict[str, list[SchoolRow]] = defaultdict(list)
    for row in read_csv(data, required=REQUIRED, optional=OPTIONAL):
        if isinstance(row, RowError):
            report.errors.append(row)
            continue
        parsed = _parse(row)
        if isinstance(parsed, SchoolRow):
            districts[parsed.state_district_id].append(parsed)
        else:
            report.errors += parsed
    for rows in districts.values():
        _store_district(rows, report)
    report.errors.sort(key=lambda error: error.row or 0)
    return report


# Reading a row ------------------------------------------------------------------------------------


def _parse(row: Row) -> SchoolRow | list[RowError]:
    errors: list[RowError] = []

    def read(column: str, reader: Callable[[str], Any]) -> Any:
        try:
            return reader(row.values[column])
        except ValueError as error:
            errors.append(row.error(column, str(error)))
            return None

    district_id = read("state_district_id", _district_code)
    district_name = read("district_name", _name)
    kind = read("kind", _kind)
    school_id = read("state_school_id", _school_code)
    school = {
        "name": read("school_name", _name),
        "grades_low": read("grades_low", _grade),
        "grades_high": read("grades_high", _grade),
        "aplus": read("aplus", _yes_or_no),
        "active_from": read("active_from", _day),
        "active_to": read("active_to", _day_or_none),
    }
    if not errors:
        errors += _contradictions(row, school)
    return errors or SchoolRow(row, district_id, district_name, kind, school_id, school)


def _contradictions(row: Row, school: dict[str, Any]) -> Iterator[RowError]:
    if school["grades_high"] < school["grades_low"]:
        yield row.error("grades_high", _("The highest grade is below the lowest."))
    if school["active_to"] is not None and school["active_to"] < school["active_from"]:
        yield row.error("active_to", _("The last day is before the first."))


def _district_code(text: str) -> str:
    if not re.fullmatch(r"[0-9]{6}", text):
        raise ValueError(_("A district code has six digits, leading zeros included."))
    return text


def _school_code(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}", text):
        raise ValueError(_("A school code has four digits, leading zeros included."))
    return text


def _name(text: str) -> str:
    if not text:
        raise ValueError(_("The name is missing."))
    if len(text) > LONGEST_NAME:
        raise ValueError(_("The name is longer than %(count)d characters.") % {"count": LONGEST_NAME})
    return text


def _kind(text: str) -> LeaKind:
    try:
        return LeaKind(text.lower())
    except ValueError as error:
        raise ValueError(_("The kind is district or charter.")) from error


def _grade(text: str) -> int:
    if text.upper() == "K":
        return 0
    if not re.fullmatch(r"0?[1-9]|1[0-2]", text):
        raise ValueError(_("A grade is K or a number from 1 to 12."))
    return int(text)


def _yes_or_no(text: str) -> bool:
    try:
        return {"Y": True, "N": False}[text.upper()]
    except KeyError as error:
        raise ValueError(_("Write Y or N.")) from error


def _day(text: str) -> dt.date:
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no time zone
    except ValueError as error:
        raise ValueError(_("Write the day as 2026-07-01: year, month, day.")) from error


def _day_or_none(text: str) -> dt.date | None:
    return _day(text) if text else None


# Storing ------------------------------------------------------------------------------------------


@transaction.atomic
def _store_district(rows: list[SchoolRow], report: ImportReport) -> None:
    rows = list(_agreeing(rows, report))
    organization, organization_changed = _organization(rows[0])
    if organization is None:
        message = _("Another organization has this name. Two cannot share one.")
        report.errors += [row.row.error("district_name", message) for row in rows]
        return
    lea, _created = Lea.objects.select_for_update().get_or_create(
        organization=organization,
        defaults={
            "state_district_id": rows[0].state_district_id,
            "kind": rows[0].kind,
            "active_from": rows[0].school["active_from"],
        },
    )
    district_changed = _change(lea, {"kind": rows[0].kind}) or organization_changed
    schools = {school.state_school_id: school for school in School.objects.filter(lea=lea)}
    for row in rows:
        school = schools.get(row.state_school_id)
        if school is None:
            schools[row.state_school_id] = School.objects.create(
                lea=lea, state_school_id=row.state_school_id, **row.school
            )
            report.created += 1
        elif _change(school, row.school) or district_changed:
            report.updated += 1
        else:
            report.unchanged += 1
        district_changed = False  # told once, by the first row
    _change(lea, _open_while(schools.values()))


def _agreeing(rows: list[SchoolRow], report: ImportReport) -> Iterator[SchoolRow]:
    """The rows that name a school once and the district as its first row does."""
    first = rows[0]
    seen: dict[str, int] = {}
    for row in rows:
        problem = None
        if row.district_name != first.district_name:
            problem = ("district_name", _("Line %(line)d gives this district another name."))
        elif row.kind != first.kind:
            problem = ("kind", _("Line %(line)d gives this district another kind."))
        if problem is not None:
            column, message = problem
            report.errors.append(row.row.error(column, message % {"line": first.row.line}))
        elif row.state_school_id in seen:
            message = _("Line %(line)d has this school already.") % {"line": seen[row.state_school_id]}
            report.errors.append(row.row.error("state_school_id", message))
        else:
            seen[row.state_school_id] = row.row.line
            yield row


def _organization(row: SchoolRow) -> tuple[Organization | None, bool]:
    """The district's organization under its name in this row, and whether that changed it.

    A new district may be an organization that is there as something else, such as a provider. None when the
    name belongs to another district or to the state office.
    """
    own = Organization.objects.filter(lea__state_district_id=row.state_district_id).first()
    namesake = Organization.objects.filter(name=row.district_name).first()
    if own is None:
        if namesake is None:
            return Organization.objects.create(name=row.district_name), True
        taken = namesake.is_state_office or Lea.objects.filter(organization=namesake).exists()
        return (None, False) if taken else (namesake, True)
    if namesake is not None and namesake != own:
        return None, False
    return own, _change(own, {"name": row.district_name})


def _open_while(schools: Iterable[School]) -> dict[str, dt.date | None]:
    """From the first day of the first school to the last day of the last one."""
    firsts = [school.active_from for school in schools]
    lasts = [school.active_to for school in schools]
    known_lasts = [last for last in lasts if last is not None]
    return {
        "active_from": min(firsts),
        "active_to": max(known_lasts) if len(known_lasts) == len(lasts) else None,
    }


def _change(row: Model, values: dict[str, Any]) -> bool:
    """Set these fields; True, and saved, if one of them was different."""
    different = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not different:
        return False
    for name, value in different.items():
        setattr(row, name, value)
    row.save(update_fields=list(different))
    return True
