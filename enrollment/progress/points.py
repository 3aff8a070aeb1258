"""The due points of a school year, from its semesters and the number that holds in it (A-06)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from mocap_portal.foundation.directory.models import LegalKey, LegalValue, SchoolYear, Term, TermCode

from .rules import DuePoint, due_points


@dataclass(frozen=True)
class ReportYear:
    """A school year with its due points; without any while the state office has entered no semesters of it."""

    school_year: SchoolYear
    points: Sequence[DuePoint]

    def point(self, number: int) -> DuePoint | None:
        return next((point for point in self.points if point.number == number), None)

    def passed(self, day: dt.date) -> list[DuePoint]:
        """Those whose last day is over."""
        return [point for point in self.points if point.due_on < day]


def report_year(school_year: SchoolYear) -> ReportYear:
    halves = list(
        Term.objects.filter(school_year=school_year, code__in=[TermCode.S1, TermCode.S2])
        .order_by("starts_on")
        .values_list("starts_on", "ends_on")
    )
    if not halves:
        return ReportYear(school_year, [])
    number = LegalValue.objects.whole(LegalKey.PROGRESS_REPORTS, on=halves[0][0])
    return ReportYear(school_year, due_points(halves, number))


def report_year_on(day: dt.date) -> ReportYear:
    """The school year of this day. Raises SchoolYear.DoesNotExist."""
    return report_year(SchoolYear.objects.get(starts_on__lte=day, ends_on__gte=day))
