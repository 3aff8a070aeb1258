"""A CSV file of progress reports: its columns, and how a row is read. Nothing here writes.

One row is one course. Rows of the same student and due day are one report. docs/progress-file.md explains the columns.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment.registration.actions import LooksLikeAnSsn, looks_like_an_ssn
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.tabular import Row, RowError, UnreadableFile, plain_text, read_csv

from .entries import CourseEntry
from .points import ReportYear, report_year
from .standing import Track, own_students, students_of

# Name of the column, what stands in it. The names never change: programs write them.
COLUMNS = (
    ("mosis_id", gettext_lazy("The MOSIS ID: ten digits, leading zeros kept")),
    ("due_on", gettext_lazy("The last day of the quarter, as your list shows it: 2026-12-20")),
    (
        "course",
        gettext_lazy(
            "A program: the title of the course, as in the schedule. A provider: your own code of the course"
        ),
    ),
    ("percent_complete", gettext_lazy("How much of the course is done, 0 to 100")),
    ("current_grade", gettext_lazy("The grade so far: B+ or 87")),
    ("engagement", gettext_lazy("Minutes, or how the student takes part, in words")),
    ("on_pace", gettext_lazy("yes or no")),
    ("comment", gettext_lazy("What the family should know; may be empty or left out")),
)
REQUIRED = [name for name, _meaning in COLUMNS if name != "comment"]
MOST_BYTES = 1_000_000
MOST_ROWS = 500
LONGEST = {"course": 150, "current_grade": 10, "engagement": 200, "comment": 1000}  # characters
PERCENT = re.compile(r"0*(100|[0-9]{1,2})", re.ASCII)
ANSWERS = {"yes": True, "no": False}


@dataclass
class ReadReport:
    """A report as the rows of a file say it. `line`: its first line."""

    line: int
    track: Track
    pk: int
    year: SchoolYear
    number: int
    entries: list[CourseEntry] = field(default_factory=list)


@dataclass
class ReportFile:
    reports: list[ReadReport]
    problems: list[RowError]


def read(data: bytes, *, by: Membership) -> ReportFile:
    """What a file says about the students of this hat. Raises UnreadableFile for one that cannot be used at all."""
    records = list(read_csv(data, required=REQUIRED, optional=["comment"]))
    if len(records) > MOST_ROWS:
        raise UnreadableFile(
            _("This file has %(rows)d rows; %(most)d are read at once. Send it in parts.")
            % {"rows": len(records), "most": MOST_ROWS}
        )
    track = Track.FULL_TIME if by.role in HOST_ROLES else Track.PART_TIME
    known = Known(by, track, {row.values["mosis_id"] for row in records if isinstance(row, Row)})
    reports: dict[tuple[int, int, int], ReadReport] = {}
    problems: list[RowError] = []
    for record in records:
        if isinstance(record, RowError):
            problems.append(record)
            continue
        wrong = list(_wrong_values(record))
        place = known.place(record)
        if isinstance(place, RowError):
            wrong.append(place)
        problems += wrong
        if not wrong and not isinstance(place, RowError):
            key = (place.pk, place.year.pk, place.number)
            report = reports.setdefault(
                key, ReadReport(record.line, track, place.pk, place.year, place.number)
            )
            report.entries.append(_entry(record, title=place.title))
    problems.sort(key=lambda problem: problem.row or 0)
    return ReportFile(list(reports.values()), problems)


@dataclass(frozen=True)
class Place:
    """What a row speaks of: a student's enrollment or course, and one of its due points."""

    pk: int
    year: SchoolYear
    number: int
    title: str


@dataclass(frozen=True)
class Found:
    """An enrollment; or a roster line, with code and title of its course."""

    pk: int
    code: str = ""
    title: str = ""


