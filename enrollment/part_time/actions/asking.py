"""The family's draft: the child, its courses, what is told about each. The signature stands in `sending`."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import forget_unsent
from enrollment.records.models import Claim, ClaimState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue, Term
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Course

from ..history import add_step
from ..models import Basis, CourseLine, CourseRequest, RequestState, StepKind
from ..rules import Gone, courses_on_offer, eligibility, places_over_full_load, why_gone


class AlreadySent(Refusal):
    sentence = _("This request was already signed and sent. Nothing was sent twice.")


class TermOver(Refusal):
    sentence = _("This term cannot be chosen any more. Choose another term.")


class CourseNotOnOffer(Refusal):
    """`gone`: the courses that cannot be had any more, each with why. Empty where nobody knows the course."""

    sentence = _("A course you chose is no longer in the catalog for this term. Choose your courses again.")

    def __init__(self, gone: Sequence[Gone] = ()) -> None:
        self.gone = gone
        words = [_("“%(course)s”: %(why)s") % {"course": one.course.title, "why": one.why} for one in gone]
        super().__init__(" ".join(map(str, words)))


class NotEligible(Refusal):
    """`sentence` is that of the finding that is not met."""


class ChildNotConfirmed(Refusal):
    sentence = _(
        "The district did not confirm this child. Ask the district why, or check the name, the birth date and the "
        "school that you typed."
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a family tells about one course: why it asks (R- none: never a ground), and who pays above a full load.

    `basis` None: not said yet.
    """

    reason_id: int | None = None
    reason_words: str = ""
    basis: Basis | None = None


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
    refuse_ineligible(claim, on=today)
    request, created = CourseRequest.objects.get_or_create(
        claim=claim,
        term_id=term_id,
        state=RequestState.DRAFT,
        defaults={"lea_id": claim.school.lea_id, "started_at": at, "touched_at": at},
    )
    if created:
        add_step(request, StepKind.STARTED, at=at, by=by)
    return request


@transaction.atomic
def choose_courses(
    request_id: int,
    *,
    course_ids: Sequence[int] | None,
    in_person_courses: int | None,
    told: Mapping[int, Told] | None = None,
    at: dt.datetime,
) -> CourseRequest:
    """Replaces the courses of a draft, in the order given. Raises AlreadySent, CourseNotOnOffer (R-10).

    None for `course_ids` leaves the courses as they are, also those that are gone from the catalog.
    `in_person_courses` is None until the family says it; which courses lie over a full load is open until then.
    `told`, by the key of the course, replaces what was told about it; courses that are not in it keep what they have.
    """
    request = _draft(request_id)
    chosen = None if course_ids is None else on_offer(request, course_ids, at=at)
    request.in_person_courses = in_person_courses
    request.touched_at = at
    request.save()
    today = central_date(at)
    full_load = LegalValue.objects.whole(LegalKey.FULL_LOAD, on=today)
    reasons = set(CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=today).values_list("pk", flat=True))
    lines = list(request.lines.order_by("position", "pk"))
    if chosen is not None:
        request.lines.exclude(course__in=chosen).delete()
        there = {line.course_id: line for line in lines}
        lines = [there.get(course.pk) or CourseLine(request=request, course=course) for course in chosen]
    for line in lines:
        if told is not None and line.course_id in told:
            answer = told[line.course_id]
            line.reason_id = answer.reason_id if answer.reason_id in reasons else None
            line.reason_words = answer.reason_words.strip()
            line.basis = answer.basis or Basis.DISTRICT
    is_private = [line.basis == Basis.PRIVATE for line in lines]
    above = places_over_full_load(is_private, in_person=in_person_courses or 0, full_load=full_load)
    for place, line in enumerate(lines):
        line.position = place + 1
        line.over_full_load = place in above
        if not line.over_full_load:  # nobody is asked to pay for it any more
            line.basis = Basis.DISTRICT
        line.save()
    return request


@transaction.atomic
def answer_draft(
    request_id: int, *, has_iep_or_504: bool | None, prior_semester: str, note: str, at: dt.datetime
) -> CourseRequest:
    """Keeps the answers of the last page before they are signed, so that it can be left. Raises AlreadySent."""
    request = _draft(request_id)
    request.has_iep_or_504 = has_iep_or_504
    request.prior_semester = prior_semester
    request.note = note.strip()
    request.touched_at = at
    request.save()
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


def on_offer(request: CourseRequest, course_ids: Sequence[int], *, at: dt.datetime) -> list[Course]:
    """The courses in the order asked for, each of them on offer for the term. Raises CourseNotOnOffer."""
    found = courses_on_offer(request.term, on=central_date(at)).in_bulk(course_ids)
    if missing := set(course_ids) - set(found):
        raise CourseNotOnOffer(why_gone(missing, request.term))
    return [found[course_id] for course_id in dict.fromkeys(course_ids)]


def refuse_ineligible(claim: Claim, *, on: dt.date) -> None:
    for finding in eligibility(claim, on=on):
        if not finding.met:
            raise NotEligible(finding.sentence)


def _draft(request_id: int) -> CourseRequest:
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state != RequestState.DRAFT:
        raise AlreadySent
    return request
