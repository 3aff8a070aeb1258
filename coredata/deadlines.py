"""What an LEA owes, by when, and how far it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from .models import CollectionWindow, Upload, UploadState

SHOWN_AFTER = dt.timedelta(days=90)  # how long a collection stays on the list after its due day


@dataclass(frozen=True, slots=True)
class Deadline:
    """A collection, and what the LEA has of it: its trial and its certified file, if any. Days left may be negative."""

    window: CollectionWindow
    trial: Upload | None
    certified: Upload | None
    days_left: int

    @property
    def what(self) -> str:
        return str(self.window)

    @property
    def due_on(self) -> dt.date:
        return self.window.due_on

    @property
    def is_owed(self) -> bool:
        """Whether a file has to be certified, or certified again (V-16)."""
        return not self.window.is_optional and (self.certified is None or self.certified.needs_recheck)

    @property
    def is_overdue(self) -> bool:
        return self.certified is None and self.days_left < 0 and not self.window.is_optional


def deadlines(lea_id: int, *, on: dt.date) -> list[Deadline]:
    """The collections that are open on this day and were due not long ago, or are due; the soonest first.

    Two queries, whatever there is.
    """
    windows = CollectionWindow.objects.open_on(on).filter(due_on__gte=on - SHOWN_AFTER)
    uploads = Upload.objects.filter(
        lea=lea_id, state__in=[UploadState.TRIAL, UploadState.CERTIFIED]
    ).select_related("collection")
    standing = {(*_key_of(upload), upload.state): upload for upload in uploads}
    return [
        Deadline(
            window=window,
            trial=standing.get((*_key(window), UploadState.TRIAL)),
            certified=standing.get((*_key(window), UploadState.CERTIFIED)),
            days_left=(window.due_on - on).days,
        )
        for window in _ordered(windows.select_related("school_year"))
    ]


def _ordered(windows: Iterable[CollectionWindow]) -> list[CollectionWindow]:
    return sorted(windows, key=lambda window: (window.due_on, window.cycle, window.kind))


def _key(window: CollectionWindow) -> tuple[int, str, str]:
    return window.school_year_id, window.cycle, window.kind


def _key_of(upload: Upload) -> tuple[int, str, str]:
    assert upload.collection is not None
    return upload.collection.school_year_id, upload.collection.cycle, upload.collection.kind
