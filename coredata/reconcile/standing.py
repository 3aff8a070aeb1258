"""Which answers to a mismatch count now, and what state they make; which mismatches are on whose list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q

from mocap_portal.foundation.accounts.models import Membership

from .catalogue import CATALOGUE
from .models import Answer, AnswerKind, Mismatch, MismatchQuerySet, MismatchState

# "We denied it" and "not our student": the provider is told, and the row leaves the district's list.
TOLD_TO_PROVIDERS = (AnswerKind.DENIED, AnswerKind.NOT_OURS)
ANSWERS = (*TOLD_TO_PROVIDERS, AnswerKind.ASK, AnswerKind.HARMLESS)

SHOWN_TO_DISTRICTS = frozenset(kind.id for kind in CATALOGUE.values() if kind.district)
SHOWN_TO_PROVIDERS = frozenset(kind.id for kind in CATALOGUE.values() if kind.provider)
SHOWN_TO_DESE = frozenset(kind.id for kind in CATALOGUE.values() if kind.dese)

_COUNTS = Q(undone_by__isnull=True) & ~Q(kind=AnswerKind.UNDO)


def standing_answers(mismatches: Iterable[Mismatch]) -> dict[int, list[Answer]]:
    """The answers that count now, by mismatch, the oldest first. What was said before it was away counts no more."""
    found: dict[int, list[Answer]] = {mismatch.pk: [] for mismatch in mismatches}
    answers = Answer.objects.filter(_COUNTS, mismatch__in=found, at__gte=F("mismatch__opened_at"))
    for answer in answers.select_related("by").order_by("at", "pk"):
        found[answer.mismatch_id].append(answer)
    return found


def state_after(standing: Iterable[Answer], *, on: dt.date) -> tuple[MismatchState, dt.date | None]:
    """The state that answers make on a day, and until when it is waived. Of several the strongest counts."""
    answers = list(standing)
    ends = [answer.until for answer in answers if answer.kind == AnswerKind.WAIVE and answer.until]
    if ends and max(ends) >= on:
        return MismatchState.WAIVED, max(ends)
    if any(answer.kind in ANSWERS for answer in answers):
        return MismatchState.ANSWERED, None
    if any(answer.kind == AnswerKind.SEEN for answer in answers):
        return MismatchState.ACKNOWLEDGED, None
    return MismatchState.OPEN, None


def says(*kinds: AnswerKind) -> Exists:
    """Whether an answer of these kinds counts: to filter mismatches by."""
    return Exists(
        Answer.objects.filter(_COUNTS, mismatch=OuterRef("pk"), kind__in=kinds, at__gte=OuterRef("opened_at"))
    )


def shown_to(hat: Membership) -> MismatchQuerySet:
    """Every mismatch that this hat may read about: its own, of the codes that say something to it."""
    codes = SHOWN_TO_DISTRICTS if hat.is_lea else SHOWN_TO_PROVIDERS if hat.is_provider else SHOWN_TO_DESE
    return Mismatch.objects.visible_to(hat).filter(code__in=sorted(codes))


def to_do(hat: Membership) -> MismatchQuerySet:
    """What is open on this hat's list: a district's without what it has handed to the provider (R-113) or knows."""
    found = shown_to(hat).still_open()
    return found.exclude(says(*TOLD_TO_PROVIDERS, AnswerKind.HARMLESS)) if hat.is_lea else found
