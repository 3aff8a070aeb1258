"""One disagreement between what was approved and what was reported, from the night it was found to its end."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from coredata.models import ProviderReport, Upload
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider, SchoolYear
from mocap_portal.foundation.shared.history import tracked

from .runs import Run


class MismatchState(models.TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Seen")
    ANSWERED = "answered", _("Answered")
    WAIVED = "waived", _("Waived")
    RESOLVED = "resolved", _("Resolved")


OPEN_STATES = [MismatchState.OPEN, MismatchState.ACKNOWLEDGED, MismatchState.ANSWERED]
GONE_STATES = [MismatchState.RESOLVED]
# Two LEAs have the same student or course; the fact `other` is the state's code of the other one.
TWO_LEAS = ("M-18", "M-54", "M-57", "M-59", "M-60", "M-62")


class MismatchQuerySet(models.QuerySet["Mismatch"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see those of their LEA, provider staff those about what they report, DESE all."""
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        if hat.is_provider:
            return self.filter(provider=hat.organization_id)
        return self if hat.is_dese else self.none()

    def still_open(self) -> Self:
        """Neither resolved nor waived."""
        return self.filter(state__in=OPEN_STATES)


@tracked()
class Mismatch(models.Model):
    """A code, a student, a course, a term and an LEA in a school year: one identity and one life. Never deleted.

    `lea` is None where no LEA can mend it (a report that is overdue). Without a student it is about the LEA and, where
    there is one, the provider as a whole. `facts`: what was expected and what was found, with the files and lines, as
    the rule's SQL wrote them. `cause`: which of the code's likely causes, the first one fits best.
    `resolved_by_…`: the file or report that came in since and made the data agree.
    """

    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.CharField(max_length=4)
    lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    mosis_id = models.CharField(max_length=10, blank=True)
    course_code = models.CharField(max_length=10, blank=True)
    semester = models.CharField(max_length=2, blank=True)
    state = models.CharField(max_length=12, choices=MismatchState.choices, default=MismatchState.OPEN)
    facts = models.JSONField(default=dict)
    cause = models.CharField(max_length=30, blank=True)
    first_run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    first_seen_at = models.DateTimeField()
    opened_at = models.DateTimeField(help_text=_("When it was found last after it had been away"))
    changed_at = models.DateTimeField(help_text=_("When its state or its facts changed last"))
    times_reopened = models.PositiveSmallIntegerField(default=0)
    waived_until = models.DateField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_run = models.ForeignKey(
        Run, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    resolved_by_upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    resolved_by_report = models.ForeignKey(
        ProviderReport, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    objects = MismatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "lea", "code", "mosis_id", "course_code", "semester"],
                condition=~Q(mosis_id=""),
                name="a_mismatch_of_a_student_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["school_year", "lea", "code", "provider", "course_code", "semester"],
                condition=Q(mosis_id=""),
                name="a_mismatch_of_a_whole_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_resolved_mismatch_says_when",
                condition=Q(state="resolved", resolved_at__isnull=False, resolved_run__isnull=False)
                | (~Q(state="resolved") & Q(resolved_at__isnull=True, resolved_run__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_waived_mismatch_says_until_when",
                condition=~Q(state="waived") | Q(waived_until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["school_year", "code"], condition=~Q(state="resolved"), name="mismatches_by_code"
            ),
            models.Index(
                fields=["provider"], condition=~Q(state="resolved"), name="mismatches_of_a_provider"
            ),
            models.Index(fields=["mosis_id"], name="mismatches_of_a_student"),
            models.Index(
                KT("facts__other"), condition=Q(code__in=TWO_LEAS), name="mismatches_with_another_lea"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.lea_id}"


class AnswerKind(models.TextChoices):
    """What somebody did about a mismatch. None of them changes what was certified or approved."""

    SEEN = "seen", _("Seen")
    DENIED = "denied", _("We denied this course")
    NOT_OURS = "not_ours", _("Not our student")
    ASK = "ask", _("Question")
    HARMLESS = "harmless", _("Known and harmless")
    WAIVE = "waive", _("Waived until a day")
    UNDO = "undo", _("Taken back")


@tracked()
class Answer(models.Model):
    """Who answered what, when. Never edited, never deleted: a mistaken one is taken back by another (`undoes`)."""

    mismatch = models.ForeignKey(Mismatch, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=8, choices=AnswerKind.choices)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    until = models.DateField(null=True, blank=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_waiver_of_a_mismatch_has_reason_and_end",
                condition=~Q(kind__in=["waive"]) | (~Q(reason="") & Q(until__isnull=False)),
            ),
            models.CheckConstraint(
                name="what_is_said_to_be_harmless_says_why",
                condition=~Q(kind__in=["harmless", "ask"]) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="taking_back_names_what",
                condition=Q(kind="undo", undoes__isnull=False) | (~Q(kind="undo") & Q(undoes__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.mismatch_id}"
