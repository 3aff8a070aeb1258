"""The signature: a draft becomes a request, and its clock starts."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import send_claim
from enrollment.records.models import Claim, ClaimState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    DecisionBy,
    LeaPolicy,
    LegalKey,
    LegalValue,
    RequestWindow,
    Term,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day

from .. import notices
from ..history import add_step
from ..models import Acknowledgement, Basis, CourseLine, CourseRequest, RequestState, StepKind
from ..rules import usual_weekly_minutes
from .asking import AlreadySent, ChildNotConfirmed, TermOver, on_offer, refuse_ineligible


class NotYetComplete(Refusal):
    sentence = _("Something is still missing: courses, the number of in-person courses, or a statement.")


class WhoPaysNotSaid(NotYetComplete):
    sentence = _(
        "A course lies above a full load. Say for each such course whether the district is asked to pay, whether you "
        "pay yourself, or take it off the list."
    )


class OutsideWindow(Refusal):
    """The district's policy lets its window block (R-14, D-04)."""

    def __init__(self, window: RequestWindow) -> None:
        sentence = _(
            "This district takes requests for this term from %(first)s to %(last)s. Your draft stays. Ask the district "
            "if you need the course at another time."
        )
        days = {"first": long_day(window.opens_on), "last": long_day(window.closes_on)}
        super().__init__(str(sentence) % days)


@transaction.atomic
def submit(
    request_id: int,
    *,
    by: Membership,
    signed_name: str,
    acknowledged: Collection[int],
    has_iep_or_504: bool,
    prior_semester: str = "",
    note: str = "",
    source_key: str = "",
    at: dt.datetime,
) -> CourseRequest:
    """Signs and sends a draft: the clock starts, the family gets a receipt, the district a task (R-12, R-13, R-15).

    `acknowledged` are the ids of the statements ticked; every statement of the day is needed. `source_key` is a keyed
    hash of where it came from, empty when unknown.
    Raises AlreadySent, ChildNotConfirmed, TermOver, OutsideWindow, NotEligible, CourseNotOnOffer, NotYetComplete.
    """
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state != RequestState.DRAFT:
        raise AlreadySent
    request.claim = (
        Claim.objects.select_related("school").select_for_update(of=("self",)).get(pk=request.claim_id)
    )
    if request.claim.state == ClaimState.REFUSED:
        raise ChildNotConfirmed
    today = central_date(at)
    if not Term.objects.open_to_requests(today).filter(pk=request.term_id).exists():
        raise TermOver
    _refuse_outside_window(request, on=today)
    refuse_ineligible(request.claim, on=today)
    lines = list(request.lines.select_related("course").order_by("position"))
    statements = list(CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=today))
    if not lines or request.in_person_courses is None or not signed_name.strip():
        raise NotYetComplete
    if {statement.pk for statement in statements} - set(acknowledged):
        raise NotYetComplete
    if any(line.over_full_load and line.basis == Basis.DISTRICT for line in lines):
        raise WhoPaysNotSaid
    on_offer(request, [line.course_id for line in lines], at=at)
    clock = start_decision_clock(request, at=at)
    request.review_clock = start_review_clock(request, at=at)
    request.has_iep_or_504 = has_iep_or_504
    request.prior_semester = prior_semester
    request.note = note.strip()
    request.source_key = source_key
    request.touched_at = at
    send_claim(request.claim)
    request.submit(by=by.user, name=signed_name.strip(), at=at, clock=clock)
    request.save()
    usual = usual_weekly_minutes(on=today)
    for line in lines:
        line.planned_minutes = line.course.weekly_minutes or usual
    CourseLine.objects.bulk_update(lines, ["planned_minutes"])
    Acknowledgement.objects.bulk_create(
        Acknowledgement(request=request, statement=statement, at=at) for statement in statements
    )
    add_step(request, StepKind.SUBMITTED, at=at, by=by)
    notices.tell_submitted(request, at=at)
    return request


def start_decision_clock(request: CourseRequest, *, at: dt.datetime) -> Clock:
    """The days of the district to decide, from T0 on (R-15)."""
    return _clock(request, ClockKind.PART_TIME_DECISION, LegalKey.DECISION_DAYS, source="R-15", at=at)


def start_review_clock(request: CourseRequest, *, at: dt.datetime) -> Clock | None:
    """The days of them for the counselor, where the district's policy of that day reserves the decision."""
    policy = LeaPolicy.objects.on(central_date(at)).filter(lea=request.lea_id).first()
    if policy is None or policy.decision_by != DecisionBy.DECIDER:
        return None
    return _clock(request, ClockKind.COUNSELOR_REVIEW, LegalKey.COUNSELOR_DAYS, source="A-03", at=at)


def _clock(request: CourseRequest, kind: ClockKind, days: LegalKey, *, source: str, at: dt.datetime) -> Clock:
    business_days = LegalValue.objects.whole(days, on=central_date(at))
    return clocks.start(kind, lea_id=request.lea_id, at=at, business_days=business_days, source=source)


def _refuse_outside_window(request: CourseRequest, *, on: dt.date) -> None:
    """A window is guidance unless the policy of the day lets it block (R-14)."""
    if not LeaPolicy.objects.on(on).filter(lea=request.lea_id, window_blocks=True).exists():
        return
    window = RequestWindow.objects.filter(lea=request.lea_id, term=request.term_id).first()
    if window is not None and not window.opens_on <= on <= window.closes_on:
        raise OutsideWindow(window)
