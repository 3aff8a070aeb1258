"""A membership report of a program on a count date, and its rows as they were counted."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.full_time.models import Program, ProgramEnrollment
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.history import tracked


class ReportState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SENT = "sent", _("Sent to DESE")
    ACCEPTED = "accepted", _("Accepted by DESE")
    RETURNED = "returned", _("Returned by DESE")


class MembershipReportQuerySet(models.QuerySet["MembershipReport"]):
    def visible_to(self, hat: Membership) -> Self:
        """A host sees the reports of its own programs, DESE those that were sent at least once; nobody else any."""
        if hat.is_dese:
            return self.exclude(state=ReportState.DRAFT, version=1)
        return self.run_by(hat)

    def run_by(self, hat: Membership) -> Self:
        return self.filter(program__in=Program.objects.run_by(hat))


@tracked()
class MembershipReport(FSMModelMixin, models.Model):
    """The students of a program on a day. What was sent stays: a report that DESE returned is counted anew, as the next
    version."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="membership_reports")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    count_date = models.DateField()
    state = FSMField(choices=ReportState.choices, default=ReportState.DRAFT, protected=True)
    version = models.PositiveSmallIntegerField(default=1, help_text=_("Of the rows that hold"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=120, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True, help_text=_("Why DESE returned it the last time"))

    objects = MembershipReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program", "count_date"], name="one_membership_report_per_program_and_day"
            ),
            models.CheckConstraint(
                name="sent_membership_reports_are_signed",
                condition=Q(state="draft", version=1, sent_at__isnull=True, signed_name="")
                | Q(state="draft", version__gt=1)
                | (Q(sent_at__isnull=False, sent_by__isnull=False) & ~Q(signed_name="")),
            ),
            models.CheckConstraint(
                name="answered_membership_reports_say_who",
                condition=~Q(state__in=["accepted", "returned"])
                | Q(answered_at__isnull=False, answered_by__isnull=False, answered_at__gte=F("sent_at")),
            ),
            models.CheckConstraint(
                name="returned_membership_reports_say_why", condition=~Q(state="returned") | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["state", "sent_at"], name="membership_report_by_state")]

    def __str__(self) -> str:
        return f"{self.program_id} on {self.count_date}"

    @property
    def sent_version(self) -> int:
        """The last version that DESE has; 0 while there is none."""
        return self.version - 1 if self.state == ReportState.DRAFT else self.version

    def version_for(self, hat: Membership) -> int:
        """Which version this hat looks at: a host the one it works on, DESE the last one that was sent."""
        return self.sent_version if hat.is_dese else self.version

    @transition(state, source=ReportState.DRAFT, target=ReportState.SENT)
    def send(self, *, by: Membership, at: dt.datetime, name: str) -> None:
        self.sent_by, self.sent_at, self.signed_name = by, at, name
        self.answered_by, self.answered_at = None, None

    @transition(state, source=ReportState.SENT, target=ReportState.ACCEPTED)
    def accept(self, *, by: Membership, at: dt.datetime) -> None:
        self.answered_by, self.answered_at, self.reason = by, at, ""

    @transition(state, source=ReportState.SENT, target=ReportState.RETURNED)
    def give_back(self, *, by: Membership, at: dt.datetime, reason: str) -> None:
        self.answered_by, self.answered_at, self.reason = by, at, reason

    @transition(state, source=ReportState.RETURNED, target=ReportState.DRAFT)
    def count_anew(self) -> None:
        """What was sent stays beside the version that begins."""
        self.version += 1


@tracked()
class MembershipRow(models.Model):
    """One student of a version, as the portal knew the student when it was counted. `age`: full years on the count
    date. `share`: of a full-time student, 0 to 1."""

    report = models.ForeignKey(MembershipReport, on_delete=models.CASCADE, related_name="rows")
    version = models.PositiveSmallIntegerField()
    enrollment = models.ForeignKey(ProgramEnrollment, on_delete=models.PROTECT, related_name="+")
    mosis_id = models.CharField(max_length=10, blank=True)
    grade = models.PositiveSmallIntegerField()
    resident_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    resident_lea_code = models.CharField(max_length=6)
    age = models.PositiveSmallIntegerField()
    share = models.DecimalField(max_digits=5, decimal_places=4)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "version", "enrollment"], name="a_student_is_counted_once_per_version"
            ),
            models.CheckConstraint(
                name="nobody_counts_more_than_once", condition=Q(share__gte=0, share__lte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrollment_id} in {self.report_id} v{self.version}"
