"""A catalog file: what each row must look like to become a course of the catalog.

One row is one listing: a course of a provider, in one structure, from one day to another.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.tabular import Row, RowError, read_csv

from . import prices
from .models import Assurance, Instruction, Structure, Timing

REQUIRED = (
    "provider_code",
    "provider_name",
    "provider_course_code",
    "title",
    "state_course_code",
    "subject",
    "grade_low",
    "grade_high",
    "structure",
    "credits",
    "instruction",
    "price_semester",
    "price_year",
    "ap",
    "college_board_approved",
    "assurance_data_security",
    "assurance_educator",
    "assurance_standards",
    "assurance_accessibility",
    "assurance_ap",
    "valid_from",
    "valid_to",
)
COURSE_COLUMNS = REQUIRED[2:]  # the others name the provider
ASSURANCES = tuple(name for name in REQUIRED if name.startswith("assurance_"))
# A file may lack these columns. An empty cell says nothing: what is known of the course stays.
OPTIONAL = (
    "state_assessed",
    "lea_offered",
    "timing",
    "weekly_minutes",
    "prerequisites",
    *(f"{name}{part}" for name in ASSURANCES for part in ("_by", "_on")),
)
MOST_WEEKLY_MINUTES = 7 * 24 * 60
KINDERGARTEN = 0
LAST_GRADE = 12
YES = {"yes": True, "y": True, "true": True, "1": True}
NO = {"no": False, "n": False, "false": False, "0": False, "": False}

STRUCTURES, INSTRUCTIONS, ASSURERS, TIMINGS = (
    {str(value).casefold(): str(value) for value in choices.values}
    for choices in (Structure, Instruction, Assurance, Timing)
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row, and what to do about it. `row` is the line of the file, `column` None for the whole."""

    row: int | None
    column: str | None
    value: str | None
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A good row. `fields` are those of Course, without the provider; `details` those of OPTIONAL that it tells."""

    line: int
    provider_code: str
    provider_name: str
    fields: dict[str, Any]
    details: dict[str, Any]

    def problem(self, column: str, message: str, remedy: str) -> Problem:
        """What the rest of the catalog has against this row."""
        known = {**self.fields, **self.details}
        value = getattr(self, column) if column in {"provider_code", "provider_name"} else known[column]
        return Problem(self.line, column, str(value), message, remedy)


def read(data: bytes) -> Iterator[Listing | list[Problem]]:
    """Read a catalog file in its order: a Listing for a good row, else everything that is wrong with it.

    Raises shared.tabular.UnreadableFile.
    """
    find_cap = cache(prices.cap)  # a file names few days, and the numbers do not change while it is read
    for row in read_csv(data, required=REQUIRED, optional=OPTIONAL):
        if isinstance(row, RowError):
            remedy = _("Give every column a value or nothing; put a value with a comma into quotation marks.")
            yield [Problem(row.row, row.column, row.value, row.message, remedy)]
        else:
            reader = _RowReader(row)
            listing = reader.listing(find_cap)
            yield reader.problems or listing


class _RowReader:
    """Turns the texts of one row into values and gathers what is wrong with them."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []

    def listing(self, find_cap: Callable[..., prices.Cap | None]) -> Listing:
        """The row as a Listing. It holds only if `problems` is empty afterwards."""
        fields = {
            "provider_course_code": self.text("provider_course_code", 40),
            "title": self.text("title", 150),
            "state_course_code": self.text("state_course_code", 10),
            "subject": self.text("subject", 60),
            "grade_low": self.grade("grade_low"),
            "grade_high": self.grade("grade_high"),
            "structure": self.choice("structure", STRUCTURES),
            "credits": self.number("credits", whole=1),
            "instruction": self.choice("instruction", INSTRUCTIONS),
            "price_semester": self.number("price_semester", whole=6),
            "price_year": self.number("price_year", whole=6),
            "ap": self.yes_or_no("ap"),
            "college_board_approved": self.yes_or_no("college_board_approved"),
            **{name: self.choice(name, ASSURERS) for name in ASSURANCES},
            "valid_from": self.day("valid_from", required=True),
            "valid_to": self.day("valid_to", required=False),
        }
        details = self.details()
        code, name = self.text("provider_code", 20), self.text("provider_name", 120)
        if not self.problems:
            self.check_together(fields, details)
        if not self.problems:
            self.check_prices(fields, find_cap)
        return Listing(self.row.line, code, name, fields, details)

    def details(self) -> dict[str, Any]:
        """The optional columns that say something."""
        readers: dict[str, Callable[[str], Any]] = {
            "state_assessed": self.yes_or_no,
            "lea_offered": self.yes_or_no,
            "timing": lambda column: self.choice(column, TIMINGS),
            "weekly_minutes": self.minutes,
            "prerequisites": lambda column: self.text(column, 300),
            **{f"{name}_by": lambda column: self.text(column, 120) for name in ASSURANCES},
            **{f"{name}_on": lambda column: self.day(column, required=True) for name in ASSURANCES},
        }
        return {column: read(column) for column, read in readers.items() if self.row.values[column]}

    # One value -------------------------------------------------------------------------------------

    def refuse(self, column: str, message: str, remedy: str) -> None:
        self.problems.append(Problem(self.row.line, column, self.row.values[column], message, remedy))

    def text(self, column: str, longest: int) -> str:
        text = self.row.values[column]
        if not text:
            self.refuse(column, _("This is empty."), _("Fill it in."))
        elif len(text) > longest:
            message = _("This has %(length)d characters; %(longest)d fit.")
            self.refuse(column, message % {"length": len(text), "longest": longest}, _("Shorten it."))
        return text

    def grade(self, column: str) -> int:
        text = self.row.values[column].upper()
        if text == "K":
            return KINDERGARTEN
        if text.isascii() and text.isdigit() and int(text) <= LAST_GRADE:
            return int(text)
        self.refuse(
            column, _("This is not a grade."), _("Write K or a number from 0 to 12; 0 is kindergarten.")
        )
        return KINDERGARTEN

    def choice(self, column: str, known: Mapping[str, str]) -> str:
        """One of the values that `known` has by their spelling in lower case."""
        value = known.get(self.row.values[column].casefold())
        if value is None:
            remedy = _("Write one of: %s.") % ", ".join(known.values())
            self.refuse(column, _("This is not one of the values known here."), remedy)
        return value or ""

    def number(self, column: str, *, whole: int) -> Decimal | None:
        """Dollars or credits: up to `whole` digits before the point and two after it, None for empty text."""
        text = self.row.values[column]
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        # NaN, infinity and exponents are numbers to Decimal, but not to whoever typed the file.
        plain = text.replace(".", "", 1)
        if not (plain.isascii() and plain.isdigit()) or not number.is_finite():
            self.refuse(column, _("This is not a number."), _("Write digits with a point, such as 450.00."))
        elif number != round(number, 2):
            self.refuse(column, _("This has more than two digits after the point."), _("Round it."))
        elif number >= 10**whole:
            self.refuse(column, _("This number is too large."), _("Check the decimal point."))
        return number

    def yes_or_no(self, column: str) -> bool:
        text = self.row.values[column].casefold()
        known = YES | NO
        if text not in known:
            self.refuse(column, _("This is neither yes nor no."), _("Write yes or no."))
        return known.get(text, False)

    def minutes(self, column: str) -> int:
        text = self.row.values[column]
        if text.isascii() and text.isdigit() and 0 < int(text) <= MOST_WEEKLY_MINUTES:
            return int(text)
        self.refuse(
            column, _("This is not a number of minutes."), _("Write the minutes of a week, such as 300.")
        )
        return 0

    def day(self, column: str, *, required: bool) -> dt.date | None:
        text = self.row.values[column]
        if not text and not required:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self.refuse(column, _("This is not a date."), _("Write year, month and day, such as 2026-07-01."))
            return None

    # Values together ----------------------------------------------------------------------------------

    def check_together(self, fields: dict[str, Any], details: dict[str, Any]) -> None:
        if details.get("state_assessed") and fields["assurance_standards"] == Assurance.NOT_APPLICABLE:
            self.refuse(
                "assurance_standards",
                _(
                    "A course with a test of the state must be assured to follow the Missouri Learning Standards."
                ),
                _("Write who assured it, DESE or LEA."),
            )
        if fields["grade_low"] > fields["grade_high"]:
            self.refuse(
                "grade_high",
                _("The highest grade is below the lowest."),
                _("Exchange the two, or correct one."),
            )
        if fields["valid_to"] and fields["valid_to"] < fields["valid_from"]:
            self.refuse(
                "valid_to", _("The last day is before the first."), _("Correct one of the two dates.")
            )
        if not fields["credits"]:
            self.refuse("credits", _("A course earns credit."), _("Write how much, such as 0.5."))
        if fields["ap"] and not fields["college_board_approved"]:
            self.refuse(
                "college_board_approved",
                _("An AP title needs the approval of the College Board."),
                _("Write yes once it is approved; until then list the course without AP in its title."),
            )
        column = "price_year" if fields["structure"] == Structure.FULL_YEAR else "price_semester"
        if fields[column] is None:
            self.refuse(
                column,
                _("A course of this structure needs this price."),
                _("Write the price of the year for FY, of the semester for A and B."),
            )

    def check_prices(self, fields: dict[str, Any], find_cap: Callable[..., prices.Cap | None]) -> None:
        """Prices above the cap of the first day (R-79). A whole year of an A or B course is two semesters (R-80)."""
        on = fields["valid_from"]
        semester = find_cap(Structure.A, on=on)
        year = find_cap(Structure.FULL_YEAR, on=on)
        limits = {
            "price_semester": semester and semester.limit,
            "price_year": year and year.limit
            if fields["structure"] == Structure.FULL_YEAR
            else semester and 2 * semester.limit,
        }
        for column, limit in limits.items():
            price = fields[column]
            if price is not None and limit is not None and price > limit:
                message = _("This price is above the state's limit of $%(limit)s on %(day)s.")
                self.refuse(
                    column,
                    message % {"limit": f"{limit:,.2f}", "day": on.isoformat()},
                    _("Lower it to the limit or below. A course above the limit cannot be in the catalog."),
                )
