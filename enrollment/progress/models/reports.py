"""A progress report: what a host writes about a full-time student, or a provider about a student in its course."""

from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.models import HOST_ROLES, PROVIDER_ROLES, Membership
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.history import tracked

# Hosts write about their full-time students, providers about the students of their courses.
WRITING_ROLES = HOST_ROLES | PROVIDER_ROLES


class ProgressReportQuerySet(models.QuerySet["ProgressReport"]):
    def visible_to(self, hat: Membership) -> Self:
        """Of a full-time student host and resident district (R-61), of a part-time one the district and the provider;
        the family of either, and DESE. Nobody else sees any."""
        if hat.is_dese:
            return self.all()
        return self.filter(
            Q(enrollment__in=ProgramEnrollment.objects.visible_to(hat))
            | Q(roster_line__in=RosterLine.objects.visible_to(hat))
        )

    def current(self) -> Self:
        """Without those that a correction replaced."""
        return self.filter(replaced_by__isnull=True)


@tracked()
class ProgressReport(models.Model):
    """One version of what was written for a due point. A correction replaces it by the next one; none is edited."""

    enrollment = models.ForeignKey(
        ProgramEnrollment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="progress_reports",
        help_text=_("Of a full-time student"),
    )
    roster_line = models.ForeignKey(
        RosterLine,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="progress_reports",
        help_text=_("Of a part-time student's course"),
    )
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(help_text=_("Of the school year's reports, from 1 on"))
    due_on = models.DateField(help_text=_("The last day of its quarter"))
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    change = models.CharField(
        max_length=300, blank=True, help_text=_("Why it differs from the version before")
    )
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the family was told; never, if it has no account")
    )

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_progress_report_is_about_a_student_or_a_course",
                condition=Q(enrollment__isnull=False, roster_line__isnull=True)
                | Q(enrollment__isnull=True, roster_line__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["enrollment", "school_year", "number", "version"],
                condition=Q(enrollment__isnull=False),
                name="one_report_of_a_student_per_due_point_and_version",
            ),
            models.UniqueConstraint(
                fields=["roster_line", "school_year", "number", "version"],
                condition=Q(roster_line__isnull=False),
                name="one_report_of_a_course_per_due_point_and_version",
            ),
            models.CheckConstraint(
                name="a_corrected_report_says_why",
                condition=Q(version=1, replaces__isnull=True, change="")
                | (Q(version__gt=1, replaces__isnull=False) & ~Q(change="")),
            ),
            models.CheckConstraint(name="reports_are_counted_from_one", condition=Q(number__gte=1)),
        ]

    def __str__(self) -> str:
        return f"report {self.school_year_id}/{self.number} v{self.version}"

    @property
    def writer(self) -> str:
        """The program or the provider that it comes from."""
        if self.enrollment is not None:
            return str(self.enrollment.program)
        assert self.roster_line is not None  # a constraint
        return str(self.roster_line.provider)

    @property
    def is_behind(self) -> bool:
        """Whether it says of any course that the student is behind."""
        return any(not course.on_pace for course in self.courses.all())


@tracked()
class CourseProgress(models.Model):
    """How the student gets on in one course. `title` stands as it was when the report was written."""

    report = models.ForeignKey(ProgressReport, on_delete=models.CASCADE, related_name="courses")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=150)
    percent_complete = models.PositiveSmallIntegerField(validators=[MaxValueValidator(100)])
    current_grade = models.CharField(max_length=10)
    engagement = models.CharField(max_length=200, help_text=_("Minutes, or how the student takes part"))
    on_pace = models.BooleanField(help_text=_("The student will be through by the last day of the course"))
    comment = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "position"], name="one_course_of_a_report_per_position"
            ),
            models.CheckConstraint(
                name="a_course_is_complete_up_to_100_percent", condition=Q(percent_complete__lte=100)
            ),
        ]
        indexes = [
            models.Index(fields=["report"], condition=Q(on_pace=False), name="course_behind_by_report")
        ]

    def __str__(self) -> str:
        return self.title
