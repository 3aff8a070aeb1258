"""When each file is due."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.history import tracked

from ..layouts import DISTRICT_CHOICES, Cycle


class CollectionWindowQuerySet(models.QuerySet["CollectionWindow"]):
    def open_on(self, day: dt.date) -> Self:
        """The collections that take files on this day."""
        return self.filter(Q(closes_on__isnull=True) | Q(closes_on__gte=day), opens_on__lte=day)


@tracked()
class CollectionWindow(models.Model):
    """When a collection takes files: from `opens_on`, due on `due_on`, to `closes_on` (None: until DESE closes it)."""

    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="collection_windows")
    cycle = models.CharField(max_length=3, choices=Cycle.choices)
    kind = models.CharField(max_length=15, choices=DISTRICT_CHOICES)
    opens_on = models.DateField()
    due_on = models.DateField()
    closes_on = models.DateField(null=True, blank=True)
    is_optional = models.BooleanField(default=False, help_text=_("Nobody has to send it"))
    source = models.CharField(max_length=300)

    objects = CollectionWindowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "cycle", "kind"], name="one_window_per_collection"
            ),
            models.CheckConstraint(
                name="collection_opens_before_it_is_due", condition=Q(opens_on__lte=F("due_on"))
            ),
            models.CheckConstraint(
                name="collection_is_due_before_it_closes",
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("due_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_cycle_display()} {self.due_on.year}"
