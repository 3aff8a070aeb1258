"""How a course ends: the provider reports, the district gives the credit; or one of them ends it early."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.actions import following
from enrollment.part_time.models import CourseLine, LineState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day

from .. import notices
from ..models import Result, RosterLine
from .locking import (
    locked_line,
    locked_roster_line,
    refuse_other_providers,
    refuse_strangers,
    roster_line_of,
    side_of,
)


class AlreadyFinished(Refusal):
    sentence = _("It was already reported how this course ended. Reload the page to see it.")


class AlreadyCompleted(Refusal):
    sentence = _("The credit of this course was already confirmed. Reload the page to see it.")


class LastDayOutside(Refusal):
    def __init__(self, first: dt.date, last: dt.date) -> None:
        sentence = _("The last day lies between %(first)s and %(last)s.")
        super().__init__(sentence % {"first": long_day(first), "last": long_day(last)})


class TooMuchCredit(Refusal):
    def __init__(self, most: Decimal) -> None:
        sentence = _("This course earns at most %(most)s credits.")
        super().__init__(sentence % {"most": most})


@transaction.atomic
def finish(
    roster_line_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    on: dt.date,
    result: Result,
    percent_complete: int,
    final_grade: str,
) -> RosterLine:
    """The provider says how it ended; the district confirms the credit.

    Raises NotYourRoster, AlreadyFinished, NotRunning, LastDayOutside.
    """
    roster_line = locked_roster_line(roster_line_id)
    line = roster_line.line
    refuse_other_providers(line, by=by)
    if line.state in {LineState.FINISHED, LineState.COMPLETED}:
        raise AlreadyFinished
    if line.state != LineState.ACTIVE:
        raise following.NotRunning
    refuse_other_days(line, on, today=central_date(at))
    roster_line.result = result
    roster_line.returned_because = ""
    roster_line.save()
    following.mark_finished(
        line, by=by, at=at, on=on, percent_complete=percent_complete, final_grade=final_grade
    )
    notices.tell_finished(roster_line, at=at)
    return roster_line


@transaction.atomic
def confirm_result(line_id: int, *, by: Membership, at: dt.datetime, credit_earned: Decimal) -> CourseLine:
    """The district gives the credit, none up to all of the course's.

    Raises OnlyStaffRegisters, OwnChild, AlreadyCompleted, NotFinished, TooMuchCredit.
    """
    line = locked_line(line_id)
    refuse_strangers(line, by=by)
    if line.state == LineState.COMPLETED:
        raise AlreadyCompleted
    if line.state != LineState.FINISHED:
        raise following.NotFinished
    if not 0 <= credit_earned <= line.course.credits:
        raise TooMuchCredit(line.course.credits)
    following.mark_completed(line, by=by, at=at, credit_earned=credit_earned)
    notices.tell_completed(roster_line_of(line), at=at)
    return line


@transaction.atomic
def return_result(line_id: int, *, by: Membership, at: dt.datetime, reason: str) -> CourseLine:
    """The district does not take the result: the provider reads why and reports again.

    Raises OnlyStaffRegisters, OwnChild, AlreadyCompleted, NotFinished.
    """
    line = locked_line(line_id)
    refuse_strangers(line, by=by)
    if line.state == LineState.COMPLETED:
        raise AlreadyCompleted
    following.mark_returned(line)
    roster_line = roster_line_of(line)
    roster_line.returned_because = reason
    roster_line.result = ""
    roster_line.save()
    notices.tell_returned(roster_line, at=at)
    return line


@transaction.atomic
def remove(roster_line_id: int, *, by: Membership, at: dt.datetime, on: dt.date, reason: str) -> RosterLine:
    """District or provider ends a course that does not serve the student; `on` is the last day of one that runs.

    Raises NotYourCourse, OwnChild, AlreadyEnded, LastDayOutside.
    """
    roster_line = locked_roster_line(roster_line_id)
    line = roster_line.line
    side_of(line, by=by)
    if line.state not in {LineState.CONFIRMED, LineState.ACTIVE}:
        raise following.AlreadyEnded
    refuse_other_days(line, on, today=central_date(at))
    following.mark_removed(line, by=by, at=at, on=on, reason=reason)
    notices.tell_removed(roster_line, at=at)
    return roster_line


def refuse_other_days(line: CourseLine, day: dt.date, *, today: dt.date) -> None:
    """A last day is not before the first day and not still to come. Raises LastDayOutside."""
    first = line.started_on or min(line.starts_on or today, today)
    if not first <= day <= today:
        raise LastDayOutside(first, today)
