"""One page in several views: the links from one to the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class View:
    """One of a page's views, for `components/switch.html`. `address`: where it is, from this page."""

    label: str
    address: str
    is_now: bool


def switch(request: HttpRequest, name: str, labels: Iterable[tuple[str, str]], *, now: str) -> list[View]:
    """The views that `name` in the address tells apart, each with its value and label; `now` is the value shown.

    What else the address says stays, but for the page of a list: the other list may have fewer.
    """
    found = []
    for value, label in labels:
        address = request.GET.copy()
        address.pop("page", None)
        address[name] = value
        found.append(View(label, f"?{address.urlencode()}", value == now))
    return found
