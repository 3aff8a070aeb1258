"""Files that came with a concern or with an answer."""

from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.history import tracked

from .asking import Asked
from .concerns import Concern


class ScanState(models.TextChoices):
    """Whether the file was looked at by a virus scanner. Only clean files are opened without a warning."""

    WAITING = "waiting", _("Waits to be scanned")
    CLEAN = "clean", _("Scanned, nothing found")
    INFECTED = "infected", _("The scanner found something")
    UNSCANNED = "unscanned", _("Kept apart: no scanner is set up")


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def waiting(self) -> Self:
        return self.filter(state=ScanState.WAITING)


@tracked(exclude=["name"])
class Attachment(models.Model):
    """A file as it is kept: pictures without what they know of place, camera and person.

    `asked`: the answer it belongs to; None for a file of the writer. `sha256`: of the bytes as they are kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="attachments")
    asked = models.ForeignKey(
        Asked, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    file = models.FileField(upload_to="concerns/%Y/%m")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text=_("Bytes"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=ScanState.choices, default=ScanState.WAITING)
    scanned_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="attachments_are_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="scanned_attachments_have_a_time",
                condition=Q(state__in=["clean", "infected"], scanned_at__isnull=False)
                | Q(state__in=["waiting", "unscanned"], scanned_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.id}"
