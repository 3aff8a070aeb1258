"""What templates/base.html needs on every page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from mocap_portal.foundation.accounts.models import Membership


def page(request: HttpRequest) -> dict[str, Any]:
    """Whether this is the demo, the hat worn now (None for a visitor), and all hats the person can change to.

    A request that failed before HatMiddleware has no hat. `nav` is empty here: the roof knows the addresses and
    fills it in (foundation/ui/navigation.py).
    """
    return {
        "demo": settings.DEMO,
        "hat": getattr(request, "hat", None),
        "hats": SimpleLazyObject(lambda: hats_of(request)),
        "nav": (),
    }


def hats_of(request: HttpRequest) -> list[Membership]:
    """The active hats of the person signed in, oldest first; none for a visitor."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    hats = Membership.objects.active().filter(user=user).select_related("organization", "user")
    return list(hats.order_by("started_at", "pk"))
