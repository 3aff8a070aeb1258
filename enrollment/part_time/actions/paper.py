"""A request that came by phone, on paper or in person, entered for a family."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import Asker, Child, add_claim_for_family
from enrollment.records.age import age_on
from enrollment.records.models import Claim, Guardian, Relationship
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import (
    CodeMeaning,
    CodeSet,
    Lea,
    LegalKey,
    LegalValue,
    Term,
    TermCode,
)
from mocap_portal.foundation.shared.calendar import CENTRAL, central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Course

from .. import notices
from ..history import add_step
from ..models import (
    ENDED_LINES,
    Acknowledgement,
    Basis,
    Channel,
    CourseLine,
    CourseRequest,
    RequestState,
    StepKind,
    Unfinished,
)
from ..rules import listed_courses, places_over_full_load, usual_weekly_minutes, why_gone
from .asking import CourseNotOnOffer, refuse_ineligible
from .sending import NotYetComplete, start_decision_clock, start_review_clock

NOON = dt.time(12)
# As far ahead as a family may ask for a term; so a paper is never older than this before its term.
LOOK_AHEAD = dt.timedelta(days=365)


class InTheFuture(Refusal):
    sentence = _("This day is in the future. Enter the day on which it happened.")


class TermNotOpen(Refusal):
    sentence = _(
        "On the day the request came in, this term was over or more than a year away, or its school year is over "
        "now. Check the day and the term."
    )


class OfAge(Refusal):
    sentence = _(
        "This student is of age, so the request has to come from the student. Say that the student asks; or record on "
        "the student's page why a parent may still act, and enter the request then."
    )


class PaperMissing(Refusal):
    sentence = _("A request on paper needs its paper: scan or photograph the signed page and add the file.")


class AlreadyEntered(Refusal):
    """`request_id` is what was entered before."""

    def __init__(self, request: CourseRequest) -> None:
        self.request_id = request.pk
        super().__init__(
            _("This was already entered as request %(number)s. Nothing was entered twice.")
            % {"number": request.number}
        )


@dataclass(frozen=True, slots=True)
class AskedCourse:
    """One course that is asked for. `basis` is DISTRICT or PRIVATE; above a full load the district is asked (R-07)."""

    course_id: int
    basis: str = Basis.DISTRICT
    reason_id: int | None = None
    reason_words: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came: what the family said, by which way, and on which day."""

    channel: str
    came_on: dt.date
    term_id: int
    courses: Sequence[AskedCourse]
    in_person_courses: int
    signed_name: str
    has_iep_or_504: bool | None = None
    prior_semester: str = ""
    note: str = ""


def moment_of(day: dt.date, *, at: dt.datetime) -> dt.datetime:
    """The moment that stands for a day: noon in Missouri, of today this moment. Raises InTheFuture."""
    today = central_date(at)
    if day > today:
        raise InTheFuture
    return at if day == today else dt.datetime.combine(day, NOON, tzinfo=CENTRAL)


def terms_to_enter(*, on: dt.date, came_on: dt.date | None = None) -> QuerySet[Term]:
    """The terms for which staff may enter requests today (`on`): of school years that are not over, up to a year ahead.

    With `came_on`: those that could be asked for on the day the request came in. A term that ended some weeks ago is
    among them: what was approved for it has to enter, for its core data.
    """
    day = came_on or on
    terms = Term.objects.open_to_requests(day) if came_on else Term.objects.exclude(code=TermCode.SU)
    return terms.filter(starts_on__lte=day + LOOK_AHEAD, school_year__ends_on__gte=on)


@transaction.atomic
def enter_request(
    child: Child,
    asker: Asker,
    asked: Asked,
    *,
    by: Membership,
    at: dt.datetime,
    acknowledged: Collection[int],
    scan_id: UUID | None = None,
    entry_id: int | None = None,
) -> CourseRequest:
    """Enters and sends a request for a family; its clock runs from the day it came in (R-12, R-13, R-15).

    `acknowledged`: the statements that the paper or the family's word agrees to; each of that day is needed. A request
    on paper needs the scan of the signed page; one by phone or in person names who said it, and is marked as not
    signed. A window of the district that blocks holds for families only. `entry_id`: the unfinished entry that it comes
    from, which gives one request however often it is sent.
    Raises AlreadyEntered, InTheFuture, TermNotOpen, NotEligible, CourseNotOnOffer, NotYetComplete, PaperMissing, OfAge,
    and what `add_claim_for_family` raises.
    """
    entry = Unfinished.objects.select_for_update().get(pk=entry_id) if entry_id else None
    if entry is not None and "request" in entry.answers:
        raise AlreadyEntered(CourseRequest.objects.get(pk=entry.answers["request"]))
    if asked.channel == Channel.PAPER and scan_id is None:
        raise PaperMissing
    statements = list(CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=asked.came_on))
    if {statement.pk for statement in statements} - set(acknowledged):
        raise NotYetComplete
    request = _enter(child, asker, asked, by=by, at=at, scan_id=scan_id)
    _refuse_for_an_adult(request.claim, on=asked.came_on)
    assert request.submitted_at is not None
    Acknowledgement.objects.bulk_create(
        Acknowledgement(request=request, statement=statement, at=request.submitted_at)
        for statement in statements
    )
    if entry is not None:
        entry.answers = {"lea": request.lea_id, "request": request.pk}
        entry.save()
    notices.tell_entered(request, at=at)
    return request


