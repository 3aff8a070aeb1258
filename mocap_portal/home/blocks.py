"""What a home page is made of: things that wait, in blocks of one kind."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from mocap_portal.foundation.accounts.models import Membership

MOST = 10  # things of one kind on the page; the rest is one click away


@dataclass(frozen=True)
class Item:
    """One thing: what to do (a link to where it is done), what it is about, the last day (None: no hurry)."""

    what: str
    url: str
    about: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Block:
    """Things of one kind, the most urgent first; one more than is shown, if there are more."""

    title: str
    items: Sequence[Item]
    list_name: str  # the URL name of the page with all of them

    @property
    def shown(self) -> Sequence[Item]:
        return self.items[:MOST]

    @property
    def all_url(self) -> str:
        """The page with all of them; empty when all are shown."""
        return reverse(self.list_name) if len(self.items) > MOST else ""


Source = Callable[[Membership, dt.date], Block]
