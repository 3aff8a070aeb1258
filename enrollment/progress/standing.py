"""Of which students reports are owed, which are there, and who is behind.

Two kinds of rows are looked at alike: a full-time student's enrollment, and a part-time student's course as its
provider was told of it. `students_of` gives either the two days that say which reports are owed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment
from enrollment.records.models import Claim
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership

from .models import CourseProgress, ProgressReport
from .points import ReportYear
from .rules import ONE_DAY, DuePoint, owed

AHEAD = dt.timedelta(days=14)  # from when on a report that is due waits for its writer


class Track(models.TextChoices):
    FULL_TIME = "full_time", _("Full-time students")
    PART_TIME = "part_time", _("Students in single courses")

    @property
    def field(self) -> str:
        """What a report of this track is about: the name of its column."""
        return "enrollment" if self is Track.FULL_TIME else "roster_line"


def students_of(track: Track, year: ReportYear) -> Any:
    """A queryset of ProgramEnrollment or RosterLine: those of a school year that have begun, in no order.

    `first_day` and `last_day` say which reports are owed. A course goes on to the end of its term, or later where the
    provider says so; a student who leaves, earlier.
    """
    school_year = year.school_year
    if track == Track.FULL_TIME:
        return (
            ProgramEnrollment.objects.filter(
                Q(ended_on__isnull=True) | Q(ended_on__gte=school_year.starts_on),
                entered_at__isnull=False,
                starts_on__lte=school_year.ends_on,
            )
            .annotate(first_day=F("starts_on"), last_day=Coalesce("ended_on", Value(school_year.ends_on)))
            .select_related("student", "program__host__organization", "resident_lea__organization")
        )
    planned = Greatest("line__ends_on", "line__request__term__ends_on")  # of which one may be unknown
    return (
        RosterLine.objects.filter(
            line__request__term__school_year=school_year, line__started_on__isnull=False
        )
        .annotate(
            # One that begins before its term owes nothing for the term before.
            first_day=Greatest("line__started_on", "line__request__term__starts_on"),
            last_day=Coalesce("line__ended_on", planned),
        )
        .select_related("line__course", "line__request", "provider__organization", "lea__organization")
    )


def visible_students(hat: Membership, track: Track, year: ReportYear) -> QuerySet[Any]:
    """Those whose progress this hat may read."""
    rows: QuerySet[Any] = students_of(track, year)
    if track == Track.FULL_TIME:
        return rows.filter(pk__in=ProgramEnrollment.objects.visible_to(hat).values("pk"))
    return rows if hat.is_dese else rows.filter(pk__in=RosterLine.objects.visible_to(hat).values("pk"))


def own_students(hat: Membership, track: Track) -> Any:
    """Those about whom this hat writes, none of them a child of this person's own."""
    if track == Track.FULL_TIME:
        return ProgramEnrollment.objects.run_by(hat)
    if not hat.is_provider:
        return RosterLine.objects.none()
    own = Claim.objects.about_own_child_of(hat.user_id).values("pk")
    return RosterLine.objects.filter(provider=hat.organization_id).exclude(line__request__claim__in=own)


def tracks_of(hat: Membership) -> list[Track]:
    """What this hat has students of: hosts full-time ones, providers courses, everybody else both."""
    if hat.role in HOST_ROLES:
        return [Track.FULL_TIME]
    return [Track.PART_TIME] if hat.is_provider else list(Track)


# Who is behind ------------------------------------------------------------------------------------


def missing(rows: QuerySet[Any], track: Track, year: ReportYear, *, until: dt.date) -> QuerySet[Any]:
    """Those of whom a report that was due by this day is not there."""
    owing = Q(pk__in=[])
    for point in year.points:
        if point.due_on <= until:
            written = ProgressReport.objects.filter(
                **{track.field: OuterRef("pk")}, school_year=year.school_year, number=point.number
            )
            owing |= Q(~Exists(written), first_day__lt=point.due_on, last_day__gte=point.due_on)
    return rows.filter(owing)


