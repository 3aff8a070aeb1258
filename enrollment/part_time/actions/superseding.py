"""A mistaken decision is replaced by another, with its reason. Both letters are kept (R-26)."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.shared.refusals import Refusal

from ..history import add_step
from ..models import Decision, LineState, Outcome, StepKind
from .deciding import (
    AlreadyDecided,
    Words,
    lock_line,
    refuse_decider,
    refuse_unconsidered,
    write_approval,
    write_denial,
)


class AlreadyRegistered(Refusal):
    sentence = _(
        "The provider was already told about this student. Withdraw the student from the course first; then the "
        "family can ask again."
    )


class NothingToReplace(Refusal):
    sentence = _("This course was taken back or has ended. Its decision cannot be replaced any more.")


class SameDecision(Refusal):
    sentence = _("This course is approved already. Only a denial can be replaced by an approval.")


class NoReason(Refusal):
    sentence = _("Say what was wrong with the first decision. The family reads it in the new letter.")


@transaction.atomic
def supersede(
    decision_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    outcome: Outcome,
    reason: str,
    in_person_considered: bool,
    in_person_options: str = "",
    factor_ids: Sequence[int] = (),
    other_factor: str = "",
    explanation: str = "",
    would_make_it_a_yes: str = "",
) -> Decision:
    """Replaces this decision, while it holds and the provider was not told. The family gets a new letter, once.

    A denial may replace a denial whose letter was wrong. An approval that becomes a denial ends the days to register,
    a denial that becomes an approval starts them.
    Raises AlreadyDecided (somebody replaced it before), MayNotDecide, OwnChild, AlreadyRegistered, NothingToReplace,
    SameDecision, NoReason, InPersonNotConsidered, NoFactor, ExplanationTooShort.
    """
    line = lock_line(Decision.objects.values_list("line", flat=True).get(pk=decision_id))
    refuse_decider(line, by=by, at=at)
    if line.decision_id != decision_id:
        raise AlreadyDecided
    replaced = Decision.objects.select_related("letter").get(pk=decision_id)
    refuse_irreplaceable(LineState(line.state))
    if outcome == Outcome.APPROVED and line.state == LineState.APPROVED:
        raise SameDecision
    if not reason.strip():
        raise NoReason
    refuse_unconsidered(in_person_considered)
    words = Words(
        in_person_options=in_person_options,
        factor_ids=factor_ids,
        other_factor=other_factor,
        explanation=explanation,
        would_make_it_a_yes=would_make_it_a_yes,
    )
    write = write_approval if outcome == Outcome.APPROVED else write_denial
    add_step(line.request, StepKind.SUPERSEDED, at=at, by=by, line=line)
    if line.registration_clock_id is not None:
        clocks.stop(line.registration_clock_id, at=at)
    return write(line, by=by, at=at, words=words, replaces=replaced, superseding_reason=reason.strip())


def refuse_irreplaceable(state: LineState) -> None:
    """Raises AlreadyRegistered, NothingToReplace: only what is approved or denied can be decided anew."""
    if state in {LineState.REGISTERED, LineState.CONFIRMED, LineState.ACTIVE}:
        raise AlreadyRegistered
    if state not in {LineState.APPROVED, LineState.DENIED}:
        raise NothingToReplace