class Known:
    """The students of a hat that a file names, and the due points of the school years that it names."""

    def __init__(self, by: Membership, track: Track, mosis_ids: set[str]) -> None:
        self.by, self.track, self.mosis_ids = by, track, mosis_ids
        self.years: dict[dt.date, ReportYear | None] = {}
        self.rows: dict[int, dict[str, list[Found]]] = {}

    def place(self, row: Row) -> Place | RowError:
        """Which report a row belongs to, or what is wrong with its student, day or course."""
        year = self._year(row.values["due_on"])
        if year is None:
            return row.error("due_on", _("Write the day as 2026-12-20, as your list shows it."))
        due_on = dt.date.fromisoformat(row.values["due_on"])
        point = next((point for point in year.points if point.due_on == due_on), None)
        if point is None:
            days = ", ".join(point.due_on.isoformat() for point in year.points)
            return row.error(
                "due_on", _("No report is due on this day. Take one of: %(days)s.") % {"days": days}
            )
        return self._student(row, year, point.number)

    def _student(self, row: Row, year: ReportYear, number: int) -> Place | RowError:
        found = self._of(year)[row.values["mosis_id"]]
        if not found:
            return row.error(
                "mosis_id",
                _("No student of yours has this MOSIS ID in this school year. Take it from your list."),
            )
        if self.track == Track.FULL_TIME:
            return Place(found[0].pk, year.school_year, number, row.values["course"])
        lines = [line for line in found if line.code == row.values["course"]]
        if not lines:
            return row.error(
                "course",
                _("The student does not take a course of this code with you. Take it from your roster."),
            )
        if len(lines) > 1:
            return row.error(
                "course", _("The student takes this course with you twice. Write these reports on the page.")
            )
        return Place(lines[0].pk, year.school_year, number, lines[0].title)

    def _year(self, text: str) -> ReportYear | None:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            return None
        if day not in self.years:
            school_year = SchoolYear.objects.filter(starts_on__lte=day, ends_on__gte=day).first()
            self.years[day] = report_year(school_year) if school_year else None
        return self.years[day]

    def _of(self, year: ReportYear) -> dict[str, list[Found]]:
        """The rows of a school year by MOSIS ID."""
        key = year.school_year.pk
        if key not in self.rows:
            rows = students_of(self.track, year).filter(pk__in=own_students(self.by, self.track).values("pk"))
            found: dict[str, list[Found]] = defaultdict(list)
            if self.track == Track.FULL_TIME:
                for row in rows.filter(student__mosis_id__in=self.mosis_ids):
                    found[row.student.mosis_id].append(Found(row.pk))
            else:
                for row in rows.filter(mosis_id__in=self.mosis_ids):
                    course = row.line.course
                    found[row.mosis_id].append(Found(row.pk, course.provider_course_code, course.title))
            self.rows[key] = found
        return self.rows[key]


def _wrong_values(row: Row) -> Iterator[RowError]:
    percent, pace = row.values["percent_complete"], row.values["on_pace"].casefold()
    if PERCENT.fullmatch(percent) is None:
        yield row.error("percent_complete", _("Type a number from 0 to 100."))
    if pace not in ANSWERS:
        yield row.error("on_pace", _("Write yes or no."))
    for name in ("current_grade", "engagement"):
        if not row.values[name]:
            yield row.error(name, _("This column may not be empty."))
    for name, most in LONGEST.items():
        text = plain_text(row.values[name])
        if len(text) > most:
            yield row.error(
                name, _("This text has more than %(most)d characters. Shorten it.") % {"most": most}
            )
        elif looks_like_an_ssn(text):
            yield RowError(row.line, name, None, str(LooksLikeAnSsn.sentence))


def _entry(row: Row, *, title: str) -> CourseEntry:
    return CourseEntry(
        title,
        int(row.values["percent_complete"]),
        plain_text(row.values["current_grade"]),
        plain_text(row.values["engagement"]),
        ANSWERS[row.values["on_pace"].casefold()],
        plain_text(row.values["comment"]),
    )
