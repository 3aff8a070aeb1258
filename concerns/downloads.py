"""The list of concerns as a file: numbers, dates, codes, parties; no name, no address and no word of anybody."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.tabular import write_csv

from .models import Concern
from .words import category_words

MOST_ROWS = 20_000


def concerns_csv(concerns: QuerySet[Concern]) -> str:
    """The first of them in their order, at most `MOST_ROWS`."""
    return write_csv(_header(), _rows(concerns))


def _header() -> list[str]:
    return [
        _("Number"),
        _("Received"),
        _("State"),
        _("About"),
        _("Track"),
        _("Who wrote"),
        _("Language"),
        _("District"),
        _("Provider"),
        _("Rule"),
        _("Tags"),
        _("Due"),
        _("Closed"),
        _("Outcome"),
        _("Rating"),
    ]


def _rows(concerns: QuerySet[Concern]) -> Iterator[list[str]]:
    categories = category_words()
    rows = concerns.select_related("lea__organization", "provider__organization").prefetch_related("tags")
    for concern in rows[:MOST_ROWS]:
        yield [
            concern.number,
            central_date(concern.received_at).isoformat(),
            concern.get_state_display(),
            categories.get(concern.category, concern.category),
            concern.get_track_display() if concern.track else "",
            concern.get_writer_display(),
            concern.language,
            str(concern.lea or ""),
            str(concern.provider or ""),
            concern.rule,
            ", ".join(tag.name for tag in concern.tags.all()),
            concern.due_on.isoformat() if concern.due_on else "",
            central_date(concern.closed_at).isoformat() if concern.closed_at else "",
            concern.get_outcome_display() if concern.outcome else "",
            str(concern.rating or ""),
        ]
