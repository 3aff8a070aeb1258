"""Legal clocks. A row of a higher app points at its clock; the clock knows nothing of that row.

The start, the due day and every pause and move are stored. The list of counted and skipped days is computed from
the closed days that were known when the clock started (R-16) and must always agree with the stored due day.
"""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import ClosedDay, Lea
from mocap_portal.foundation.shared.history import tracked


class ClockKind(models.TextChoices):
    PART_TIME_DECISION = "part_time_decision", _("Decide a part-time request")
    COUNSELOR_REVIEW = "counselor_review", _("Advise about a part-time request")
    REGISTRATION = "registration", _("Register an approved course")
    PROVIDER_CONFIRMATION = "provider_confirmation", _("Provider confirms a registration")
    RESIDENT_INPUT = "resident_input", _("Resident district informs a full-time program")
    RECORDS = "records", _("A school sends a student's records")
    PROGRAM_REVIEW = "program_review", _("A program reviews its own decision")
    PLACEMENT = "placement", _("Resident district sends a disenrolled student's family its options")
    CONCERN_ACKNOWLEDGE = "concern_acknowledge", _("Acknowledge a concern")
    CONCERN_SORT = "concern_sort", _("Sort a concern")
    CONCERN_REPLY = "concern_reply", _("Reply to a concern for the first time")
    CONCERN_ANSWER = "concern_answer", _("Answer the state office about a concern")


class ClockQuerySet(models.QuerySet["Clock"]):
    def running(self) -> Self:
        """Started, not stopped, not paused."""
        return self.filter(stopped_at__isnull=True, due_on__isnull=False)

    def unfinished(self) -> Self:
        """Started and not stopped; paused ones too."""
        return self.filter(stopped_at__isnull=True)

    def overdue(self, day: dt.date) -> Self:
        """Running clocks whose due day is over on `day` (a Central date)."""
        return self.running().filter(due_on__lt=day)


@tracked()
class Clock(models.Model):
    """So many business days from a start. `due_on` is None while the clock is paused."""

    kind = models.CharField(max_length=30, choices=ClockKind.choices)
    lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.PROTECT, related_name="clocks")
    started_at = models.DateTimeField(help_text=_("T0. Its Central date is day 0."))
    business_days = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300, help_text=_("The rule that sets the length"))
    first_due_on = models.DateField(help_text=_("As computed at the start; never changes"))
    due_on = models.DateField(null=True, blank=True, help_text=_("The last day, until 23:59:59 Central"))
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="clock_stops_after_it_starts",
                condition=Q(stopped_at__isnull=True) | Q(stopped_at__gte=F("started_at")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(stopped_at__isnull=True), name="clock_open_by_due_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} by {self.due_on or 'resume'}"

    @property
    def is_paused(self) -> bool:
        return self.stopped_at is None and self.due_on is None


@tracked()
class ClockPause(models.Model):
    """Days start ≤ day < end do not count. `ends_on` None: still paused."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="pauses")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=Q(ends_on__isnull=True), name="one_open_pause_per_clock"
            ),
            models.CheckConstraint(
                name="pause_starts_before_it_ends",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on or '…'}"


TOLD_WITHIN = dt.timedelta(days=3)


class ClockMoveQuerySet(models.QuerySet["ClockMove"]):
    def to_tell(self, *, at: dt.datetime) -> Self:
        """Moves of clocks that still run. Some days back too: an outage loses none, and the outbox tells each once."""
        recent = self.filter(moved_at__gt=at - TOLD_WITHIN, clock__stopped_at__isnull=True)
        return recent.select_related("clock", "closed_day").order_by("pk")


@tracked()
class ClockMove(models.Model):
    """The due day moved because DESE confirmed an emergency closure. Told to whom it concerns."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="moves")
    closed_day = models.ForeignKey(ClosedDay, on_delete=models.PROTECT, related_name="+")
    was_due_on = models.DateField()
    due_on = models.DateField()
    moved_at = models.DateTimeField()

    objects = ClockMoveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "closed_day"], name="a_closed_day_moves_a_clock_once"),
            models.CheckConstraint(name="clocks_move_later_only", condition=Q(due_on__gt=F("was_due_on"))),
        ]

    def __str__(self) -> str:
        return f"{self.was_due_on} → {self.due_on}"


class ChaseStep(models.TextChoices):
    HALF_TIME = "half_time", _("Half of the time is over")
    DAY_BEFORE = "day_before", _("Due on the next business day")
    OVERDUE = "overdue", _("Overdue")


class Chase(models.Model):
    """One reminder that was given: at most one of a kind per clock and day, however often the task runs."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="chases")
    step = models.CharField(max_length=12, choices=ChaseStep.choices)
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clock", "step", "day"], name="one_chase_per_step_and_day")
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.day}"


class ChaseRun(models.Model):
    """The nightly look at every open clock; health asks whether the last one finished."""

    day = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    clocks = models.PositiveIntegerField(default=0)
    chases = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.day)
