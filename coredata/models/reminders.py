"""What the state office has reminded districts of."""

from __future__ import annotations

from django.db import models

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.history import tracked

from .windows import CollectionWindow


@tracked()
class Reminder(models.Model):
    """DESE has reminded an LEA of a file that it owes: once a day at most. Never deleted."""

    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    window = models.ForeignKey(CollectionWindow, on_delete=models.PROTECT, related_name="reminders")
    day = models.DateField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lea", "window", "day"], name="one_reminder_of_a_file_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.lea_id}, {self.window_id}, {self.day}"
