"""What waits for a hat, and by when."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from mocap_portal.foundation.accounts.models import Membership, Role


@dataclass(frozen=True)
class Item:
    """One thing: what to do (a link to where it is done), what it is about, the last day (None: no hurry)."""

    what: str
    url: str
    about: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True)
class Block:
    """Things of one kind, the most urgent first. `all_url` leads to the whole list when only the first are here."""

    title: str
    items: list[Item]
    all_url: str = ""


Source = Callable[[Membership, dt.date], Block]

SOURCES: dict[Role, tuple[Source, ...]] = {}


def blocks(hat: Membership, *, today: dt.date) -> list[Block]:
    """What waits for this hat, the block with the nearest due day first; blocks with nothing in them are left out."""
    found = [source(hat, today) for source in SOURCES.get(Role(hat.role), ())]
    return sorted((block for block in found if block.items), key=_nearest)


def _nearest(block: Block) -> dt.date:
    return min((item.due_on for item in block.items if item.due_on), default=dt.date.max)
