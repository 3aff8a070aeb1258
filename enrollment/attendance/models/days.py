"""What a student did on a day: minutes by course and by the kind of activity that the statute names (R-54)."""

from collections.abc import Iterator
from typing import NamedTuple, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import MINUTES_OF_A_DAY, ProgramEnrollment
from mocap_portal.foundation.accounts.models import Membership

from .files import AttendanceFile


class Entry(NamedTuple):
    """One activity of a day: under which scheduled course (None: under none), of which kind, how many minutes."""

    course_id: int | None
    activity: str
    minutes: int


class AttendanceDayQuerySet(models.QuerySet["AttendanceDay"]):
    def visible_to(self, hat: Membership) -> Self:
        """Whoever sees the enrollment: host, resident district, family, DESE (R-61)."""
        return self.filter(enrollment__in=ProgramEnrollment.objects.visible_to(hat))

    def active(self) -> Self:
        """Days on which something was done."""
        return self.filter(total__gt=0)


class AttendanceDay(models.Model):
    """A student's day. Its entries stand in three lists side by side: courses, activities, minutes.

    One row for a day and not one for an entry: six times fewer rows, indexes and references to look after. The
    database keeps what a correction replaces (`ReplacedDay`); the row names who made it and when. A day that was taken
    back has empty lists. See decision 18.
    """

    enrollment = models.ForeignKey(
        ProgramEnrollment,
        on_delete=models.PROTECT,
        related_name="attendance_days",
        db_index=False,
        db_constraint=False,
    )
    day = models.DateField()
    courses = ArrayField(models.BigIntegerField(null=True), help_text=_("Scheduled courses, or none"))
    activities = ArrayField(models.CharField(max_length=30))
    minutes = ArrayField(models.PositiveSmallIntegerField())
    total = models.PositiveSmallIntegerField(help_text=_("All minutes of the day"))
    file = models.ForeignKey(
        AttendanceFile,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="days",
        db_index=False,
        db_constraint=False,
        help_text=_("The file that said it last; none where a person typed it"),
    )
    by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()

    objects = AttendanceDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrollment", "day"], name="one_row_per_student_and_day"),
            models.CheckConstraint(
                name="entries_of_a_day_are_complete",
                condition=Q(courses__len=F("minutes__len"), activities__len=F("minutes__len")),
            ),
            models.CheckConstraint(name="an_entry_takes_a_minute", condition=~Q(minutes__contains=[0])),
            models.CheckConstraint(
                name="a_day_has_24_hours", condition=Q(total__gte=0, total__lte=MINUTES_OF_A_DAY)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} on {self.day}"

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries())

    def _entries(self) -> Iterator[Entry]:
        for course_id, activity, minutes in zip(self.courses, self.activities, self.minutes, strict=True):
            yield Entry(course_id, activity, minutes)


class ReplacedDay(models.Model):
    """What stood in a day before it was corrected: written by the database, whichever statement changes a day."""

    enrollment = models.ForeignKey(
        ProgramEnrollment, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    day = models.DateField()
    courses = ArrayField(models.BigIntegerField(null=True))
    activities = ArrayField(models.CharField(max_length=30))
    minutes = ArrayField(models.PositiveSmallIntegerField())
    total = models.PositiveSmallIntegerField()
    file = models.ForeignKey(
        AttendanceFile,
        null=True,
        blank=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    by = models.ForeignKey(
        Membership, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["enrollment", "day"], name="replaced_day_by_student")]

    def __str__(self) -> str:
        return f"{self.enrollment_id} on {self.day} until {self.replaced_at}"
