"""The one stored schedule of a student: courses, credits, minutes by weekday, dates. All hours come from it (R-149)."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrollment.registration.models import Teacher
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.history import tracked
from providers.models import Course

from .enrollments import ProgramEnrollment

WEEKDAYS = 7  # Monday first
MINUTES_OF_A_DAY = 24 * 60


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def on(self, day: dt.date) -> Self:
        """The versions that hold on this day: of an enrollment and school year, one at most."""
        return self.counting().filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)

    def counting(self) -> Self:
        """Those that hold or held on some day: not what was a slip and replaced."""
        return self.filter(replaced_at__isnull=True)


@tracked()
class Schedule(models.Model):
    """A version of a student's schedule for a school year. A change makes the next version; none is edited.

    `valid_from` to `valid_to` (both count) are the days on which this version holds. A version that holds from the same
    day as the one before mends it: the earlier one is `replaced_at`, ends before it begins, and held on no day at all.
    """

    enrollment = models.ForeignKey(ProgramEnrollment, on_delete=models.PROTECT, related_name="schedules")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    change = models.CharField(
        max_length=300, blank=True, help_text=_("Why it differs from the version before")
    )
    shortfall = models.CharField(
        max_length=300,
        blank=True,
        help_text=_("Why it has fewer credits than make a student full-time (R-45)"),
    )

    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "school_year", "version"], name="one_schedule_of_a_version"
            ),
            models.CheckConstraint(
                name="schedule_holds_before_it_ends",
                condition=Q(valid_to__isnull=True)
                | Q(valid_to__gte=F("valid_from"))
                | Q(replaced_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_replaced_schedule_held_on_no_day_and_says_by_whom",
                condition=Q(replaced_at__isnull=True, replaced_by__isnull=True)
                | Q(
                    replaced_at__isnull=False,
                    replaced_by__isnull=False,
                    valid_to__isnull=False,
                    valid_to__lt=F("valid_from"),
                ),
            ),
            models.CheckConstraint(
                name="a_changed_schedule_says_why", condition=Q(version=1) | ~Q(change="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.school_year_id} v{self.version}"


def no_minutes() -> list[int]:
    return [0] * WEEKDAYS


@tracked()
class ScheduledCourse(models.Model):
    """One course of a schedule. `minutes`: planned on Monday … Sunday, in this order. `credit` over its whole span."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="courses")
    course = models.ForeignKey(
        Course,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Of the catalog"),
    )
    title = models.CharField(max_length=120)
    credit = models.DecimalField(max_digits=4, decimal_places=2)
    starts_on = models.DateField()
    ends_on = models.DateField()
    minutes = ArrayField(
        models.PositiveSmallIntegerField(validators=[MaxValueValidator(MINUTES_OF_A_DAY)]),
        size=WEEKDAYS,
        default=no_minutes,
    )
    teacher = models.ForeignKey(
        Teacher, null=True, blank=True, on_delete=models.PROTECT, related_name="scheduled_courses"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_scheduled_course_starts_before_it_ends", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="a_scheduled_course_knows_seven_days", condition=Q(minutes__len=WEEKDAYS)
            ),
            models.CheckConstraint(name="a_scheduled_course_has_credit", condition=Q(credit__gte=0)),
        ]

    def __str__(self) -> str:
        return self.title
