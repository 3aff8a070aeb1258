"""What was typed for June leaves with the collections that it stands between."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from coredata.layouts import Cycle, Kind
from coredata.models import StoredCollection

from ..models import Acceptance, Draft, TypedOutcome

# Without October's student-courses there is no June list; without June's nothing is compared with it.
BETWEEN = [(Cycle.OCTOBER, Kind.STU_ASSIGN), (Cycle.JUNE, Kind.STU_CRS_COMP)]


@transaction.atomic
def forget_drafts() -> int:
    """Delete every draft of a school year of which such a collection was removed, with its history; how many outcomes.

    Done again, nothing more happens.
    """
    which = models.Q()
    for cycle, kind in BETWEEN:
        which |= models.Q(cycle=cycle, kind=kind)
    years = StoredCollection.objects.filter(which, removed_at__isnull=False).values("school_year")
    drafts = list(Draft.objects.select_for_update(of=("self",)).filter(school_year__in=years).order_by("pk"))
    outcomes, _of = TypedOutcome.objects.filter(draft__in=drafts).delete()
    Acceptance.objects.filter(draft__in=drafts).delete()
    Draft.objects.filter(pk__in=[draft.pk for draft in drafts]).delete()
    # Last of all: the database has just written into the histories what was deleted.
    keys = [draft.pk for draft in drafts]
    _history(TypedOutcome).filter(draft__in=keys).delete()
    _history(Acceptance).filter(draft__in=keys).delete()
    _history(Draft).filter(pgh_obj__in=keys).delete()
    return outcomes


def _history(model: type[models.Model]) -> models.QuerySet[Any]:
    history: Any = model.pgh_event_model  # type: ignore[attr-defined]
    rows: models.QuerySet[Any] = history.objects.all()
    return rows
