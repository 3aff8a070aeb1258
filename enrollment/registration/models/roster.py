"""The roster: what a provider was told about an approved course, and what it answered (R-28 … R-31)."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import CourseLine, CourseLineQuerySet, LineState
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.history import tracked

from .change import PayerChange
from .teacher import Teacher

# Who may send a student to a provider.
REGISTERING_ROLES = frozenset({Role.COUNSELOR, Role.COORDINATOR, Role.LEA_ADMIN})


class RosterState(models.TextChoices):
    """How a provider reads the state of a line. It is not stored: the line's own state is the fact."""

    SENT = "sent", _("Waiting for the provider")
    CONFIRMED = "confirmed", _("Confirmed")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    ENDED = "ended", _("Ended")


ROSTER_STATES = {
    LineState.REGISTERED: RosterState.SENT,
    LineState.CONFIRMED: RosterState.CONFIRMED,
    LineState.ACTIVE: RosterState.RUNNING,
    LineState.FINISHED: RosterState.FINISHED,
    LineState.COMPLETED: RosterState.FINISHED,
    LineState.CANCELLED: RosterState.ENDED,
    LineState.WITHDRAWN: RosterState.ENDED,
    LineState.REMOVED: RosterState.ENDED,
}


class Result(models.TextChoices):
    """How far the student came, in the provider's words."""

    COMPLETED = "completed", _("The whole course")
    HALF = "half", _("Half of the course")
    PART = "part", _("Less than half of the course")


class RosterLineQuerySet(models.QuerySet["RosterLine"]):
    def visible_to(self, hat: Membership) -> Self:
        """Providers see what they were sent, LEA staff what their LEA looks after, families their own child's."""
        if hat.is_provider:
            return self.filter(provider=hat.organization_id)
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        if hat.is_family:
            return self.filter(line__in=CourseLine.objects.visible_to(hat))
        return self.none()

    def in_state(self, *states: RosterState) -> Self:
        found = [line_state for line_state, state in ROSTER_STATES.items() if state in states]
        return self.filter(line__state__in=found)


@tracked()
class RosterLine(models.Model):
    """One student in one course, as registered. The student's data stand here as they were told.

    What the provider answered about days, section and result stands in the line, where the family reads it too.
    """

    line = models.OneToOneField(CourseLine, on_delete=models.PROTECT, related_name="roster_line")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="roster")
    lea = models.ForeignKey(
        Lea,
        on_delete=models.PROTECT,
        related_name="roster",
        help_text=_("Pays and looks after the course: the LEA that sent it, or the one the student moved to"),
    )
    mosis_id = models.CharField(max_length=10)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    birth_date = models.DateField()
    grade = models.PositiveSmallIntegerField()
    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=30, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    teacher = models.ForeignKey(
        Teacher,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="roster_lines",
        help_text=_("Of the provider, or of the district where it teaches a curriculum (R-99)"),
    )
    result = models.CharField(max_length=9, choices=Result.choices, blank=True)
    returned_because = models.CharField(
        max_length=300, blank=True, help_text=_("Why the district sent the last result back")
    )

    objects = RosterLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="roster_mosis_id_has_ten_digits", condition=Q(mosis_id__regex=r"^\d{10}$")
            ),
            models.CheckConstraint(
                name="confirmed_roster_lines_say_when_and_who",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["mosis_id"], name="roster_lines_of_a_student")]

    def __str__(self) -> str:
        return f"roster line {self.pk}"

    @property
    def state(self) -> RosterState:
        return ROSTER_STATES[LineState(self.line.state)]

    @property
    def student_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


def looked_after_by(lea_id: int) -> Q:
    """Course lines that an LEA pays for; of its own requests also those that were not sent to a provider (R-72)."""
    return Q(roster_line__lea=lea_id) | Q(roster_line__isnull=True, request__lea=lea_id)


def lines_of(hat: Membership) -> CourseLineQuerySet:
    """The lines that this hat follows. An LEA: those of its own requests, without those of students who moved on, and
    with those that came with a student (R-72)."""
    lines = CourseLine.objects.visible_to(hat)
    if not hat.is_lea:
        return lines
    moved = RosterLine.objects.filter(line__in=PayerChange.objects.visible_to(hat).values("line"))
    came = moved.filter(lea=hat.organization_id).values("line")
    gone = moved.exclude(lea=hat.organization_id).values("line")
    # A union, for the few that came must not keep the index of the LEA's own requests from being used.
    return CourseLine.objects.filter(pk__in=lines.values("pk").union(came)).exclude(pk__in=gone)
