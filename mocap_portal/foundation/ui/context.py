"""What templates/base.html needs on every page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Whether this is the demo, the hat worn now (None for a visitor), and all hats the person can change to.

    A request that failed before HatMiddleware has none. `nav` is empty here: the roof knows the addresses and
    fills it in (foundation/ui/navigation.py).
    """
    return {
        "demo": settings.DEMO,
        "hat": getattr(request, "hat", None),
        "hats": getattr(request, "hats", ()),
        "nav": (),
    }
