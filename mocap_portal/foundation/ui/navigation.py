"""The main menu: which page a link leads to, and which link stands for the page being looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class Link:
    """One entry of the menu; templates/base.html draws a list of them, named `nav`."""

    label: str
    url: str
    current: bool


def links(request: HttpRequest, entries: Iterable[tuple[str, str]]) -> list[Link]:
    """The menu for this request.

    `entries` are pairs of a label and a URL name without arguments. The current link is the one whose address is
    the longest beginning of the request's path, so a page below a section keeps the section marked.
    Raises NoReverseMatch for a name that doesn't exist.
    """
    pairs = [(label, reverse(name)) for label, name in entries]
    holding = [
        url for _, url in pairs if request.path == url or (url != "/" and request.path.startswith(url))
    ]
    current = max(holding, key=len, default=None)
    return [Link(label, url, url == current) for label, url in pairs]
