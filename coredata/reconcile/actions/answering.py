"""What people answer to a mismatch. No answer changes what was certified, approved or reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..catalogue import CATALOGUE, Severity
from ..models import Answer, AnswerKind, Mismatch, MismatchState
from ..standing import SHOWN_TO_PROVIDERS, TOLD_TO_PROVIDERS, standing_answers, state_after

CLERKS = frozenset({Role.DATA_CLERK, Role.COORDINATOR, Role.LEA_ADMIN})
MOST_AT_ONCE = 500


class MayNotAnswer(Refusal):
    sentence = _(
        "This mismatch is answered by the data clerk, the coordinator or the administrator of its district."
    )


class WasResolved(Refusal):
    sentence = _(
        "The data agree by now, so there is nothing to answer. Reload the page to see what mended it."
    )


class NobodyToTell(Refusal):
    sentence = _("No provider is shown this, so there is nobody to tell. Choose another answer.")


class OnlyTheOfficeWaives(Refusal):
    sentence = _("This must be fixed. Only the MOCAP office can waive it: ask it, and say why.")


class WaiverTooLong(Refusal):
    sentence = _(
        "A waiver ends between today and the last day of the school year. Choose a day between the two."
    )


class NotAnswered(Refusal):
    sentence = _(
        "This answer does not count any more: it was taken back, or the mismatch was away since. "
        "Reload the page to see what counts now."
    )


class NotTheirs(Refusal):
    sentence = _(
        "An answer is taken back by the organization that gave it. Ask the one that stands beside it."
    )


class TooMany(Refusal):
    sentence = _("More than 500 at once cannot be looked through. Choose fewer with the filters.")


def offered(mismatch: Mismatch, by: Membership) -> list[AnswerKind]:
    """The answers that this hat can give to it now, none for somebody else or once it is resolved."""
    if mismatch.state == MismatchState.RESOLVED:
        return []
    if by.is_dese:
        return [AnswerKind.WAIVE]
    if not _is_theirs(mismatch, by):
        return []
    kinds = [AnswerKind.DENIED, AnswerKind.NOT_OURS, AnswerKind.ASK, AnswerKind.HARMLESS, AnswerKind.WAIVE]
    if mismatch.state == MismatchState.OPEN:
        kinds.insert(0, AnswerKind.SEEN)
    return [kind for kind in kinds if _refusal(mismatch, kind, by) is None]


@transaction.atomic
def answer(
    mismatch_id: int,
    kind: AnswerKind,
    *,
    by: Membership,
    at: dt.datetime,
    reason: str = "",
    until: dt.date | None = None,
) -> Answer:
    """Answer one mismatch. The same answer of the same organization twice is one.

    `reason`: needed to ask, to call harmless and to waive. `until`: the last day of a waiver. The provider is told of
    "denied" and "not ours" (R-113). Raises MayNotAnswer, WasResolved, NobodyToTell, OnlyTheOfficeWaives, WaiverTooLong.
    """
    (given,) = answer_many([mismatch_id], kind, by=by, at=at, reason=reason, until=until)
    return given


@transaction.atomic
def answer_many(
    mismatch_ids: Iterable[int],
    kind: AnswerKind,
    *,
    by: Membership,
    at: dt.datetime,
    reason: str = "",
    until: dt.date | None = None,
) -> list[Answer]:
    """The same answer to several mismatches, or to none of them. A provider gets one mail about all.

    Raises what `answer` raises, and TooMany for more than 500.
    """
    keys = sorted(set(mismatch_ids))
    if len(keys) > MOST_AT_ONCE:
        raise TooMany
    # Always in the same order, so that two at once wait for each other and never for ever.
    found = list(Mismatch.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    if len(found) < len(keys):
        raise MayNotAnswer
    end_of_year = {
        mismatch.pk: mismatch.school_year.ends_on
        for mismatch in Mismatch.objects.filter(pk__in=keys).select_related("school_year")
    }
    for mismatch in found:
        refusal = _refusal(mismatch, kind, by)
        if refusal is not None:
            raise refusal
        if kind == AnswerKind.WAIVE and (
            until is None or not central_date(at) <= until <= end_of_year[mismatch.pk]
        ):
            raise WaiverTooLong
    standing = standing_answers(found)
    given, fresh = [], list[Answer]()
    for mismatch in found:
        same = _same(standing[mismatch.pk], kind, by, reason=reason, until=until)
        if same is None:
            same = Answer.objects.create(
                mismatch=mismatch, kind=kind, by=by, at=at, reason=reason, until=until
            )
            fresh.append(same)
            _settle(mismatch, [*standing[mismatch.pk], same], at=at)
        given.append(same)
    if kind in TOLD_TO_PROVIDERS:
        notices.tell_providers(fresh, lea=by.organization, at=at)
    return given


@transaction.atomic
def take_back(answer_id: int, *, by: Membership, at: dt.datetime) -> Answer:
    """Undo an answer by another; what else was answered counts again. Twice is once.

    Raises NotTheirs, WasResolved, NotAnswered.
    """
    taken = Answer.objects.select_related("by").get(pk=answer_id)
    (back,) = _take_back([taken], by=by, at=at)
    return back


@transaction.atomic
def take_back_together(answer_id: int, *, by: Membership, at: dt.datetime) -> list[Answer]:
    """Undo all answers that were given in one step with this one, as far as they count still and are not resolved.

    Raises NotTheirs.
    """
    first = Answer.objects.select_related("by").get(pk=answer_id)
    together = Answer.objects.filter(kind=first.kind, by=first.by_id, at=first.at, undone_by__isnull=True)
    open_ones = together.exclude(mismatch__state=MismatchState.RESOLVED)
    return _take_back(list(open_ones.select_related("by")), by=by, at=at, passes_over=True)


def _take_back(
    taken: Sequence[Answer], *, by: Membership, at: dt.datetime, passes_over: bool = False
) -> list[Answer]:
    may = by.role in CLERKS or by.is_dese
    if not may or any(answer.by.organization_id != by.organization_id for answer in taken):
        raise NotTheirs
    keys = [answer.mismatch_id for answer in taken]
    locked = Mismatch.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    found = {mismatch.pk: mismatch for mismatch in locked}
    standing = standing_answers(found.values())
    done = []
    for answer in taken:
        mismatch = found[answer.mismatch_id]
        before = Answer.objects.filter(undoes=answer).first()
        if before is not None:
            done.append(before)
            continue
        counts = answer.pk in {one.pk for one in standing[mismatch.pk]}
        if passes_over and (not counts or mismatch.state == MismatchState.RESOLVED):
            continue
        if mismatch.state == MismatchState.RESOLVED:
            raise WasResolved
        if not counts:
            raise NotAnswered
        done.append(
            Answer.objects.create(mismatch=mismatch, kind=AnswerKind.UNDO, by=by, at=at, undoes=answer)
        )
        standing[mismatch.pk] = [one for one in standing[mismatch.pk] if one.pk != answer.pk]
        _settle(mismatch, standing[mismatch.pk], at=at)
    fresh = [one for one in done if one.at == at]
    told = [one for one in fresh if one.undoes is not None and one.undoes.kind in TOLD_TO_PROVIDERS]
    notices.tell_providers(told, lea=by.organization, at=at)
    return done


def _is_theirs(mismatch: Mismatch, by: Membership) -> bool:
    return by.role in CLERKS and mismatch.lea_id is not None and mismatch.lea_id == by.organization_id


def _refusal(mismatch: Mismatch, kind: AnswerKind, by: Membership) -> Refusal | None:
    """Why this hat cannot give this answer; None when it can."""
    if not (_is_theirs(mismatch, by) or (by.is_dese and kind == AnswerKind.WAIVE)):
        return MayNotAnswer()
    if mismatch.state == MismatchState.RESOLVED:
        return WasResolved()
    has_a_reader = mismatch.provider_id and mismatch.mosis_id and mismatch.code in SHOWN_TO_PROVIDERS
    if kind in TOLD_TO_PROVIDERS and not has_a_reader:
        return NobodyToTell()
    if kind == AnswerKind.WAIVE and not by.is_dese and CATALOGUE[mismatch.code].severity == Severity.MUST:
        return OnlyTheOfficeWaives()
    return None


def _same(
    standing: Iterable[Answer], kind: AnswerKind, by: Membership, *, reason: str, until: dt.date | None
) -> Answer | None:
    """The answer of this organization that says the same and counts."""
    for one in standing:
        said = (one.kind, one.reason, one.until, one.by.organization_id)
        if said == (kind, reason, until, by.organization_id):
            return one
    return None


def _settle(mismatch: Mismatch, standing: Sequence[Answer], *, at: dt.datetime) -> None:
    """Give it the state and the end of its waiver that these answers say."""
    mismatch.state, mismatch.waived_until = state_after(standing, on=central_date(at))
    mismatch.changed_at = at
    mismatch.save(update_fields=["state", "waived_until", "changed_at"])