def _refuse_for_an_adult(claim: Claim, *, on: dt.date) -> None:
    """Nobody asks for a student of age, unless a parent has a recorded basis (R-132). What is decided stays a fact."""
    if claim.relationship == Relationship.SELF:
        return
    if age_on(claim.birth_date, on) < LegalValue.objects.whole(LegalKey.ADULT_AGE, on=on):
        return
    with_a_basis = (
        Guardian.objects.with_access(on=on).exclude(adult_basis="").filter(student=claim.student_id)
    )
    if claim.student_id is None or not with_a_basis.exists():
        raise OfAge


def enter_decided(
    child: Child, asker: Asker, asked: Asked, *, by: Membership, at: dt.datetime
) -> CourseRequest:
    """A request whose decision on paper is recorded in the same transaction: its paper is where the decision's is.

    What it agrees to stands on that paper, so no statement is logged. Raises what `enter_request` raises.
    """
    return _enter(child, asker, asked, by=by, at=at, scan_id=None)


def _enter(
    child: Child, asker: Asker, asked: Asked, *, by: Membership, at: dt.datetime, scan_id: UUID | None
) -> CourseRequest:
    came_at, today = moment_of(asked.came_on, at=at), central_date(at)
    if not asked.courses or not asked.signed_name.strip():
        raise NotYetComplete
    term = terms_to_enter(came_on=asked.came_on, on=today).filter(pk=asked.term_id).first()
    if term is None:
        raise TermNotOpen
    # Two colleagues with the same paper queue up here; rows that point to the LEA do not wait for it.
    Lea.objects.select_for_update(no_key=True).get(pk=by.organization_id)
    claim = add_claim_for_family(child, asker, by=by, at=at)
    refuse_ineligible(claim, on=asked.came_on)
    chosen = _on_offer(term, asked)
    if same := _entered_before(claim, asked):
        raise AlreadyEntered(same)
    request = CourseRequest(
        claim=claim,
        lea_id=claim.school.lea_id,
        term=term,
        channel=asked.channel,
        in_person_courses=asked.in_person_courses,
        has_iep_or_504=asked.has_iep_or_504,
        prior_semester=asked.prior_semester,
        note=asked.note.strip(),
        started_at=came_at,
        touched_at=at,
        entered_by=by,
        scan_id=scan_id,
    )
    clock = start_decision_clock(request, at=came_at)
    request.review_clock = start_review_clock(request, at=came_at)
    request.submit(by=None, name=asked.signed_name.strip(), at=came_at, clock=clock)
    request.save()
    _add_lines(request, chosen, asked)
    add_step(request, StepKind.SUBMITTED, at=came_at, by=by)
    add_step(request, StepKind.ENTERED, at=at, by=by)
    return request


def _on_offer(term: Term, asked: Asked) -> dict[int, Course]:
    """The courses asked for, by key. Raises CourseNotOnOffer unless each was listed on that day (R-10).

    One that filled up since is taken: the paper was there before.
    """
    wanted = {course.course_id for course in asked.courses}
    found = listed_courses(term, on=asked.came_on).in_bulk(wanted)
    if missing := wanted - set(found):
        raise CourseNotOnOffer(why_gone(missing, term))
    return found


def _add_lines(request: CourseRequest, chosen: dict[int, Course], asked: Asked) -> None:
    """The lines in the order asked for. What the family pays anyway comes last when the load is counted (R-07)."""
    courses = list({course.course_id: course for course in asked.courses}.values())
    full_load = LegalValue.objects.whole(LegalKey.FULL_LOAD, on=asked.came_on)
    is_private = [course.basis == Basis.PRIVATE for course in courses]
    above = places_over_full_load(is_private, in_person=asked.in_person_courses, full_load=full_load)
    usual = usual_weekly_minutes(on=asked.came_on)
    CourseLine.objects.bulk_create(
        CourseLine(
            request=request,
            course=chosen[course.course_id],
            position=place + 1,
            over_full_load=place in above,
            basis=Basis.ASKED if place in above and course.basis == Basis.DISTRICT else course.basis,
            reason_id=course.reason_id,
            reason_words=course.reason_words,
            planned_minutes=chosen[course.course_id].weekly_minutes or usual,
        )
        for place, course in enumerate(courses)
    )


def _entered_before(claim: Claim, asked: Asked) -> CourseRequest | None:
    """What staff entered before for this child, term and day with one of these courses."""
    return (
        CourseRequest.objects.exclude(channel=Channel.PORTAL)
        .exclude(state=RequestState.CANCELLED)
        .filter(
            lea=claim.school.lea_id,
            term=asked.term_id,
            claim__first_name__iexact=claim.first_name,
            claim__last_name__iexact=claim.last_name,
            claim__birth_date=claim.birth_date,
            submitted_at__date=asked.came_on,  # TIME_ZONE is Missouri's
            lines__in=CourseLine.objects.filter(
                course__in=[course.course_id for course in asked.courses]
            ).exclude(state__in=ENDED_LINES),
        )
        .order_by("pk")
        .first()
    )
