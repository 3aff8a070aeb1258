"""The history of a request, as its family reads it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.history import tracked

from .line import CourseLine
from .request import CourseRequest


class StepKind(models.TextChoices):
    STARTED = "started", _("Request started")
    ENTERED = "entered", _("Request entered by the district")
    SUBMITTED = "submitted", _("Request signed and sent")
    OPENED = "opened", _("Opened by the district")
    CORRECTED = "corrected", _("Request corrected")
    AMENDED = "amended", _("Request amended")
    RECOMMENDED = "recommended", _("Counselor's advice given")
    APPROVED = "approved", _("Course approved")
    DENIED = "denied", _("Course denied")
    SUPERSEDED = "superseded", _("Decision replaced by another")
    PAUSED = "paused", _("Clock paused")
    RESUMED = "resumed", _("Clock runs again")
    REGISTERED = "registered", _("Sent to the provider")
    CONFIRMED = "confirmed", _("Confirmed by the provider")
    SWAPPED = "swapped", _("Course exchanged for another")
    RUNNING = "running", _("Course started")
    EXTENDED = "extended", _("Last day moved")
    FINISHED = "finished", _("Course finished")
    COMPLETED = "completed", _("Credit given")
    CANCELLED = "cancelled", _("Course taken back")
    WITHDRAWN = "withdrawn", _("Student withdrawn from the course")
    REMOVED = "removed", _("Course ended by the district or the provider")


@tracked()
class Step(models.Model):
    """A line of the history that the family reads: what happened, when, in which role.

    Only ever added, by `history.add_step`: each is sealed together with the one before it. `place` counts from 1, in
    the order in which they were told.
    """

    request = models.ForeignKey(CourseRequest, on_delete=models.CASCADE, related_name="steps")
    line = models.ForeignKey(
        CourseLine, null=True, blank=True, on_delete=models.CASCADE, related_name="steps"
    )
    kind = models.CharField(max_length=16, choices=StepKind.choices)
    at = models.DateTimeField()
    place = models.PositiveSmallIntegerField()
    seal = models.CharField(max_length=64)
    by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "line", "kind", "at"], nulls_distinct=False, name="a_step_is_told_once"
            ),
            models.UniqueConstraint(fields=["request", "place"], name="a_step_has_a_place_of_its_own"),
            models.CheckConstraint(name="places_count_from_one", condition=models.Q(place__gte=1)),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
