"""A decision on one course line: the row, its letter and what it sets going, in one transaction."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Claim
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
from ..models import (
    CourseLine,
    CourseRequest,
    Decision,
    DecisionFactor,
    LineState,
    Outcome,
    Step,
    StepKind,
)
from ..rules import deciding_roles


class AlreadyDecided(Refusal):
    sentence = _("This was already decided. Reload the page to see the decision.")


class MayNotDecide(Refusal):
    sentence = _("In your district the principal or a designee decides. You can recommend.")


class OwnChild(Refusal):
    sentence = _("This request is about a child of your own. A colleague has to decide.")


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


@transaction.atomic
def approve(line_id: int, *, by: Membership, at: dt.datetime, in_person_considered: bool) -> Decision:
    """Approves a line, writes its letter and starts the district's days to register.

    Raises AlreadyDecided, MayNotDecide, OwnChild, InPersonNotConsidered.
    """
    line = _line_to_decide(line_id, by=by, at=at, in_person_considered=in_person_considered)
    today = central_date(at)
    registration_clock = clocks.start(
        ClockKind.REGISTRATION,
        lea_id=line.request.lea_id,
        at=at,
        business_days=LegalValue.objects.whole(LegalKey.REGISTER_DAYS, on=today),
        source="A-04",
    )
    letter_facts = facts.approval(line, by=by, at=at, register_by=registration_clock.first_due_on)
    decision = Decision(
        line=line, outcome=Outcome.APPROVED, decided_by=by, decided_at=at, in_person_considered=True
    )
    line.approve(registration_clock=registration_clock)
    return _record(decision, letter_kind=LetterKind.APPROVAL, letter_facts=letter_facts, factors=[])


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
    other_factor: str = "",
) -> Decision:
    """Denies a line for its listed factors and writes the letter with the appeal route (R-21, R-22, R-25).

    Raises AlreadyDecided, MayNotDecide, OwnChild, InPersonNotConsidered, NoFactor, ExplanationTooShort.
    """
    line = _line_to_decide(line_id, by=by, at=at, in_person_considered=in_person_considered)
    factors = _factors(factor_ids, other_factor=other_factor, on=central_date(at))
    fewest = LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=central_date(at))
    if len(explanation.strip()) < fewest:
        raise ExplanationTooShort(fewest)
    letter_facts = facts.denial(
        line,
        by=by,
        at=at,
        factors=_labels(factors, other_factor),
        explanation=explanation.strip(),
        would_make_it_a_yes=would_make_it_a_yes.strip(),
    )
    decision = Decision(
        line=line,
        outcome=Outcome.DENIED,
        decided_by=by,
        decided_at=at,
        in_person_considered=True,
        explanation=explanation.strip(),
        would_make_it_a_yes=would_make_it_a_yes.strip(),
        other_factor=other_factor.strip(),
    )
    line.deny()
    return _record(decision, letter_kind=LetterKind.DENIAL, letter_facts=letter_facts, factors=factors)


def preview_letter(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    outcome: Outcome,
    factor_ids: Sequence[int] = (),
    explanation: str = "",
    would_make_it_a_yes: str = "",
    other_factor: str = "",
) -> str:
    """The letter's HTML as it would be sent now. Stores nothing."""
    today = central_date(at)
    if outcome == Outcome.APPROVED:
        days = LegalValue.objects.whole(LegalKey.REGISTER_DAYS, on=today)
        clock = Clock(lea_id=line.request.lea_id, started_at=at, business_days=days)
        register_by = explain_start(clock).on
        assert register_by is not None  # nothing has paused it
        return letters.render_html(
            LetterKind.APPROVAL,
            facts.approval(line, by=by, at=at, register_by=register_by),
            facts.LETTER_LANGUAGE,
        )
    factors = list(CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=today).filter(pk__in=factor_ids))
    return letters.render_html(
        LetterKind.DENIAL,
        facts.denial(
            line,
            by=by,
            at=at,
            factors=_labels(factors, other_factor),
            explanation=explanation.strip(),
            would_make_it_a_yes=would_make_it_a_yes.strip(),
        ),
        facts.LETTER_LANGUAGE,
    )


def _line_to_decide(
    line_id: int, *, by: Membership, at: dt.datetime, in_person_considered: bool
) -> CourseLine:
    """Locks the request, then the line: two deciders queue up, the second finds it decided."""
    request_id = CourseLine.objects.values_list("request", flat=True).get(pk=line_id)
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    line = (
        CourseLine.objects.select_for_update(of=("self",))
        .select_related("course__provider__organization")
        .get(pk=line_id)
    )
    line.request = request
    if by.organization_id != request.lea_id:
        raise MayNotDecide
    policy = LeaPolicy.objects.on(central_date(at)).filter(lea=request.lea_id).first()
    if by.role not in deciding_roles(policy):
        raise MayNotDecide
    if Claim.objects.about_own_child_of(by.user_id).filter(pk=request.claim_id).exists():
        raise OwnChild
    if line.state != LineState.REQUESTED:
        raise AlreadyDecided
    if not in_person_considered:
        raise InPersonNotConsidered
    return line


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
    Step.objects.create(request=line.request, line=line, kind=StepKind(decision.outcome), at=at, by=by)
    if not line.request.lines.filter(state=LineState.REQUESTED).exists():
        line.request.close()
        line.request.save()
        assert line.request.clock_id is not None  # it was submitted
        clocks.stop(line.request.clock_id, at=at)
    notices.tell_decided(decision, at=at)
    return decision
