"""The two clocks of a request: the legal one to decide, and the counselor's part of it, where there is one.

Whoever pauses, resumes or ends the first does it to the second in the same breath. The caller holds the request.
"""

import datetime as dt

from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.calendar import central_date

from ..models import CourseRequest


def pause(request: CourseRequest, *, at: dt.datetime, reason: str) -> None:
    """Raises AlreadyPaused, PastDue or AlreadyStopped of the clocks; the counselor's clock, if late, stays late."""
    assert request.clock_id is not None  # it was submitted
    clocks.pause(request.clock_id, at=at, reason=reason)
    review_clock = _review_clock(request)
    if review_clock and review_clock.due_on is not None and review_clock.due_on >= central_date(at):
        clocks.pause(review_clock.pk, at=at, reason=reason)


def resume(request: CourseRequest, *, at: dt.datetime) -> None:
    """Raises NotPaused or AlreadyStopped of the clocks."""
    assert request.clock_id is not None  # it was submitted
    clocks.resume(request.clock_id, at=at)
    review_clock = _review_clock(request)
    if review_clock and review_clock.is_paused:
        clocks.resume(review_clock.pk, at=at)


def stop(request: CourseRequest, *, at: dt.datetime) -> None:
    """The request is decided, or was taken back. Raises AlreadyStopped of the clocks."""
    assert request.clock_id is not None  # it was submitted
    clocks.stop(request.clock_id, at=at)
    stop_review(request, at=at)


def stop_review(request: CourseRequest, *, at: dt.datetime) -> None:
    """The counselor has advised, or need not any more. Does nothing where that clock never ran or has stopped."""
    if review_clock := _review_clock(request):
        clocks.stop(review_clock.pk, at=at)


def _review_clock(request: CourseRequest) -> Clock | None:
    """The counselor's clock, if it has not stopped."""
    if request.review_clock_id is None:
        return None
    return Clock.objects.unfinished().filter(pk=request.review_clock_id).first()
