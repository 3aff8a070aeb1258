"""What both commands do that load a file: read it, and say what became of it. As JSON: coredata.summaries."""

from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from coredata.models import ProviderReport, Upload

PIECE = 1 << 20  # bytes read at a time


def pieces(file: Path) -> Iterator[bytes]:
    with file.open("rb") as source:
        while piece := source.read(PIECE):
            yield piece


def as_text(sent: Upload | ProviderReport) -> str:
    """One line. A refused file has no rows to count: its line says why."""
    if sent.refusal:
        return f"{sent.name}: {sent.refusal}"
    return _(
        "%(file)s: %(state)s. %(read)d rows: %(good)d good, %(warned)d with warnings, %(wrong)d with errors"
    ) % {
        "file": sent.name,
        "state": sent.get_state_display(),
        "read": sent.rows_read,
        "good": sent.rows_good,
        "warned": sent.rows_with_warnings,
        "wrong": sent.rows_with_errors,
    }
