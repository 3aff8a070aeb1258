"""A provider's report: from its arrival to what the state office decides, and what all of them say together."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider, SchoolYear
from mocap_portal.foundation.shared.history import tracked

from .sent import SentFile


class ReportState(models.TextChoices):
    RECEIVED = "received", _("Waiting to be read")
    REFUSED = "refused", _("Refused: not a report of yours that can be used")
    CHECKED = "checked", _("Checked, not sent to the state office")
    WAITING = "waiting", _("Waiting for the state office")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    REPLACED = "replaced", _("Replaced by a later report")
    SUPERSEDED = "superseded", _("Accepted earlier, superseded since")
    RETRACTED = "retracted", _("Accepted, then retracted")


ONCE_ACCEPTED = [ReportState.ACCEPTED, ReportState.SUPERSEDED]


class ProviderReportQuerySet(models.QuerySet["ProviderReport"]):
    def visible_to(self, hat: Membership) -> Self:
        """Provider staff see their own; DESE sees all. Districts see rows of theirs, never a report."""
        if hat.is_provider:
            return self.filter(provider=hat.organization_id)
        return self if hat.is_dese else self.none()


@tracked()
class ProviderReport(SentFile):
    """What a provider says of all its enrollments of a school year, as of a day.

    `school_year` and `as_of` are None until it was read, or where no row names them. `accepted_by` is None where a
    clean report was accepted by itself. `before`: the report that counted until this one was accepted. `reason`: why it
    was returned or retracted. Never deleted.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="reports")
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.RECEIVED)
    school_year = models.ForeignKey(
        SchoolYear, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    as_of = models.DateField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    before = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Returned, replaced, superseded or retracted")
    )
    ended_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ProviderReportQuerySet.as_manager()

    class Meta:
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=["provider", "school_year"],
                    condition=Q(state=state),
                    name=f"one_{state}_report_of_a_provider_per_year",
                )
                for state in ("checked", "waiting", "accepted")
            ),
            models.CheckConstraint(
                name="a_checked_report_has_a_school_year",
                condition=Q(state__in=["received", "refused"]) | Q(school_year__isnull=False),
            ),
            models.CheckConstraint(
                name="a_refused_report_says_why", condition=~Q(state="refused") | ~Q(refusal="")
            ),
            models.CheckConstraint(
                name="a_submitted_report_has_a_day_and_no_errors",
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False, as_of__isnull=False, errors=0),
            ),
            models.CheckConstraint(
                name="a_report_is_submitted_before_it_is_decided",
                condition=Q(state__in=["received", "refused", "checked", "replaced"])
                | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="an_accepted_report_says_when",
                condition=~Q(state__in=["accepted", "superseded", "retracted"])
                | Q(accepted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_returned_report_says_why",
                condition=~Q(state__in=["returned", "retracted"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="rows_of_a_report_are_counted_once",
                condition=Q(rows_read__gte=F("rows_with_warnings") + F("rows_with_errors")),
            ),
        ]
        indexes = [models.Index(fields=["provider", "-sent_at"], name="reports_of_a_provider")]

    def __str__(self) -> str:
        return f"{self.name} of {self.provider_id}"


class ReportRow(models.Model):
    """One enrollment as one report says it: the kept columns, a value that broke a rule left out.

    Written once with its report; the database refuses every change, so it has no history of its own. Names as in
    StudentCourse where both say the same: course_code is the state's, semester the term.
    """

    report = models.ForeignKey(ProviderReport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    line = models.PositiveIntegerField()
    enrollment_id = models.CharField(max_length=64, blank=True)
    approval_id = models.CharField(max_length=36, blank=True)
    mosis_id = models.CharField(max_length=10, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    first_name = models.CharField(max_length=60, blank=True)
    grade_level = models.CharField(max_length=2, blank=True)
    district_code = models.CharField(max_length=6, blank=True)
    school_code = models.CharField(max_length=4, blank=True)
    enrollment_type = models.CharField(max_length=2, blank=True)
    basis = models.CharField(max_length=20, blank=True)
    teacher_provided = models.CharField(max_length=1, blank=True)
    provider_course_code = models.CharField(max_length=40, blank=True)
    course_code = models.CharField(max_length=6, blank=True)
    course_title = models.CharField(max_length=120, blank=True)
    semester = models.CharField(max_length=2, blank=True)
    begin_date = models.DateField(null=True, blank=True)
    end_date = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=12, blank=True)
    status_date = models.DateField(null=True, blank=True)
    withdraw_reason = models.CharField(max_length=60, blank=True)
    credits_attempted = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    credits_earned = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    final_grade = models.CharField(max_length=3, blank=True)
    percent_complete = models.PositiveSmallIntegerField(null=True, blank=True)
    last_activity_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "line"], name="a_line_of_a_report_once"),
        ]
        indexes = [
            models.Index(fields=["report", "enrollment_id"], name="enrollments_of_a_report"),
            models.Index(fields=["district_code", "report"], name="report_rows_of_a_district"),
            models.Index(fields=["mosis_id"], name="report_rows_of_a_student"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}, line {self.line}"


class ReportedEnrollmentQuerySet(models.QuerySet["ReportedEnrollment"]):
    def visible_to(self, hat: Membership) -> Self:
        """Provider staff see what they reported, LEA staff what names their own LEA, DESE all."""
        if hat.is_provider:
            return self.filter(provider=hat.organization_id)
        if hat.is_lea:
            own = Lea.objects.filter(pk=hat.organization_id).values("state_district_id")
            return self.filter(row__district_code__in=own)
        return self if hat.is_dese else self.none()


@tracked()
class ReportedEnrollment(models.Model):
    """An enrollment by the provider's own id, as the accepted reports tell it together: the snapshot with its history.

    `first_report`: in which it was first seen; `last_report`: in which it was last seen, `row` its row there.
    `is_present`: whether that report is the one that counts now. `status`, `status_date`: as in `row`.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+", db_index=False)
    enrollment_id = models.CharField(max_length=64)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    first_report = models.ForeignKey(ProviderReport, on_delete=models.PROTECT, related_name="first_seen")
    last_report = models.ForeignKey(ProviderReport, on_delete=models.PROTECT, related_name="last_seen")
    row = models.OneToOneField(ReportRow, on_delete=models.PROTECT, related_name="enrollment")
    is_present = models.BooleanField()
    status = models.CharField(max_length=12)
    status_date = models.DateField(null=True, blank=True)

    objects = ReportedEnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "enrollment_id"], name="an_enrollment_of_a_provider_once"
            ),
            models.CheckConstraint(
                name="an_enrollment_has_an_id_and_a_status", condition=~Q(enrollment_id="") & ~Q(status="")
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider", "school_year"],
                condition=Q(is_present=True),
                name="enrollments_present_now",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} of {self.provider_id}"


@tracked()
class StatusChange(models.Model):
    """An accepted report says another status of an enrollment than the one before. `from_status` is empty at first."""

    enrollment = models.ForeignKey(
        ReportedEnrollment, on_delete=models.CASCADE, related_name="changes", db_index=False
    )
    report = models.ForeignKey(ProviderReport, on_delete=models.PROTECT, related_name="changes")
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    status_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "report"], name="one_change_of_an_enrollment_per_report"
            ),
            models.CheckConstraint(
                name="a_change_of_status_changes_it", condition=~Q(from_status=F("to_status"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_status} → {self.to_status}"


@tracked()
class ReportReminder(models.Model):
    """A provider was told that its report of a school year is due: once for each day on which one is. Never deleted."""

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "due_on"], name="told_once_of_a_report_that_is_due")
        ]

    def __str__(self) -> str:
        return f"{self.provider_id}, {self.due_on}"
