"""One course of a request, from the asking to the end."""

import datetime as dt
from decimal import Decimal
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning
from mocap_portal.foundation.shared.history import tracked
from providers.models import Course

from .request import CourseRequest


class LineState(models.TextChoices):
    REQUESTED = "requested", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    DENIED = "denied", _("Denied")
    REGISTERED = "registered", _("Sent to the provider")
    CONFIRMED = "confirmed", _("Confirmed by the provider")
    ACTIVE = "active", _("Running")
    FINISHED = "finished", _("Finished, to be confirmed by the district")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Taken back before it started")
    WITHDRAWN = "withdrawn", _("Withdrawn after it started")
    REMOVED = "removed", _("Ended: the course did not serve the student")


# What a family may still take back, and what counts as taken at the same time.
OPEN_LINES = frozenset(
    {
        LineState.REQUESTED,
        LineState.APPROVED,
        LineState.REGISTERED,
        LineState.CONFIRMED,
        LineState.ACTIVE,
    }
)
# Over before its end: the same course may be asked for again.
ENDED_LINES = frozenset({LineState.CANCELLED, LineState.WITHDRAWN, LineState.REMOVED})
# What the district has approved, whatever became of it since.
APPROVED_LINES = frozenset(
    {
        LineState.APPROVED,
        LineState.REGISTERED,
        LineState.CONFIRMED,
        LineState.ACTIVE,
        LineState.FINISHED,
        LineState.COMPLETED,
        LineState.WITHDRAWN,
        LineState.REMOVED,
    }
)
RUNNING_LINES = frozenset({LineState.ACTIVE})
NOT_STARTED = [LineState.REQUESTED, LineState.APPROVED, LineState.REGISTERED, LineState.CONFIRMED]


class Basis(models.TextChoices):
    """Who pays. Above a full load the district need not, unless it agrees (R-07)."""

    DISTRICT = "district", _("The district pays")
    ASKED = "asked", _("Above a full load: the district is asked whether it pays")
    AGREED = "agreed", _("Above a full load: the district agreed to pay")
    PRIVATE = "private", _("The family pays the provider")


class CourseLineQuerySet(models.QuerySet["CourseLine"]):
    def visible_to(self, hat: Membership) -> Self:
        return self.filter(request__in=CourseRequest.objects.visible_to(hat))

    def reviewable_by(self, hat: Membership) -> Self:
        return self.filter(request__in=CourseRequest.objects.reviewable_by(hat))

    def started(self) -> Self:
        """Lines that stand in the October and June files, withdrawn ones too (R-33)."""
        return self.filter(started_on__isnull=False)


