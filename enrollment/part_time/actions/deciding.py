"""A decision on one course line: the row, its letter and what it sets going, in one transaction.

A first decision is written here; `superseding` replaces a mistaken one by the same checks and the same words.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import refuse_own_child
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.explain import explain_start
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    LeaPolicy,
    LegalKey,
    LegalValue,
)
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers import letters
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import facts, notices
from ..history import add_step
from ..models import (
    CourseLine,
    CourseRequest,
    Decision,
    DecisionFactor,
    LineState,
    Outcome,
    StepKind,
)
from ..rules import deciding_roles
from . import following


class AlreadyDecided(Refusal):
    sentence = _("This was already decided. Reload the page to see the decision.")


class MayNotDecide(Refusal):
    sentence = _("In your district the principal or a designee decides. You can recommend.")


class NoFactor(Refusal):
    sentence = _("Choose at least one factor. If none fits, choose “another reason” and say it in words.")


class ExplanationTooShort(Refusal):
    def __init__(self, fewest: int) -> None:
        super().__init__(
            ngettext(
                "Explain in at least %(count)d character why this course is not in the student's best "
                "educational interest.",
                "Explain in at least %(count)d characters why this course is not in the student's best "
                "educational interest.",
                fewest,
            )
            % {"count": fewest}
        )


class InPersonNotConsidered(Refusal):
    sentence = _("Say that in-person options were considered. Every decision needs it.")


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a decider says with a decision. All but `in_person_options` belongs to a denial."""

    in_person_options: str = ""
    factor_ids: Sequence[int] = ()
    other_factor: str = ""
    explanation: str = ""
    would_make_it_a_yes: str = ""


@transaction.atomic
def approve(
    line_id: int, *, by: Membership, at: dt.datetime, in_person_considered: bool, in_person_options: str = ""
) -> Decision:
    """Approves a line, writes its letter and starts the district's days to register, unless the family pays.

    `in_person_options` says which ones were looked at (R-23).
    Raises AlreadyDecided, MayNotDecide, OwnChild, InPersonNotConsidered.
    """
    words = Words(in_person_options=in_person_options)
    line = lock_line(line_id)
    refuse_decider(line, by=by, at=at)
    refuse_decided(line)
    refuse_unconsidered(in_person_considered)
    return write_approval(line, by=by, at=at, words=words)


@transaction.atomic
def deny(
    line_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    factor_ids: Sequence[int],
    explanation: str,
    would_make_it_a_yes: str,
    in_person_considered: bool,
    in_person_options: str = "",
    other_factor: str = "",
) -> Decision:
    """Denies a line for its listed factors and writes the letter with the family's way to object (R-21, R-22, R-25).

    Raises AlreadyDecided, MayNotDecide, OwnChild, InPersonNotConsidered, NoFactor, ExplanationTooShort.
    """
    words = Words(
        in_person_options=in_person_options,
        factor_ids=factor_ids,
        other_factor=other_factor,
        explanation=explanation,
        would_make_it_a_yes=would_make_it_a_yes,
    )
    line = lock_line(line_id)
    refuse_decider(line, by=by, at=at)
    refuse_decided(line)
    refuse_unconsidered(in_person_considered)
    return write_denial(line, by=by, at=at, words=words)


def preview_letter(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    outcome: Outcome,
    replaces: Decision | None = None,
    superseding_reason: str = "",
    in_person_options: str = "",
    factor_ids: Sequence[int] = (),
    explanation: str = "",
    would_make_it_a_yes: str = "",
    other_factor: str = "",
) -> str:
    """The letter's HTML as it would be sent now. Stores nothing."""
    replaced = facts.replaced(replaces, superseding_reason)
    if outcome == Outcome.APPROVED:
        letter_facts = facts.approval(
            line,
            by=by,
            at=at,
            register_by=register_by(line, at=at),
            in_person_options=in_person_options.strip(),
            replaced=replaced,
        )
        return letters.render_html(LetterKind.APPROVAL, letter_facts, facts.LETTER_LANGUAGE)
    factors = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=central_date(at)).filter(pk__in=factor_ids)
    letter_facts = facts.denial(
        line,
        by=by,
        at=at,
        factors=_labels(list(factors), other_factor),
        explanation=explanation.strip(),
        would_make_it_a_yes=would_make_it_a_yes.strip(),
        in_person_options=in_person_options.strip(),
        replaced=replaced,
    )
    return letters.render_html(LetterKind.DENIAL, letter_facts, facts.LETTER_LANGUAGE)


# Who may, and when ----------------------------------------------------------------------------------


def lock_line(line_id: int) -> CourseLine:
    """Locks the request, then the line: two deciders queue up, the second finds it decided."""
    request_id = CourseLine.objects.values_list("request", flat=True).get(pk=line_id)
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    line = (
        CourseLine.objects.select_for_update(of=("self",))
        .select_related("course__provider__organization")
        .get(pk=line_id)
    )
    line.request = request
    return line


