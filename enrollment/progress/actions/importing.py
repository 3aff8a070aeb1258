"""A file of progress reports is stored: the whole file, or nothing of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_noop

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.shared.tabular import RowError

from ..models import ProgressReport
from ..report_file import ReadReport, read
from .writing import write_report

# Kept in English, shown in the reader's language.
CORRECTED = gettext_noop("Corrected by a file of its writer.")


class FileRefused(Exception):
    """Something in the file is wrong, and nothing of it was stored. `problems` say what, line by line."""

    def __init__(self, problems: Sequence[RowError]) -> None:
        self.problems = problems
        super().__init__(f"{len(problems)} problems")


@dataclass
class Imported:
    """How many reports of a file are new, replace an earlier version, and were there already."""

    new: int = 0
    corrected: int = 0
    same: int = 0


@transaction.atomic
def import_reports(data: bytes, *, by: Membership, at: dt.datetime) -> Imported:
    """Store the reports of a file; families are told of each new one. The same file again changes nothing.

    Raises UnreadableFile, FileRefused; then nothing is stored.
    """
    file = read(data, by=by)
    problems = list(file.problems)
    result = Imported()
    for report in file.reports if not problems else []:
        try:
            _store(report, result, by=by, at=at)
        except Refusal as refusal:
            problems.append(RowError(report.line, None, None, str(refusal.sentence)))
    if problems:
        raise FileRefused(problems)
    return result


def _store(report: ReadReport, result: Imported, *, by: Membership, at: dt.datetime) -> None:
    current = (
        ProgressReport.objects.current()
        .filter(**{report.track.field: report.pk}, school_year=report.year, number=report.number)
        .first()
    )
    written = write_report(
        report.track,
        report.pk,
        year=report.year,
        number=report.number,
        entries=report.entries,
        by=by,
        at=at,
        seen=current.pk if current else None,
        change=CORRECTED,
    )
    if current is None:
        result.new += 1
    elif written.pk == current.pk:
        result.same += 1
    else:
        result.corrected += 1
