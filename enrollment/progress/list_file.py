"""The list of students as a file. Names of columns never change: programs read them."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from .standing import Standing

COLUMNS = (
    ("mosis_id", _("The MOSIS ID: ten digits as text, leading zeros kept")),
    ("student", _("The student's name")),
    ("place", _("The program, or the course")),
    ("writer", _("Who writes the reports: the program, or the provider")),
    ("district", _("The resident district, or the district that asked for the course")),
    ("owed", _("How many reports this school year asks for")),
    ("written", _("How many of them are there")),
    ("next_due_on", _("The report to write next is due on this day: 2026-12-20")),
    ("overdue", _("How many reports are overdue")),
    ("last_due_on", _("The day for which the last report was due")),
    ("pace", _("What the last report says: on pace or behind; empty without a report")),
)


def rows(standings: Iterable[Standing]) -> Iterator[list[str]]:
    for standing in standings:
        last = standing.last_report
        pace = "" if last is None else "behind" if last.is_behind else "on pace"
        yield [
            standing.mosis_id,
            standing.student_name,
            standing.place,
            standing.writer,
            standing.district,
            str(len(standing.owed)),
            str(len(standing.owed) - len(standing.missing)),
            _day(standing.missing[0].due_on if standing.missing else None),
            str(len(standing.overdue)),
            _day(last.due_on if last else None),
            pace,
        ]


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""
