"""Where was looked, and which courses of the archive are the student's. The search suggests; a person chooses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..matching import Terms, suggestions
from ..models import ArchiveRow, ChosenRow, Look, Place, TranscriptRequest
from ..rules import State, Step
from .steps import locked, tell


class NotOfTheSearch(Refusal):
    sentence = _("A course is not among those that were found. Search again and choose from the list.")


class RowsChanged(Refusal):
    sentence = _(
        "Somebody else has chosen courses meanwhile. Look at what is chosen now, then choose again if it is wrong."
    )


@transaction.atomic
def search_archive(request_id: int, terms: Terms, *, by: Membership, at: dt.datetime) -> Look:
    """Search the archive and keep that it was searched, for what, and how much was found (R-122). Chooses nothing.

    Raises NotPossibleNow.
    """
    request, to = locked(request_id, Step.LOOK)
    found = sum(len(one.rows) for one in suggestions(terms))
    look = Look(request=request, place=Place.ARCHIVE, terms=terms.to_json(), found=found, by=by, at=at)
    return _keep(look, request, to)


@transaction.atomic
def look_elsewhere(
    request_id: int, *, place: Place, what: str, found: int, by: Membership, at: dt.datetime
) -> Look:
    """Keep that somebody looked outside this archive, for what, and how many courses they found (R-122).

    Raises NotPossibleNow.
    """
    request, to = locked(request_id, Step.LOOK)
    return _keep(Look(request=request, place=place, what=what, found=found, by=by, at=at), request, to)


def _keep(look: Look, request: TranscriptRequest, to: State) -> Look:
    look.save(force_insert=True)
    request.state = to
    request.looked_at = request.looked_at or look.at
    request.save(update_fields=["state", "looked_at"])
    tell(request, Step.LOOK, by=look.by, at=look.at)
    return look


@transaction.atomic
def choose(
    request_id: int,
    look_id: int,
    *,
    rows: Collection[int],
    before: Collection[int],
    by: Membership,
    at: dt.datetime,
) -> list[ChosenRow]:
    """Say which of the courses that a search found are the student's; those of other searches stay chosen.

    `rows`: the keys of what is ticked. `before`: the keys of all that was chosen when the page was drawn.
    The same again changes nothing. Raises NotPossibleNow, RowsChanged, NotOfTheSearch.
    """
    request, _to = locked(request_id, Step.CHOOSE)
    look = Look.objects.get(pk=look_id, request=request, place=Place.ARCHIVE)
    chosen = {one.row_id: one for one in ChosenRow.objects.filter(request=request)}
    offered = {row.pk for one in suggestions(Terms.from_json(look.terms)) for row in one.rows}
    wanted = set(rows)
    if not wanted <= offered:
        raise NotOfTheSearch
    if wanted == offered & set(chosen):
        return list(chosen.values())
    if set(before) != set(chosen):
        raise RowsChanged
    ChosenRow.objects.filter(request=request, row__in=offered - wanted).delete()
    ChosenRow.objects.bulk_create(
        ChosenRow(request=request, row=row, by=by, at=at)
        for row in ArchiveRow.objects.filter(pk__in=wanted - set(chosen)).order_by("pk")
    )
    tell(request, Step.CHOOSE, by=by, at=at)
    return list(ChosenRow.objects.filter(request=request).order_by("pk"))
