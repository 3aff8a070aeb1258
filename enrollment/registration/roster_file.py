"""The roster as a file: its columns, and cells that no spreadsheet takes for a formula."""

import csv
import datetime as dt
import io
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.calendar import central_date

from .models import RosterLine

# Name of the column, what stands in it. The page of the roster lists both. Names never change: programs read them.
COLUMNS = (
    ("mosis_id", _("The MOSIS ID: ten digits as text, leading zeros kept")),
    ("last_name", _("The student's last name")),
    ("first_name", _("The student's first name")),
    ("birth_date", _("The birth date as text, month/day/year with leading zeros: 01/02/2010")),
    ("grade", _("The grade as text with two digits; 00 is kindergarten")),
    ("district_code", _("The six-digit code of the district, leading zeros kept")),
    ("district", _("The name of the district")),
    ("district_contact", _("Whom to ask in the district")),
    ("district_contact_email", _("The e-mail of that person")),
    ("course_code", _("Your code of the course")),
    ("state_course_code", _("The state's code of the course")),
    ("course", _("The title of the course")),
    ("program_code", _("50: your teacher teaches; 52: the district's teacher does")),
    ("term", _("The term, S1, S2 or YL, with its school year: 2026-27 S2")),
    ("section", _("The section that you named")),
    ("teacher", _("The teacher of record")),
    ("state", _("sent, confirmed, running, finished or ended")),
    ("sent_on", _("The day on which the district registered the student, month/day/year")),
    ("confirm_by", _("Your last day to confirm")),
    ("starts_on", _("The first day of the course that you named")),
    ("ends_on", _("The last day of the course")),
    ("started_on", _("The day from which the course counts as running")),
    ("ended_on", _("The student's last day")),
    ("percent_complete", _("What you reported, from 0 to 100")),
    ("final_grade", _("What you reported")),
)
BYTE_ORDER_MARK = "\ufeff"  # without it Excel misreads names
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def roster_csv(rows: Iterable[RosterLine]) -> str:
    """The file, every cell in quotes. Needs course, term, school year, district and teacher of each row loaded."""
    out = io.StringIO(newline="")
    out.write(BYTE_ORDER_MARK)
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([name for name, _meaning in COLUMNS])
    for row in rows:
        writer.writerow([safe(cell) for cell in cells(row)])
    return out.getvalue()


def safe(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would run as a formula.

    >>> [safe(text) for text in ("=1+1", "+1", "O'Neil", "0123456789")]
    ["'=1+1", "'+1", "O'Neil", '0123456789']
    """
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def cells(row: RosterLine) -> list[str]:
    """One row in the order of COLUMNS."""
    line = row.line
    course, term = line.course, line.request.term
    return [
        row.mosis_id,
        row.last_name,
        row.first_name,
        day(row.birth_date),
        f"{row.grade:02}",
        row.lea.state_district_id,
        row.lea.organization.name,
        row.contact_name,
        row.contact_email,
        course.provider_course_code,
        course.state_course_code,
        course.title,
        course.program_code,
        f"{term.school_year} {term.code}",
        line.section,
        line.teacher_name,
        row.state.value,
        day(central_date(row.sent_at)),
        day(row.clock.first_due_on if row.clock.due_on is None else row.clock.due_on),
        day(line.starts_on),
        day(line.ends_on),
        day(line.started_on),
        day(line.ended_on),
        "" if line.percent_complete is None else str(line.percent_complete),
        line.final_grade,
    ]


def day(value: dt.date | None) -> str:
    """01/02/2010; nothing for no day."""
    return f"{value:%m/%d/%Y}" if value else ""
