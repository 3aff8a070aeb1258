"""Who is counted on a day, and what the counted rows say together. Nothing here writes."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum
from django.utils.translation import gettext as _

from enrollment.full_time.models import ProgramEnrollment, Schedule, ScheduledCourse
from enrollment.records.age import age_on
from mocap_portal.foundation.directory.models import GRADES, LegalKey, LegalValue, Term, TermCode

from .models import MembershipReport, MembershipRow
from .rules import credits_at_once, share


def count(report: MembershipReport) -> list[MembershipRow]:
    """The rows of a report's version, not stored yet: everybody enrolled on the count date, whatever came after.

    As many queries for one student as for a thousand.
    """
    day = report.count_date
    enrollments = list(
        ProgramEnrollment.objects.filter(program=report.program_id)
        .enrolled_on(day)
        .select_related("student", "resident_lea")
        .order_by("pk")
    )
    full = LegalValue.objects.number(LegalKey.FULL_TIME_CREDITS, on=day)
    halves = list(
        Term.objects.filter(school_year=report.school_year_id, code__in=[TermCode.S1, TermCode.S2])
        .order_by("starts_on")
        .values_list("starts_on", "ends_on")
    )
    courses = _courses(report, enrollments)
    elsewhere = _counted_elsewhere(report, enrollments)
    return [
        MembershipRow(
            report=report,
            version=report.version,
            enrollment=enrollment,
            mosis_id=enrollment.student.mosis_id or "",
            grade=enrollment.student.grade,
            resident_lea=enrollment.resident_lea,
            resident_lea_code=enrollment.resident_lea.state_district_id,
            age=age_on(enrollment.student.birth_date, day),
            share=share(
                credits_at_once(courses[enrollment.pk], day, halves),
                full=full,
                elsewhere=elsewhere.get(enrollment.student_id, Decimal()),
            ),
        )
        for enrollment in enrollments
    ]


def _courses(
    report: MembershipReport, enrollments: Sequence[ProgramEnrollment]
) -> dict[int, list[ScheduledCourse]]:
    """By enrollment, the courses of the schedule that held on the count date."""
    schedules = Schedule.objects.on(report.count_date).filter(
        enrollment__in=[enrollment.pk for enrollment in enrollments], school_year=report.school_year_id
    )
    found: dict[int, list[ScheduledCourse]] = defaultdict(list)
    for course in ScheduledCourse.objects.filter(schedule__in=schedules).select_related("schedule"):
        found[course.schedule.enrollment_id].append(course)
    return found


def _counted_elsewhere(
    report: MembershipReport, enrollments: Sequence[ProgramEnrollment]
) -> dict[int, Decimal]:
    """By student, what the reports of other programs count on the same day (R-87)."""
    rows = MembershipRow.objects.filter(
        report__count_date=report.count_date,
        version=F("report__version"),
        enrollment__student__in=[enrollment.student_id for enrollment in enrollments],
    ).exclude(report=report.pk)
    sums = rows.values_list("enrollment__student").annotate(Sum("share"))
    return dict(sums.order_by("enrollment__student"))


# What they say together ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Total:
    """Some students of a report: how many, and their shares together."""

    name: str
    students: int
    share: Decimal


def whole(report: MembershipReport, version: int) -> Total:
    found = MembershipRow.objects.filter(report=report, version=version).aggregate(
        students=Count("pk"), share=Sum("share", default=Decimal())
    )
    return Total(_("All"), found["students"], found["share"])


def by_grade(report: MembershipReport, version: int) -> list[Total]:
    names = {grade: str(name) for grade, name in GRADES}
    return [
        Total(names[grade], students, shares) for grade, students, shares in _totals(report, version, "grade")
    ]


def by_district(report: MembershipReport, version: int) -> list[Total]:
    """By resident LEA, with its code."""
    return [
        Total(f"{code} {name}", students, shares)
        for code, name, students, shares in _totals(
            report, version, "resident_lea_code", "resident_lea__organization__name"
        )
    ]


def _totals(report: MembershipReport, version: int, *columns: str) -> Iterator[tuple[Any, ...]]:
    rows = MembershipRow.objects.filter(report=report, version=version).values_list(*columns)
    return iter(rows.annotate(Count("pk"), Sum("share")).order_by(*columns))


# What changed -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A student who came into a version, left it, or is counted another way; None where there is no row."""

    before: MembershipRow | None
    after: MembershipRow | None

    @property
    def row(self) -> MembershipRow:
        found = self.after or self.before
        assert found is not None  # one of them is there
        return found

    @property
    def words(self) -> str:
        """What is different, in the reader's language."""
        if self.before is None:
            return _("New")
        if self.after is None:
            return _("No longer counted")
        parts = [
            (_("grade"), self.before.grade, self.after.grade),
            (_("resident district"), self.before.resident_lea_code, self.after.resident_lea_code),
            (_("share"), self.before.share, self.after.share),
            (_("age"), self.before.age, self.after.age),
            (_("MOSIS ID"), bool(self.before.mosis_id), bool(self.after.mosis_id)),
        ]
        return ", ".join(
            _("%(what)s: %(old)s, now %(new)s") % {"what": what, "old": old, "new": new}
            if what != _("MOSIS ID")
            else _("another MOSIS ID")
            for what, old, new in parts
            if old != new
        )


def changes(report: MembershipReport, version: int) -> list[Change]:
    """What is different from the version before, which was the last one sent; in the order of the enrollments."""
    if version < 2:
        return []
    rows = MembershipRow.objects.filter(report=report, version__in=[version - 1, version]).select_related(
        "enrollment__student"
    )
    pairs: dict[int, dict[int, MembershipRow]] = defaultdict(dict)
    for row in rows.order_by("enrollment"):
        pairs[row.enrollment_id][row.version] = row
    found = [Change(pair.get(version - 1), pair.get(version)) for pair in pairs.values()]
    return [change for change in found if change.before is None or change.after is None or _differ(change)]


COUNTED = ("mosis_id", "grade", "resident_lea_code", "age", "share")


def _differ(change: Change) -> bool:
    return any(getattr(change.before, name) != getattr(change.after, name) for name in COUNTED)
