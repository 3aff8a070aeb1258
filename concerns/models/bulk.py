"""What was done to many concerns at once, and what each was before, so that it can be undone."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.history import tracked

from .concerns import Concern, ConcernState
from .entries import Entry


class BulkKind(models.TextChoices):
    ASSIGN = "assign", _("Given to a reviewer together")
    CLOSE = "close", _("Closed together")


@tracked()
class BulkStep(models.Model):
    """One step of one person with many concerns."""

    kind = models.CharField(max_length=6, choices=BulkKind.choices)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="undone_steps_have_a_person_and_a_time",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


@tracked()
class BulkItem(models.Model):
    """What one concern was before the step.

    `entry`: what the step wrote last into its story; a later one says that it moved on since. `stopped`: keys of the
    clocks that the step stopped.
    """

    step = models.ForeignKey(BulkStep, on_delete=models.CASCADE, related_name="items")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", db_index=False)
    was_state = models.CharField(max_length=9, choices=ConcernState.choices)
    was_assigned_to = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stopped = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["step", "concern"], name="a_step_takes_a_concern_once")
        ]

    def __str__(self) -> str:
        return f"{self.concern_id} in step {self.step_id}"
