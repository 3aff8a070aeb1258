"""What every kind of record must be able to do to be let go; `of_concerns.py` is one, the next is added in actions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from .models import Reason


@dataclass(frozen=True, slots=True)
class Gone:
    """What was let go together. `stubs`: columns of a Stub for each; `files`: names to remove from the storage."""

    stubs: list[dict[str, Any]]
    files: list[str]


class Kind(Protocol):
    """One kind of record, known by a number."""

    def due(self, day: dt.date, years: int) -> list[int]:
        """What was closed so many years before this Central day and is under no hold, with what hangs together."""

    def exists(self, number: int) -> bool:
        """Whether there is a record of this number."""

    def held(self, numbers: Iterable[int]) -> set[int]:
        """Those of the numbers on which a hold stands."""

    def let_go(
        self, number: int, *, listed: Collection[int], day: dt.date, years: int, disposal: int
    ) -> Gone | Reason:
        """Remove every row about the record and what hangs together with it, or say why not.

        Inside a transaction, while nobody can place a hold. Nothing but what is `listed` is removed.
        """

    def remove_file(self, name: str) -> None:
        """Remove a file from the storage; one that is gone already is fine."""
