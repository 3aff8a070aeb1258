"""Secrets with which a provider's own program does what one hat may do, without signing in."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q

from mocap_portal.foundation.shared.history import tracked

from .people import PROVIDER_ROLES, Membership, Role


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def open(self) -> Self:
        """Not revoked; it may have expired."""
        return self.filter(revoked_at__isnull=True)

    def usable(self, *, at: dt.datetime) -> Self:
        """What still opens something: its hat is worn, by somebody of a provider, and its time is not over."""
        hats = Membership.objects.active().filter(
            role__in=sorted(PROVIDER_ROLES), organization__provider__isnull=False
        )
        return self.open().filter(expires_at__gt=at, hat__in=hats)

    def visible_to(self, hat: Membership) -> Self:
        """A provider's administrators see all of their own provider, the state office those of every provider."""
        if hat.role == Role.PROVIDER_ADMIN:
            return self.filter(hat__organization=hat.organization_id)
        return self.all() if hat.is_dese else self.none()


@tracked(exclude=["token_hash", "last_used_at"])
class ApiToken(models.Model):
    """Whoever knows the secret acts as `hat`, which made it: only a hash of the secret is stored. Never deleted.

    `last_used_at` is no more exact than some minutes.
    """

    hat = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=60)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hat", "name"],
                condition=Q(revoked_at__isnull=True),
                name="one_open_api_token_of_a_name",
            ),
            models.CheckConstraint(
                name="an_api_token_expires_after_it_is_made", condition=Q(expires_at__gt=F("made_at"))
            ),
            models.CheckConstraint(
                name="a_revoked_api_token_says_by_whom",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"token {self.pk} of hat {self.hat_id}"
