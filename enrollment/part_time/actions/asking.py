"""The family's part: a draft, its courses, the signature."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import forget_unsent, send_claim
from enrollment.records.models import Claim, ClaimState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue, Term
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Course

from .. import notices
from ..models import Acknowledgement, Basis, CourseLine, CourseRequest, RequestState, Step, StepKind
from ..rules import courses_on_offer, eligibility, lines_over_full_load


class AlreadySent(Refusal):
    sentence = _("This request was already signed and sent. Nothing was sent twice.")


class TermOver(Refusal):
    sentence = _("This term cannot be chosen any more. Choose another term.")


class CourseNotOnOffer(Refusal):
    sentence = _("A course you chose is no longer in the catalog for this term. Choose your courses again.")


class NotEligible(Refusal):
    """`sentence` is that of the finding that is not met."""


class ChildNotConfirmed(Refusal):
    sentence = _(
        "The district did not confirm this child. Ask the district why, or check the name, the birth date and the "
        "school that you typed."
    )


class NotYetComplete(Refusal):
    sentence = _("Something is still missing: courses, the number of in-person courses, or a statement.")


@transaction.atomic
def start_request(claim_id: int, *, by: Membership, term_id: int, at: dt.datetime) -> CourseRequest:
    """A draft for this child and term. A second click gets the same draft.

    Raises ChildNotConfirmed, TermOver, NotEligible.
    """
    claim = Claim.objects.select_related("school").select_for_update(of=("self",)).get(pk=claim_id)
    if claim.state == ClaimState.REFUSED:
        raise ChildNotConfirmed
    today = central_date(at)
    if not Term.objects.open_to_requests(today).filter(pk=term_id).exists():
        raise TermOver
    _refuse_ineligible(claim, on=today)
    request, created = CourseRequest.objects.get_or_create(
        claim=claim,
        term_id=term_id,
        state=RequestState.DRAFT,
        defaults={"lea_id": claim.school.lea_id, "started_at": at, "touched_at": at},
    )
    if created:
        Step.objects.create(request=request, kind=StepKind.STARTED, at=at, by=by)
    return request


@transaction.atomic
def choose_courses(
    request_id: int, *, course_ids: Sequence[int], in_person_courses: int | None, at: dt.datetime
) -> CourseRequest:
    """Replaces the courses of a draft, in the order given. Raises AlreadySent, CourseNotOnOffer (R-10).

    `in_person_courses` is None until the family says it; which courses lie over a full load is open until then.
    """
    request = _draft(request_id)
    chosen = _on_offer(request, course_ids, at=at)
    request.in_person_courses = in_person_courses
    request.touched_at = at
    request.save()
    request.lines.exclude(course__in=chosen).delete()
    full_load = LegalValue.objects.whole(LegalKey.FULL_LOAD, on=central_date(at))
    over = lines_over_full_load(lines=len(chosen), in_person=in_person_courses or 0, full_load=full_load)
    for position, course in enumerate(chosen, start=1):
        CourseLine.objects.update_or_create(
            request=request,
            course=course,
            defaults={
                "position": position,
                "over_full_load": position > len(chosen) - over,
                "basis": Basis.ASKED if position > len(chosen) - over else Basis.DISTRICT,
            },
        )
    return request


@transaction.atomic
def correct_child(
    request_id: int, *, first_name: str, last_name: str, birth_date: dt.date, grade: int, relationship: str
) -> Claim:
    """The family mends what it typed, as long as nothing about this child was sent. Raises AlreadySent."""
    request = _draft(request_id)
    claim = Claim.objects.select_for_update().get(pk=request.claim_id)
    if claim.state != ClaimState.UNSENT:
        raise AlreadySent
    claim.first_name = first_name.strip()
    claim.last_name = last_name.strip()
    claim.birth_date = birth_date
    claim.grade = grade
    claim.relationship = relationship
    claim.save()
    return claim


@transaction.atomic
def discard_draft(request_id: int) -> None:
    """Throws a draft away, and with the last one what was typed about the child. Raises AlreadySent."""
    request = _draft(request_id)
    claim = Claim.objects.select_for_update().get(pk=request.claim_id)
    request.delete()
    if not claim.requests.exists():
        forget_unsent(claim)


@transaction.atomic
def submit(
    request_id: int,
    *,
    by: Membership,
    signed_name: str,
    acknowledged: Collection[int],
    has_iep_or_504: bool,
    at: dt.datetime,
) -> CourseRequest:
    """Signs and sends a draft: the clock starts, the family gets a receipt, the district a task (R-12, R-13, R-15).

    `acknowledged` are the ids of the statements ticked; every statement of the day is needed.
    Raises AlreadySent, ChildNotConfirmed, TermOver, NotEligible, CourseNotOnOffer, NotYetComplete.
    """
    request = _draft(request_id)
    request.claim = (
        Claim.objects.select_related("school").select_for_update(of=("self",)).get(pk=request.claim_id)
    )
    if request.claim.state == ClaimState.REFUSED:
        raise ChildNotConfirmed
    today = central_date(at)
    if not Term.objects.open_to_requests(today).filter(pk=request.term_id).exists():
        raise TermOver
    _refuse_ineligible(request.claim, on=today)
    course_ids = list(request.lines.order_by("position").values_list("course", flat=True))
    statements = list(CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=today))
    if not course_ids or request.in_person_courses is None or not signed_name.strip():
        raise NotYetComplete
    if {statement.pk for statement in statements} - set(acknowledged):
        raise NotYetComplete
    _on_offer(request, course_ids, at=at)
    clock = clocks.start(
        ClockKind.PART_TIME_DECISION,
        lea_id=request.lea_id,
        at=at,
        business_days=LegalValue.objects.whole(LegalKey.DECISION_DAYS, on=today),
        source="R-15",
    )
    request.has_iep_or_504 = has_iep_or_504
    send_claim(request.claim)
    request.submit(by=by.user, name=signed_name.strip(), at=at, clock=clock)
    request.save()
    Acknowledgement.objects.bulk_create(
        Acknowledgement(request=request, statement=statement, at=at) for statement in statements
    )
    Step.objects.create(request=request, kind=StepKind.SUBMITTED, at=at, by=by)
    notices.tell_submitted(request, at=at)
    return request


def _draft(request_id: int) -> CourseRequest:
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state != RequestState.DRAFT:
        raise AlreadySent
    return request


def _on_offer(request: CourseRequest, course_ids: Sequence[int], *, at: dt.datetime) -> list[Course]:
    """The courses in the order asked for, each of them on offer for the term."""
    found = courses_on_offer(request.term, on=central_date(at)).in_bulk(course_ids)
    if len(found) < len(set(course_ids)):
        raise CourseNotOnOffer
    return [found[course_id] for course_id in dict.fromkeys(course_ids)]


def _refuse_ineligible(claim: Claim, *, on: dt.date) -> None:
    for finding in eligibility(claim, on=on):
        if not finding.met:
            raise NotEligible(finding.sentence)
