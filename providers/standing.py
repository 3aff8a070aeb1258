"""Where a provider stands today, in one word."""

import datetime as dt
from collections.abc import Iterable
from typing import TypeVar

from django.db import models
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Provider

from .models import Application, Authorization, Outcome, Sanction, SanctionKind


class Standing(models.TextChoices):
    AUTHORIZED = "authorized", _("Authorized")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")
    EXPIRED = "expired", _("Expired")
    DENIED = "denied", _("Denied")
    APPLIED = "applied", _("Has applied")
    NEVER = "never", _("Never authorized")


STATUS_KINDS = {
    Standing.AUTHORIZED: "good",
    Standing.SUSPENDED: "bad",
    Standing.REVOKED: "bad",
    Standing.EXPIRED: "off",
    Standing.DENIED: "bad",
    Standing.APPLIED: "todo",
    Standing.NEVER: "off",
}


def with_its_papers() -> models.QuerySet[Provider]:
    """All providers with what `standing` looks at: three more queries, however many providers."""
    return (
        Provider.objects.select_related("organization")
        .prefetch_related(Prefetch("authorizations", Authorization.objects.order_by("valid_from")))
        .prefetch_related(Prefetch("sanctions", Sanction.objects.order_by("valid_from")))
        .prefetch_related(Prefetch("applications", Application.objects.order_by("received_on", "pk")))
    )


def standing(provider: Provider, *, on: dt.date) -> tuple[Standing, dt.date | None]:
    """How a provider `with_its_papers` stands on a day, and the last day of its authorization, if it has any."""
    sanction = _holding(provider.sanctions.all(), on)
    authorization = _holding(provider.authorizations.all(), on)
    last = max((one.valid_to for one in provider.authorizations.all()), default=None)
    if sanction:
        is_suspended = sanction.kind == SanctionKind.SUSPENSION
        return (Standing.SUSPENDED if is_suspended else Standing.REVOKED), last
    if authorization:
        return Standing.AUTHORIZED, last
    applications = list(provider.applications.all())
    if applications and not applications[-1].outcome:
        return Standing.APPLIED, last
    if last:
        return Standing.EXPIRED, last
    return (
        Standing.DENIED if applications and applications[-1].outcome == Outcome.DENIED else Standing.NEVER
    ), None


Row = TypeVar("Row", bound=Authorization | Sanction)


def _holding(rows: Iterable[Row], on: dt.date) -> Row | None:
    return next((row for row in rows if row.valid_from <= on <= (row.valid_to or dt.date.max)), None)