def behind(rows: QuerySet[Any], track: Track, year: ReportYear, *, today: dt.date) -> QuerySet[Any]:
    """Those whose report is overdue, and those whose last report says that they are behind (R-51)."""
    later = ProgressReport.objects.current().filter(
        **{track.field: OuterRef(f"report__{track.field}")},
        school_year=year.school_year,
        number__gt=OuterRef("report__number"),
    )
    # From the few courses that are behind to their students: looking up everybody's last report takes far longer.
    says_so = CourseProgress.objects.filter(
        ~Exists(later),
        **{f"report__{track.field}__isnull": False},
        on_pace=False,
        report__school_year=year.school_year,
        report__replaced_by__isnull=True,
    ).values(f"report__{track.field}")
    overdue = missing(rows, track, year, until=today - ONE_DAY).values("pk")
    found: QuerySet[Any] = rows.filter(Q(pk__in=says_so) | Q(pk__in=overdue))
    return found


# One student --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """One student, or one course of a student, in a school year: what is owed, what was written.

    `reports`: the version that holds of each report, by number.
    """

    row: Any
    track: Track
    year: ReportYear
    reports: Mapping[int, ProgressReport]
    today: dt.date
    may_write: bool = False

    @property
    def pk(self) -> int:
        return int(self.row.pk)

    @property
    def student_name(self) -> str:
        return str(self.row.student) if self.track == Track.FULL_TIME else self.row.student_name

    @property
    def mosis_id(self) -> str:
        """Empty while nobody knows it."""
        person = self.row.student if self.track == Track.FULL_TIME else self.row
        return person.mosis_id or ""

    @property
    def student_id(self) -> int | None:
        if self.track == Track.FULL_TIME:
            return int(self.row.student_id)
        found: int | None = self.row.line.request.claim.student_id
        return found

    @property
    def place(self) -> str:
        """Where the student learns: the program, or the course."""
        return str(self.row.program if self.track == Track.FULL_TIME else self.row.line.course.title)

    @property
    def writer(self) -> str:
        """Who writes: the program, or the provider."""
        return str(self.row.program if self.track == Track.FULL_TIME else self.row.provider)

    @property
    def district(self) -> str:
        return str(self.row.resident_lea if self.track == Track.FULL_TIME else self.row.lea)

    @property
    def owed(self) -> list[DuePoint]:
        return owed(self.year.points, first=self.row.first_day, last=self.row.last_day)

    @property
    def missing(self) -> list[DuePoint]:
        return [point for point in self.owed if point.number not in self.reports]

    @property
    def overdue(self) -> list[DuePoint]:
        return [point for point in self.missing if point.due_on < self.today]

    @property
    def next_point(self) -> DuePoint | None:
        """The one to write first, once its quarter has begun."""
        first = next(iter(self.missing), None)
        return first if first is not None and first.opens_on <= self.today else None

    @property
    def last_report(self) -> ProgressReport | None:
        return self.reports[max(self.reports)] if self.reports else None

    @property
    def is_behind(self) -> bool:
        """What the last report says."""
        return self.last_report is not None and self.last_report.is_behind


def standings(
    rows: Sequence[Any], track: Track, year: ReportYear, *, today: dt.date, hat: Membership | None = None
) -> list[Standing]:
    """Rows of `students_of` with their reports, in the same order, by three queries more."""
    if not rows:
        return []
    keys = [row.pk for row in rows]
    reports = (
        ProgressReport.objects.current()
        .filter(**{f"{track.field}__in": keys}, school_year=year.school_year)
        .prefetch_related("courses")
        .order_by("number")
    )
    by_row: dict[int, dict[int, ProgressReport]] = defaultdict(dict)
    for report in reports:
        by_row[getattr(report, f"{track.field}_id")][report.number] = report
    own = set(own_students(hat, track).filter(pk__in=keys).values_list("pk", flat=True)) if hat else set()
    return [
        Standing(row, track, year, by_row[row.pk], today, may_write=row.pk in own and row.first_day <= today)
        for row in rows
    ]


def in_order(rows: QuerySet[Any], track: Track) -> QuerySet[Any]:
    """By name."""
    person = "student__" if track == Track.FULL_TIME else ""
    return rows.order_by(f"{person}last_name", f"{person}first_name", "pk")
