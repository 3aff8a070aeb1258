"""How far every LEA is with the files of one cycle: the state office's board."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Lea

from .models import CollectionWindow, Upload, UploadState


class CellState(models.TextChoices):
    """How far an LEA is with one file."""

    CERTIFIED = "certified", _("Certified")
    AGAIN = "again", _("Certified, to be looked at again")
    TRIAL = "trial", _("Trial without errors")
    ERRORS = "errors", _("Trial with errors")
    NOTHING = "nothing", _("Nothing sent")


@dataclass(frozen=True, slots=True)
class Cell:
    """One file of one LEA. `is_owed`: it has to be certified, or certified again (V-16)."""

    window: CollectionWindow
    state: CellState
    trial: Upload | None
    certified: Upload | None
    is_owed: bool
    is_overdue: bool
    reminded_on: dt.date | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One LEA with its files, in the order of the windows."""

    lea: Lea
    cells: tuple[Cell, ...]

    @property
    def owed(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.is_owed]


def windows_of(year: int, cycle: str) -> list[CollectionWindow]:
    """The files of a cycle that districts have to send, in the order of their due days."""
    found = CollectionWindow.objects.filter(school_year=year, cycle=cycle, is_optional=False)
    return list(found.order_by("due_on", "kind"))


def cycles(on: dt.date) -> list[tuple[int, str]]:
    """The school year and cycle of what has opened, the newest first."""
    opened = CollectionWindow.objects.filter(opens_on__lte=on, is_optional=False)
    found = opened.values_list("school_year", "cycle").annotate(last=models.Max("due_on")).order_by("-last")
    return [(year, cycle) for year, cycle, _last in found]


def board(
    windows: Sequence[CollectionWindow], *, on: dt.date, words: str = "", state: str = ""
) -> list[BoardRow]:
    """The LEAs that were open on a day of the windows, by name; those with these words, and a file in this state.

    `state`: a CellState, "owed" or "overdue"; all when empty. Three queries, whatever there is.
    """
    rows = [BoardRow(lea, cells) for lea, cells in _rows(windows, on, words)]
    return [row for row in rows if not state or any(_is_in(cell, state) for cell in row.cells)]


def _is_in(cell: Cell, state: str) -> bool:
    match state:
        case "owed":
            return cell.is_owed
        case "overdue":
            return cell.is_overdue
        case _:
            return cell.state == state


def _rows(
    windows: Sequence[CollectionWindow], on: dt.date, words: str
) -> Iterator[tuple[Lea, tuple[Cell, ...]]]:
    if not windows:
        return
    leas = Lea.objects.filter(
        models.Q(active_to__isnull=True)
        | models.Q(active_to__gte=min(window.opens_on for window in windows)),
        active_from__lte=max(window.due_on for window in windows),
    )
    for word in words.split():
        leas = leas.filter(
            models.Q(organization__name__icontains=word) | models.Q(state_district_id__startswith=word)
        )
    standing = _standing(windows)
    reminded = _reminded(windows)
    for lea in leas.select_related("organization").order_by("organization__name", "pk"):
        yield (
            lea,
            tuple(
                _cell(
                    window,
                    standing.get((lea.pk, window.kind, UploadState.TRIAL)),
                    standing.get((lea.pk, window.kind, UploadState.CERTIFIED)),
                    reminded.get((lea.pk, window.pk)),
                    on,
                )
                for window in windows
            ),
        )


def _standing(windows: Sequence[CollectionWindow]) -> dict[tuple[int, str, str], Upload]:
    first = windows[0]
    uploads = Upload.objects.filter(
        collection__school_year=first.school_year_id,
        collection__cycle=first.cycle,
        state__in=[UploadState.TRIAL, UploadState.CERTIFIED],
    ).select_related("collection")
    found = uploads.only("lea", "state", "errors", "needs_recheck", "collection__kind", "certified_at")
    return {
        (upload.lea_id, upload.collection.kind, upload.state): upload for upload in found if upload.collection
    }


def _reminded(windows: Sequence[CollectionWindow]) -> dict[tuple[int, int], dt.date]:
    """The last day on which an LEA was reminded of a file."""
    rows = CollectionWindow.objects.filter(pk__in=[window.pk for window in windows], reminders__isnull=False)
    last = rows.values_list("reminders__lea", "pk").annotate(last=models.Max("reminders__day"))
    return {(lea, window): day for lea, window, day in last}


def _cell(
    window: CollectionWindow,
    trial: Upload | None,
    certified: Upload | None,
    reminded_on: dt.date | None,
    on: dt.date,
) -> Cell:
    if certified:
        state = CellState.AGAIN if certified.needs_recheck else CellState.CERTIFIED
    elif trial:
        state = CellState.ERRORS if trial.errors else CellState.TRIAL
    else:
        state = CellState.NOTHING
    is_owed = state is not CellState.CERTIFIED
    return Cell(window, state, trial, certified, is_owed, is_owed and window.due_on < on, reminded_on)
