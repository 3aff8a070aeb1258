"""Addresses under which a person's calendar program reads the due days of one hat, without signing in."""

from typing import Self

from django.db import models
from django.db.models import Q

from mocap_portal.foundation.shared.history import tracked

from .people import Membership


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def open(self) -> Self:
        """Not taken back."""
        return self.filter(revoked_at__isnull=True)

    def readable(self) -> Self:
        """Not taken back, and their hat is still worn."""
        return self.open().filter(hat__in=Membership.objects.active())


@tracked(exclude=["token_hash", "last_fetched_at"])
class CalendarFeed(models.Model):
    """Whoever knows the token reads the feed: only a hash of it is stored, and a new one can be had at any time."""

    hat = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="calendar_feeds")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_fetched_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hat"], condition=Q(revoked_at__isnull=True), name="one_open_calendar_feed_per_hat"
            )
        ]

    def __str__(self) -> str:
        return f"feed {self.pk} of hat {self.hat_id}"
