"""A warning that one district need not mind for a while."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.history import tracked


class WaiverQuerySet(models.QuerySet["Waiver"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see those of their own LEA; DESE sees all."""
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        return self if hat.is_dese else self.none()

    def in_force(self, day: dt.date) -> Self:
        return self.filter(ended_at__isnull=True, until__gte=day)


@tracked()
class Waiver(models.Model):
    """The state office lets one LEA pass over one rule, `until` included. Never deleted; it may be ended earlier."""

    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="waivers")
    rule = models.CharField(max_length=5)
    reason = models.CharField(max_length=500)
    until = models.DateField()
    granted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("Ended before its last day"))
    ended_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = WaiverQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lea", "rule"],
                condition=Q(ended_at__isnull=True),
                name="one_open_waiver_of_a_rule_per_lea",
            ),
            models.CheckConstraint(name="a_waiver_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="who_ended_a_waiver_is_known",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} for {self.lea_id}"
