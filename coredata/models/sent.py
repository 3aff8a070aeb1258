"""What every file that somebody sends has in common: its bytes in the vault, and what was found in it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership


class SentFile(models.Model):
    """A file as it was sent. Its bytes lie encrypted in `stored_as`; `key` opens them, is itself encrypted, and empty
    once they are destroyed.
    """

    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_as = models.CharField(max_length=100, blank=True)
    key = models.BinaryField(default=bytes, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    refusal = models.CharField(max_length=500, blank=True)
    rows_read = models.PositiveIntegerField(default=0)
    rows_with_warnings = models.PositiveIntegerField(default=0)
    rows_with_errors = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(
        default=0, help_text=_("Problems that block, of rows and of the file")
    )
    warnings = models.PositiveIntegerField(default=0)
    not_run = models.JSONField(
        default=list, blank=True, help_text=_("Rules that could not be checked: each with rule and needs")
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def rows_good(self) -> int:
        return self.rows_read - self.rows_with_warnings - self.rows_with_errors
