"""What a paper decided, recorded with what follows from the day of the decision."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import refuse_own_child
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    LeaPolicy,
    LegalKey,
    LegalValue,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..history import add_step
from ..models import (
    CourseLine,
    CourseRequest,
    Decision,
    DecisionChannel,
    DecisionFactor,
    LineState,
    Outcome,
    RequestState,
    StepKind,
)
from ..rules import deciding_roles, recording_roles
from . import following
from .deciding import AlreadyDecided, ExplanationTooShort, register_by, start_registration
from .paper import moment_of

FROM_ENTRY = "A-04, counted from the day on which the paper was entered: its own days were over"


class PaperNotFound(Refusal):
    sentence = _("Add the paper of the decision: a scan or a photograph, or say where the paper is kept.")


class NothingDecided(Refusal):
    sentence = _("Say for at least one course how the paper decides.")


class DecidedBeforeAsked(Refusal):
    sentence = _("The decision is older than the request. Check the two days.")


class MayNotRecord(Refusal):
    sentence = _(
        "In your district the principal or a designee decides. They or the MOCAP coordinator record what was decided "
        "on paper."
    )


@dataclass(frozen=True, slots=True)
class PaperOutcome:
    """How a paper decides one course."""

    line_id: int
    outcome: str
    explanation: str = ""
    factor_ids: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """A decision on paper: its day, who decided (name and role), and the paper: a scan, or where it is kept."""

    decided_on: dt.date
    decided_by_name: str
    scan_id: UUID | None = None
    reference: str = ""
    in_person_considered: bool = False


@transaction.atomic
def record_paper_decision(
    request_id: int, outcomes: Sequence[PaperOutcome], paper: Paper, *, by: Membership, at: dt.datetime
) -> list[Decision]:
    """Records how a paper decided courses of a request, with what follows from that day on.

    Days to register an approved course run from the day of the decision; from the day of entry where they would be over
    by then, since nobody could be reminded of them before. `decided_by` of the decision is who records it. Raises
    MayNotRecord, OwnChild, AlreadyDecided, NothingDecided, InTheFuture, DecidedBeforeAsked, PaperNotFound,
    ExplanationTooShort (R-21).
    """
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    _refuse_recording(request, by=by, on=central_date(at))
    if request.state != RequestState.SUBMITTED or request.submitted_at is None:
        raise AlreadyDecided
    if not outcomes:
        raise NothingDecided
    if paper.scan_id is None and not paper.reference.strip():
        raise PaperNotFound
    if paper.decided_on < central_date(request.submitted_at):
        raise DecidedBeforeAsked
    decided_at = max(moment_of(paper.decided_on, at=at), request.submitted_at)
    lines = {
        line.pk: line
        for line in CourseLine.objects.select_for_update(of=("self",))
        .filter(request=request, pk__in=[outcome.line_id for outcome in outcomes])
        .order_by("pk")
    }
    decisions = []
    for outcome in outcomes:
        line = lines.get(outcome.line_id)
        if line is None or line.state != LineState.REQUESTED:
            raise AlreadyDecided
        line.request = request
        decisions.append(_record(line, outcome, paper, by=by, decided_at=decided_at, at=at))
    _close(request)
    notices.tell_decided_on_paper(request, at=at)
    return decisions


def _refuse_recording(request: CourseRequest, *, by: Membership, on: dt.date) -> None:
    policy = LeaPolicy.objects.on(on).filter(lea=request.lea_id).first()
    if by.organization_id != request.lea_id or by.role not in recording_roles(deciding_roles(policy)):
        raise MayNotRecord
    refuse_own_child(request.claim_id, by=by)


def _record(
    line: CourseLine,
    outcome: PaperOutcome,
    paper: Paper,
    *,
    by: Membership,
    decided_at: dt.datetime,
    at: dt.datetime,
) -> Decision:
    explanation = outcome.explanation.strip()
    if outcome.outcome == Outcome.DENIED:
        fewest = LegalValue.objects.whole(LegalKey.EXPLANATION_LENGTH, on=paper.decided_on)
        if len(explanation) < fewest:
            raise ExplanationTooShort(fewest)
        line.deny()
    else:
        line.approve(registration_clock=_registration_clock(line, decided_at=decided_at, at=at))
    decision = Decision.objects.create(
        line=line,
        outcome=outcome.outcome,
        channel=DecisionChannel.PAPER,
        decided_by=by,
        decided_by_name=paper.decided_by_name.strip(),
        decided_at=decided_at,
        in_person_considered=paper.in_person_considered,
        explanation=explanation,
        scan_id=paper.scan_id,
        paper_reference=paper.reference.strip(),
    )
    factors = CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=paper.decided_on).filter(
        pk__in=outcome.factor_ids
    )
    DecisionFactor.objects.bulk_create(DecisionFactor(decision=decision, factor=factor) for factor in factors)
    line.decision = decision
    line.save()
    add_step(line.request, StepKind(outcome.outcome), at=decided_at, by=by, line=line)
    return decision


def _registration_clock(line: CourseLine, *, decided_at: dt.datetime, at: dt.datetime) -> Clock | None:
    """None where the family pays and registers its child itself."""
    due_on = register_by(line, at=decided_at)
    if due_on is None:
        return None
    if due_on < central_date(at):
        return start_registration(line, at=at, source=FROM_ENTRY)
    return start_registration(line, at=decided_at)


def _close(request: CourseRequest) -> None:
    """With the last decision the request is closed; its clocks stop when that decision was made."""
    decided = request.lines.exclude(decision=None).values_list("decision__decided_at", flat=True)
    following.close_if_nothing_waits(request, at=max(decided))
