"""A student is not engaged: flagged, the family told, something tried; and where a disenrolled student goes."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.full_time.models import ProgramEnrollment
from enrollment.records.models import Guardian
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership, Role
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import Letter
from mocap_portal.foundation.shared.history import tracked

PLACING_ROLES = frozenset({Role.COORDINATOR, Role.LEA_ADMIN})


class FlagReason(models.TextChoices):
    INACTIVE = "inactive", _("No activity")
    BEHIND = "behind", _("Far behind the planned time")


class FlagQuerySet(models.QuerySet["Flag"]):
    def run_by(self, hat: Membership) -> Self:
        """Of the students that this hat's host looks after, none of them a child of this person's own."""
        return self.filter(enrollment__in=ProgramEnrollment.objects.run_by(hat))

    def open(self) -> Self:
        return self.filter(closed_on__isnull=True)


@tracked()
class Flag(models.Model):
    """A student is not engaged, from the night it was found to the night on which that was over (R-55).

    `last_active`: None where there was never any activity. `planned` and `recorded`: minutes of the weeks looked at.
    """

    enrollment = models.ForeignKey(ProgramEnrollment, on_delete=models.PROTECT, related_name="flags")
    reason = models.CharField(max_length=8, choices=FlagReason.choices)
    opened_on = models.DateField()
    last_active = models.DateField(null=True, blank=True)
    planned = models.PositiveIntegerField()
    recorded = models.PositiveIntegerField()
    closed_on = models.DateField(null=True, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment"], condition=Q(closed_on__isnull=True), name="one_open_flag_per_student"
            ),
            models.CheckConstraint(
                name="a_flag_opens_before_it_closes",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} since {self.opened_on}"


@tracked()
class EngagementNotice(models.Model):
    """The dated letter to the family about a flag (R-56)."""

    flag = models.OneToOneField(Flag, on_delete=models.PROTECT, related_name="notice")
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="engagement_notice")
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"notice about {self.flag_id}"


class InterventionKind(models.TextChoices):
    CALL = "call", _("Talk by phone or video")
    MEETING = "meeting", _("Meeting face to face")
    VISIT = "visit", _("Visit at home")
    TUTORING = "tutoring", _("Tutoring or more time with a teacher")
    SCHEDULE = "schedule", _("Change of the schedule")
    TECHNOLOGY = "technology", _("Help with device or internet")
    OTHER = "other", _("Something else")


@tracked()
class Intervention(models.Model):
    """What the host tried with a flagged student."""

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="interventions")
    kind = models.CharField(max_length=10, choices=InterventionKind.choices)
    held_on = models.DateField()
    tried = models.TextField(help_text=_("What was tried, and with whom"))
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_intervention_says_what_was_tried", condition=~Q(tried=""))
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.held_on}"


class PlacementState(models.TextChoices):
    OPEN = "open", _("Options to send")
    OPTIONS_SENT = "options_sent", _("With the family")
    PLACED = "placed", _("Enrolled again")


class PlacementQuerySet(models.QuerySet["Placement"]):
    def visible_to(self, hat: Membership) -> Self:
        """The resident district's own task; the host and the family read how it stands."""
        if hat.is_family or hat.role in HOST_ROLES or hat.is_lea:
            return self.filter(enrollment__in=ProgramEnrollment.objects.visible_to(hat))
        return self.none()

    def run_by(self, hat: Membership) -> Self:
        """Those that this hat's district acts on, none about a child of this person's own."""
        if hat.role not in PLACING_ROLES:
            return self.none()
        own = Guardian.objects.filter(user=hat.user_id).values("student")
        return self.filter(lea=hat.organization_id).exclude(enrollment__student__in=own)


@tracked()
class Placement(FSMModelMixin, models.Model):
    """The resident district's task when a student was disenrolled: options, the family's choice, enrollment (R-59)."""

    enrollment = models.OneToOneField(ProgramEnrollment, on_delete=models.PROTECT, related_name="placement")
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="placements")
    notice = models.OneToOneField(
        Letter, on_delete=models.PROTECT, related_name="placement", help_text=_("The letter to the district")
    )
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    state = FSMField(choices=PlacementState.choices, default=PlacementState.OPEN, protected=True)
    opened_at = models.DateTimeField()
    options = models.TextField(blank=True, help_text=_("One option a line"))
    options_sent_at = models.DateTimeField(null=True, blank=True)
    options_sent_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    choice = models.CharField(max_length=300, blank=True)
    chosen_on = models.DateField(null=True, blank=True)
    chosen_by = models.ForeignKey(
        Membership,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Who recorded it"),
    )
    enrolled_on = models.DateField(null=True, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    placed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="options_say_what_when_and_who",
                condition=Q(
                    state="open", options="", options_sent_at__isnull=True, options_sent_by__isnull=True
                )
                | (
                    ~Q(state="open")
                    & ~Q(options="")
                    & Q(options_sent_at__isnull=False, options_sent_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="a_choice_follows_options",
                condition=Q(choice="", chosen_on__isnull=True, chosen_by__isnull=True)
                | (~Q(choice="") & ~Q(state="open") & Q(chosen_on__isnull=False, chosen_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_placed_student_has_a_choice_and_a_day",
                condition=(
                    Q(
                        state="placed",
                        enrolled_on__isnull=False,
                        placed_at__isnull=False,
                        placed_by__isnull=False,
                    )
                    & ~Q(choice="")
                )
                | (
                    ~Q(state="placed")
                    & Q(enrolled_on__isnull=True, placed_at__isnull=True, placed_by__isnull=True)
                ),
            ),
        ]
        indexes = [models.Index(fields=["lea", "state"], name="placement_by_district")]

    def __str__(self) -> str:
        return f"placement of {self.enrollment_id}"

    @transition(state, source=PlacementState.OPEN, target=PlacementState.OPTIONS_SENT)
    def send_options(self, options: str, *, by: Membership, at: dt.datetime) -> None:
        self.options, self.options_sent_by, self.options_sent_at = options, by, at

    @transition(state, source=PlacementState.OPTIONS_SENT, target=PlacementState.PLACED)
    def place(self, *, on: dt.date, by: Membership, at: dt.datetime) -> None:
        self.enrolled_on, self.placed_by, self.placed_at = on, by, at
