"""A district puts corrected rows aside, takes them out again, and makes a trial of them. Nothing certified changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coredata.actions import remake
from coredata.layouts import Kind
from coredata.models import Upload
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..behind import Behind
from ..corrected import CorrectedFile, files_of, kept_by, own_corrections
from ..models import CollectedRow, Mismatch
from .answering import CLERKS, MOST_AT_ONCE, TooMany


class NotYourRows(Refusal):
    sentence = _(
        "Corrected rows are put aside by the data clerk, the coordinator or the administrator of their own district."
    )


class NothingToCorrect(Refusal):
    sentence = _(
        "There is no row here that the portal can correct: the data agree by now, or do not tell which row is wrong."
    )


class OutOfDate(Refusal):
    sentence = _("No row is put aside that fits the file as it is certified now. Reload the page to see why.")


@transaction.atomic
def collect(mismatch_ids: Iterable[int], *, by: Membership, at: dt.datetime) -> list[CollectedRow]:
    """Put the corrected rows of mismatches aside; what is there for an earlier file is taken out. Twice is once.

    A mismatch without a row is passed over. Raises NotYourRows, TooMany for more than 500, NothingToCorrect.
    """
    keys = sorted(set(mismatch_ids))
    if len(keys) > MOST_AT_ONCE:
        raise TooMany
    # Always in the same order, so that two at once wait for each other and never for ever.
    found = list(Mismatch.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    own = [one for one in found if one.lea_id is not None and one.lea_id == by.organization_id]
    if by.role not in CLERKS or len(own) < len(keys):
        raise NotYourRows
    behind = Behind(found)
    kept: dict[int, dict[tuple[str, int | None, int | None], CollectedRow]] = {}
    for row in CollectedRow.objects.kept().filter(mismatch__in=keys):
        kept.setdefault(row.mismatch_id, {})[row.kind, row.upload_id, row.line] = row
    collected, fresh, outdated = list[CollectedRow](), list[CollectedRow](), list[int]()
    for mismatch in found:
        there = kept.get(mismatch.pk, {})
        wanted = [(str(one.kind), one.upload, one.line) for one in own_corrections(mismatch, behind)]
        for place in wanted:
            if place in there:
                collected.append(there[place])
            else:
                kind, upload_id, line = place
                fresh.append(
                    CollectedRow(mismatch=mismatch, kind=kind, upload_id=upload_id, line=line, by=by, at=at)
                )
        if wanted:
            outdated += [row.pk for place, row in there.items() if place not in wanted]
    if not collected and not fresh:
        raise NothingToCorrect
    CollectedRow.objects.filter(pk__in=outdated).update(taken_out_by=by, taken_out_at=at)
    return [*collected, *CollectedRow.objects.bulk_create(fresh)]


@transaction.atomic
def take_out(row_ids: Iterable[int], *, by: Membership, at: dt.datetime) -> int:
    """Take rows out again; how many. What is out already stays so. Raises NotYourRows."""
    keys = set(row_ids)
    rows = CollectedRow.objects.visible_to(by).filter(pk__in=keys)
    if by.role not in CLERKS or rows.count() < len(keys):
        raise NotYourRows
    return rows.kept().update(taken_out_by=by, taken_out_at=at)


@transaction.atomic
def undo_step(row_id: int, *, by: Membership, at: dt.datetime) -> int:
    """Undo the step in which this row was put aside, or taken out, for all rows of that step; how many.

    Raises NotYourRows, NothingToCorrect where nothing can be put back.
    """
    own = CollectedRow.objects.visible_to(by)
    row = own.filter(pk=row_id).first()
    if by.role not in CLERKS or row is None:
        raise NotYourRows
    if row.taken_out_at is None:
        together = own.kept().filter(by=row.by_id, at=row.at)
        return take_out(together.values_list("pk", flat=True), by=by, at=at)
    out = own.filter(taken_out_by=row.taken_out_by_id, taken_out_at=row.taken_out_at)
    return len(collect(out.values_list("mismatch", flat=True), by=by, at=at))


def trial_of(year: int, kind: Kind, *, by: Membership, at: dt.datetime) -> Upload:
    """Make a new file of the certified one and what is put aside for it; it is checked as any file that is sent.

    Raises NotYourRows, OutOfDate, NotCertified where the file was taken back a moment ago.
    """
    if by.role not in CLERKS:
        raise NotYourRows
    file = file_of(year, kind, by=by)
    if file is None or file.upload is None or not file.rows:
        raise OutOfDate
    usable = [one.row for one in file.rows if one.row is not None]
    return remake(
        file.upload.pk,
        changed={row.line: row.after for row in usable if row.line is not None},
        added=[row.after for row in usable if row.line is None],
        by=by,
        at=at,
    )


def file_of(year: int, kind: Kind, *, by: Membership) -> CorrectedFile | None:
    """What is put aside for one file; None where nothing is."""
    entries = [entry for entry in kept_by(by) if entry.mismatch.school_year_id == year and entry.kind == kind]
    return next(iter(files_of(entries)), None)
