"""The district looks at a request: opens it, hands it to a colleague, hears its IEP or 504 team."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..history import add_step
from ..models import CourseRequest, RequestState, StepKind, TeamOutcome, TeamReview
from . import timing
from .deciding import AlreadyDecided


class NotAReviewer(Refusal):
    sentence = _("This person cannot review the request. Choose a colleague of your district who may.")


class NotPaused(Refusal):
    sentence = _("The clock of this request is not paused.")


class AlreadyPaused(Refusal):
    sentence = _("The clock of this request is paused already.")


class PastDue(Refusal):
    sentence = _("This request is past its due date. A clock that has run out cannot be paused.")


class NotTheTeamsDay(Refusal):
    sentence = _("The team met between the day the request was sent and today. Check the date.")


class NoTeamWords(Refusal):
    sentence = _("Say in words what the team found: which help is needed, or why the course does not suit.")


@transaction.atomic
def mark_opened(request_id: int, *, by: Membership, at: dt.datetime) -> CourseRequest:
    """The first look by the district is a step that the family sees. A second look changes nothing."""
    request = CourseRequest.objects.select_for_update().get(pk=request_id)
    if request.opened_at is None:
        request.opened_at = at
        request.save()
        add_step(request, StepKind.OPENED, at=at, by=by)
    return request


@transaction.atomic
def assign(request_id: int, *, to: Membership | None) -> CourseRequest:
    """Whose request this is: one of the LEA's reviewers, or nobody's. Raises NotAReviewer."""
    request = CourseRequest.objects.select_for_update().get(pk=request_id)
    if to is not None and not _may_review(to, request):
        raise NotAReviewer
    request.assigned_to = to
    request.save()
    return request


@transaction.atomic
def pause_for_team(request_id: int, *, by: Membership, at: dt.datetime, reason: str) -> CourseRequest:
    """The IEP or 504 team needs time: the only pause there is (R-17). The family is told why.

    Raises AlreadyDecided, AlreadyPaused, PastDue.
    """
    request = _waiting(request_id)
    try:
        timing.pause(request, at=at, reason=reason)
    except clocks.AlreadyPaused as error:
        raise AlreadyPaused from error
    except clocks.PastDue as error:
        raise PastDue from error
    add_step(request, StepKind.PAUSED, at=at, by=by)
    notices.tell_paused(request, at=at)
    return request


@transaction.atomic
def resume_after_team(
    request_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    met_on: dt.date,
    outcome: TeamOutcome,
    words: str = "",
) -> TeamReview:
    """The team is done: what it found is kept, and the remaining days run again (R-17, R-27).

    `words` may stay empty only where the course suits as it is.
    Raises AlreadyDecided, NotPaused, NotTheTeamsDay, NoTeamWords.
    """
    request = _waiting(request_id)
    assert request.submitted_at is not None  # it waits
    if not central_date(request.submitted_at) <= met_on <= central_date(at):
        raise NotTheTeamsDay
    if outcome != TeamOutcome.SUITS and not words.strip():
        raise NoTeamWords
    try:
        timing.resume(request, at=at)
    except clocks.NotPaused as error:
        raise NotPaused from error
    review = TeamReview.objects.create(
        request=request, at=at, by=by, met_on=met_on, outcome=outcome, words=words.strip()
    )
    add_step(request, StepKind.RESUMED, at=at, by=by)
    notices.tell_resumed(request, at=at)
    return review


def _may_review(hat: Membership, request: CourseRequest) -> bool:
    return hat.ended_at is None and CourseRequest.objects.reviewable_by(hat).filter(pk=request.pk).exists()


def _waiting(request_id: int) -> CourseRequest:
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    if request.state != RequestState.SUBMITTED:
        raise AlreadyDecided
    return request
