"""Corrected rows that a district puts aside: for its student information system, or for a new trial."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from coredata.layouts import DISTRICT_CHOICES
from coredata.models import Upload
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.history import tracked

from .mismatches import Mismatch


class CollectedRowQuerySet(models.QuerySet["CollectedRow"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see those of their own LEA."""
        return self.filter(mismatch__lea=hat.organization_id) if hat.is_lea else self.none()

    def kept(self) -> Self:
        """What was not taken out again."""
        return self.filter(taken_out_at=None)


@tracked()
class CollectedRow(models.Model):
    """A row of a certified file that is to be corrected because of a mismatch. Never deleted: it is taken out.

    Only where the row stands is kept. How it should read follows from the data whenever somebody looks. `line` None: a
    row is added to the file, which may not be there yet (`upload` None).
    """

    mismatch = models.ForeignKey(Mismatch, on_delete=models.PROTECT, related_name="collected")
    kind = models.CharField(max_length=15, choices=DISTRICT_CHOICES)
    upload = models.ForeignKey(Upload, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    line = models.PositiveIntegerField(null=True, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_out_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_out_at = models.DateTimeField(null=True, blank=True)

    objects = CollectedRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mismatch", "kind", "upload", "line"],
                condition=Q(taken_out_at=None),
                name="a_row_of_a_mismatch_is_collected_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_line_is_one_of_a_file", condition=Q(line=None) | Q(upload__isnull=False)
            ),
            models.CheckConstraint(
                name="taking_a_row_out_says_who_and_when",
                condition=Q(taken_out_at=None, taken_out_by=None)
                | Q(taken_out_at__isnull=False, taken_out_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}, line {self.line}, of {self.mismatch_id}"
