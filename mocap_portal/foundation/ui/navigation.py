"""The main menu: which page a link leads to, and which link stands for the page being looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Link:
    """One entry of the menu; templates/base.html draws a list of them, named `nav`."""

    label: str
    url: str
    current: bool


def links(
    request: HttpRequest, entries: Iterable[tuple[str, str]], *, sections: Mapping[str, str] | None = None
) -> list[Link]:
    """The menu for this request.

    `entries` are pairs of a label and a URL name without arguments. The current link is the one whose address is
    the longest beginning of the request's path, so a page below a section keeps the section marked. `sections`: by
    the name of an entry that of the address at which its section begins, where that is another one.
    Raises NoReverseMatch for a name that doesn't exist.
    """
    starts = sections or {}
    rows = [(label, reverse(name), reverse(starts.get(name, name))) for label, name in entries]
    holding = [
        start
        for _, _, start in rows
        if request.path == start or (start != "/" and request.path.startswith(start))
    ]
    current = max(holding, key=len, default=None)
    return [Link(label, url, start == current) for label, url, start in rows]
