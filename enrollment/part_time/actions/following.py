"""What the registration tells a line: it was sent, confirmed, started, and how it ended.

`line` is locked by the caller's transaction, and its request before it. Each raises a refusal of its own when the line
stands elsewhere, and writes the step that the family reads.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..history import add_step
from ..models import CourseLine, CourseRequest, LineState, RequestState, StepKind
from . import timing


class NotApproved(Refusal):
    sentence = _("Only an approved course can be registered.")


class NotRegistered(Refusal):
    sentence = _("Only a registered course can be confirmed.")


class NotConfirmed(Refusal):
    sentence = _(
        "Only a course that the provider confirmed can start. Reload the page to see where it stands."
    )


class NotRunning(Refusal):
    sentence = _("This course does not run. Reload the page to see where it stands.")


class NotFinished(Refusal):
    sentence = _("The provider has not said how this course ended. Reload the page to see where it stands.")


class AlreadyEnded(Refusal):
    sentence = _(
        "This course was ended or taken back before. Reload the page to see it. Nothing was done twice."
    )


def mark_registered(line: CourseLine, *, by: Membership, at: dt.datetime, confirmation_clock: Clock) -> None:
    """The provider was told and its clock runs. Raises NotApproved (R-28)."""
    with _refusing(NotApproved):
        line.register(confirmation_clock=confirmation_clock)
    line.save()
    if line.registration_clock_id is not None:
        clocks.stop(line.registration_clock_id, at=at)
    _step(line, StepKind.REGISTERED, by=by, at=at)


def mark_confirmed(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    section: str,
    teacher_name: str,
) -> None:
    """The provider has the student in a section from `starts_on`. Raises NotRegistered."""
    with _refusing(NotRegistered):
        line.confirm(starts_on=starts_on, ends_on=ends_on, section=section, teacher_name=teacher_name)
    line.save()
    _step(line, StepKind.CONFIRMED, by=by, at=at)


def mark_started(line: CourseLine, *, by: Membership | None, at: dt.datetime, on: dt.date) -> None:
    """The course runs from this day on; `by` is None where the night started it. Raises NotConfirmed."""
    with _refusing(NotConfirmed):
        line.start(on=on)
    line.save()
    _step(line, StepKind.RUNNING, by=by, at=at)


def mark_extended(line: CourseLine, *, by: Membership, at: dt.datetime, ends_on: dt.date) -> None:
    """The last day that was planned moved. Raises NotRunning once the course is over."""
    if line.state not in {LineState.CONFIRMED, LineState.ACTIVE}:
        raise NotRunning
    line.ends_on = ends_on
    line.save()
    _step(line, StepKind.EXTENDED, by=by, at=at)


def mark_finished(
    line: CourseLine, *, by: Membership, at: dt.datetime, on: dt.date, percent_complete: int, final_grade: str
) -> None:
    """The provider said how it ended. Raises NotRunning."""
    with _refusing(NotRunning):
        line.finish(on=on, percent_complete=percent_complete, final_grade=final_grade)
    line.save()
    _step(line, StepKind.FINISHED, by=by, at=at)


def mark_returned(line: CourseLine) -> None:
    """The district did not take the result: the course runs until the provider says it again. Raises NotFinished."""
    with _refusing(NotFinished):
        line.reopen()
    line.save()


def mark_completed(line: CourseLine, *, by: Membership, at: dt.datetime, credit_earned: Decimal) -> None:
    """The district gave the credit. Raises NotFinished."""
    with _refusing(NotFinished):
        line.complete(credit_earned=credit_earned)
    line.save()
    _step(line, StepKind.COMPLETED, by=by, at=at)


def mark_removed(line: CourseLine, *, by: Membership, at: dt.datetime, on: dt.date, reason: str) -> None:
    """District or provider ended a course that does not serve the student. Raises AlreadyEnded."""
    with _refusing(AlreadyEnded):
        line.remove(on=on, reason=reason)
    line.save()
    _stop_clocks(line, at=at)
    _step(line, StepKind.REMOVED, by=by, at=at)


def mark_taken_back(
    line: CourseLine, *, by: Membership, at: dt.datetime, last_day: dt.date, reason: str
) -> None:
    """A running course is withdrawn from as of its `last_day`, any other cancelled today. Raises AlreadyEnded.

    A line that ran stays for October and June (R-33). Its clocks stop; what then becomes of the request says
    `close_if_nothing_waits`.
    """
    runs = line.state == LineState.ACTIVE
    with _refusing(AlreadyEnded):
        if runs:
            line.withdraw(on=last_day, reason=reason)
        else:
            line.cancel(reason=reason)
            line.ended_on = central_date(at)
    line.save()
    _stop_clocks(line, at=at)
    _step(line, StepKind.WITHDRAWN if runs else StepKind.CANCELLED, by=by, at=at)


def mark_swapped(line: CourseLine, *, by: Membership, at: dt.datetime) -> None:
    """This line took another's place."""
    _step(line, StepKind.SWAPPED, by=by, at=at)


def close_if_nothing_waits(request: CourseRequest, *, at: dt.datetime) -> None:
    """Closes a request of which no line waits for a decision any more; its clocks stop.

    Where every line was taken back before one was decided, the request itself is taken back.
    """
    lines = list(request.lines.all())
    if request.state != RequestState.SUBMITTED or any(line.state == LineState.REQUESTED for line in lines):
        return
    if all(line.state == LineState.CANCELLED and line.decision_id is None for line in lines):
        request.cancel()
    else:
        request.close()
    request.save()
    timing.stop(request, at=at)


def _stop_clocks(line: CourseLine, *, at: dt.datetime) -> None:
    """Nobody has to register or confirm this line any more."""
    for clock_id in (line.registration_clock_id, line.confirmation_clock_id):
        _stop_if_running(clock_id, at=at)


def _stop_if_running(clock_id: int | None, *, at: dt.datetime) -> None:
    if clock_id is not None and Clock.objects.unfinished().filter(pk=clock_id).exists():
        clocks.stop(clock_id, at=at)


def _step(line: CourseLine, kind: StepKind, *, by: Membership | None, at: dt.datetime) -> None:
    add_step(line.request, kind, at=at, by=by, line=line)


@contextmanager
def _refusing(refusal: type[Refusal]) -> Iterator[None]:
    """A transition that is not allowed becomes a sentence."""
    try:
        yield
    except TransitionNotAllowed as error:
        raise refusal from error