def refuse_decider(line: CourseLine, *, by: Membership, at: dt.datetime) -> None:
    """Raises MayNotDecide, OwnChild."""
    if by.organization_id != line.request.lea_id:
        raise MayNotDecide
    policy = LeaPolicy.objects.on(central_date(at)).filter(lea=line.request.lea_id).first()
    if by.role not in deciding_roles(policy):
        raise MayNotDecide
    refuse_own_child(line.request.claim_id, by=by)


def refuse_decided(line: CourseLine) -> None:
    """Raises AlreadyDecided, also for a line that the family took back."""
    if line.state != LineState.REQUESTED:
        raise AlreadyDecided


def refuse_unconsidered(in_person_considered: bool) -> None:
    """Raises InPersonNotConsidered."""
    if not in_person_considered:
        raise InPersonNotConsidered


# What is written ------------------------------------------------------------------------------------


def write_approval(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    words: Words,
    replaces: Decision | None = None,
    superseding_reason: str = "",
) -> Decision:
    registration_clock = None if line.is_private else start_registration(line, at=at)
    letter_facts = facts.approval(
        line,
        by=by,
        at=at,
        register_by=registration_clock.first_due_on if registration_clock else None,
        in_person_options=words.in_person_options.strip(),
        replaced=facts.replaced(replaces, superseding_reason),
    )
    decision = Decision(
        line=line,
        outcome=Outcome.APPROVED,
        decided_by=by,
        decided_at=at,
        in_person_considered=True,
        in_person_options=words.in_person_options.strip(),
        supersedes=replaces,
        superseding_reason=superseding_reason,
    )
    line.approve(registration_clock=registration_clock)
    return _record(decision, letter_kind=LetterKind.APPROVAL, letter_facts=letter_facts, factors=[])


def write_denial(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    words: Words,
    replaces: Decision | None = None,
    superseding_reason: str = "",
) -> Decision:
    """Raises NoFactor, ExplanationTooShort."""
    today = central_date(at)
    factors = _factors(words.factor_ids, other_factor=words.other_factor, on=today)
    fewest = LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=today)
    if len(words.explanation.strip()) < fewest:
        raise ExplanationTooShort(fewest)
    letter_facts = facts.denial(
        line,
        by=by,
        at=at,
        factors=_labels(factors, words.other_factor),
        explanation=words.explanation.strip(),
        would_make_it_a_yes=words.would_make_it_a_yes.strip(),
        in_person_options=words.in_person_options.strip(),
        replaced=facts.replaced(replaces, superseding_reason),
    )
    decision = Decision(
        line=line,
        outcome=Outcome.DENIED,
        decided_by=by,
        decided_at=at,
        in_person_considered=True,
        in_person_options=words.in_person_options.strip(),
        explanation=words.explanation.strip(),
        would_make_it_a_yes=words.would_make_it_a_yes.strip(),
        other_factor=words.other_factor.strip(),
        supersedes=replaces,
        superseding_reason=superseding_reason,
    )
    if line.state != LineState.DENIED:  # a denial with a mistake in its letter stays a denial
        line.deny()
    return _record(decision, letter_kind=LetterKind.DENIAL, letter_facts=letter_facts, factors=factors)


def start_registration(line: CourseLine, *, at: dt.datetime, source: str = "A-04") -> Clock:
    return clocks.start(
        ClockKind.REGISTRATION,
        lea_id=line.request.lea_id,
        at=at,
        business_days=LegalValue.objects.whole(LegalKey.REGISTER_DAYS, on=central_date(at)),
        source=source,
    )


def register_by(line: CourseLine, *, at: dt.datetime) -> dt.date | None:
    """The day that `start_registration` would give; None where the family registers its child itself."""
    if line.is_private:
        return None
    days = LegalValue.objects.whole(LegalKey.REGISTER_DAYS, on=central_date(at))
    return explain_start(Clock(lea_id=line.request.lea_id, started_at=at, business_days=days)).on


def _factors(factor_ids: Sequence[int], *, other_factor: str, on: dt.date) -> list[CodeMeaning]:
    factors = list(CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=on).filter(pk__in=factor_ids))
    if not factors:
        raise NoFactor
    if any(factor.code == "other" for factor in factors) and not other_factor.strip():
        raise NoFactor
    return factors


def _labels(factors: Sequence[CodeMeaning], other_factor: str) -> list[str]:
    """What the letter lists: “other” by its own words."""
    with translation.override(facts.LETTER_LANGUAGE):
        other = other_factor.strip() or gettext("Other")
    return [other if factor.code == "other" else facts.factor_words(factor) for factor in factors]


def _record(
    decision: Decision,
    *,
    letter_kind: LetterKind,
    letter_facts: letters.DecisionFacts,
    factors: Sequence[CodeMeaning],
) -> Decision:
    line, by, at = decision.line, decision.decided_by, decision.decided_at
    decision.letter = papers.write_letter(
        letter_kind, facts=letter_facts, at=at, language=facts.LETTER_LANGUAGE
    )
    decision.save()
    line.decision = decision
    line.save()
    DecisionFactor.objects.bulk_create(DecisionFactor(decision=decision, factor=factor) for factor in factors)
    add_step(line.request, StepKind(decision.outcome), at=at, by=by, line=line)
    following.close_if_nothing_waits(line.request, at=at)
    notices.tell_decided(decision, at=at)
    return decision