@tracked()
class CourseLine(FSMModelMixin, models.Model):
    """One course of a request: the unit of decision. `planned_minutes` in a week."""

    request = models.ForeignKey(CourseRequest, on_delete=models.CASCADE, related_name="lines")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    over_full_load = models.BooleanField(
        default=False, help_text=_("Lifts the student above a full load: the LEA need not pay (R-07)")
    )
    basis = models.CharField(max_length=8, choices=Basis.choices, default=Basis.DISTRICT)
    reason = models.ForeignKey(
        CodeMeaning,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Why the family asks: told to the counselor, never a ground"),
    )
    reason_words = models.CharField(max_length=200, blank=True)
    planned_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    state = FSMField(choices=LineState.choices, default=LineState.REQUESTED, protected=True)
    decision = models.OneToOneField(
        "part_time.Decision",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The decision that holds; those it replaced stay in `decisions`"),
    )
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    registration_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmation_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What the provider answered, for the family to read: the registration writes it here.
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    section = models.CharField(max_length=40, blank=True)
    teacher_name = models.CharField(max_length=120, blank=True)
    # How it went.
    started_on = models.DateField(null=True, blank=True, help_text=_("The first day, once it came"))
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    percent_complete = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    final_grade = models.CharField(max_length=10, blank=True)
    credit_earned = models.DecimalField(max_digits=3, decimal_places=2, null=True, blank=True)

    objects = CourseLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "course"],
                condition=~Q(state__in=["cancelled", "withdrawn", "removed"]),
                name="a_course_is_asked_for_once",
            ),
            models.CheckConstraint(
                name="above_a_full_load_says_who_pays",
                condition=Q(over_full_load=True) | Q(basis__in=["district", "private"]),
            ),
            models.CheckConstraint(
                name="what_started_has_a_first_day",
                condition=~Q(state__in=["active", "finished", "completed", "withdrawn"])
                | Q(started_on__isnull=False),
            ),
            models.CheckConstraint(
                name="what_never_started_has_no_first_day",
                condition=~Q(
                    state__in=["requested", "approved", "denied", "registered", "confirmed", "cancelled"]
                )
                | Q(started_on__isnull=True),
            ),
            models.CheckConstraint(
                name="a_course_ends_after_it_starts",
                condition=Q(ended_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="percent_complete_up_to_100",
                condition=Q(percent_complete__isnull=True) | Q(percent_complete__lte=100),
            ),
        ]
        indexes = [
            models.Index(fields=["state"], name="course_line_by_state"),
            models.Index(fields=["starts_on"], condition=Q(state="confirmed"), name="course_line_to_start"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.position}"

    @property
    def is_private(self) -> bool:
        return self.basis == Basis.PRIVATE

    @transition(state, source=[LineState.REQUESTED, LineState.DENIED], target=LineState.APPROVED)
    def approve(self, *, registration_clock: Clock | None) -> None:
        """From now on the district has its days to register the student; none where the family pays."""
        self.registration_clock = registration_clock
        if self.basis == Basis.ASKED:
            self.basis = Basis.AGREED

    @transition(state, source=[LineState.REQUESTED, LineState.APPROVED], target=LineState.DENIED)
    def deny(self) -> None:
        """The family may appeal."""
        self.registration_clock = None
        if self.basis == Basis.AGREED:
            self.basis = Basis.ASKED

    @transition(state, source=LineState.APPROVED, target=LineState.REGISTERED)
    def register(self, *, confirmation_clock: Clock) -> None:
        """The provider was told, and has its days to confirm from now on."""
        self.confirmation_clock = confirmation_clock

    @transition(state, source=LineState.REGISTERED, target=LineState.CONFIRMED)
    def confirm(
        self, *, starts_on: dt.date, ends_on: dt.date | None, section: str, teacher_name: str
    ) -> None:
        """The provider has the student in a section. No teacher is named where the district's own teaches."""
        self.starts_on = starts_on
        self.ends_on = ends_on
        self.section = section
        self.teacher_name = teacher_name

    @transition(state, source=LineState.CONFIRMED, target=LineState.ACTIVE)
    def start(self, *, on: dt.date) -> None:
        """The first day has come."""
        self.started_on = on

    @transition(state, source=LineState.ACTIVE, target=LineState.FINISHED)
    def finish(self, *, on: dt.date, percent_complete: int, final_grade: str) -> None:
        """The provider says how it ended; the district confirms."""
        self.ended_on = on
        self.percent_complete = percent_complete
        self.final_grade = final_grade

    @transition(state, source=LineState.FINISHED, target=LineState.ACTIVE)
    def reopen(self) -> None:
        """The district sent the result back: the provider says again how it ended."""
        self.ended_on = None
        self.percent_complete = None
        self.final_grade = ""

    @transition(state, source=LineState.FINISHED, target=LineState.COMPLETED)
    def complete(self, *, credit_earned: Decimal) -> None:
        """The district gave the credit."""
        self.credit_earned = credit_earned

    @transition(state, source=NOT_STARTED, target=LineState.CANCELLED)
    def cancel(self, *, reason: str) -> None:
        """Taken back before the first day: it needs no row in October or June."""
        self.end_reason = reason

    @transition(state, source=LineState.ACTIVE, target=LineState.WITHDRAWN)
    def withdraw(self, *, on: dt.date, reason: str) -> None:
        """The student stops. The line stays for October and June (R-33)."""
        self.ended_on = on
        self.end_reason = reason

    @transition(state, source=[LineState.CONFIRMED, LineState.ACTIVE], target=LineState.REMOVED)
    def remove(self, *, on: dt.date, reason: str) -> None:
        """District or provider ended it, with a documented reason that it does not serve the student."""
        self.ended_on = on
        self.end_reason = reason
