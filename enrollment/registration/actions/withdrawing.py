"""A family or its district takes courses back: cancelled before they start, withdrawn from after (R-33, R-34)."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.actions import following
from enrollment.part_time.models import (
    OPEN_LINES,
    REVIEWING_ROLES,
    CourseLine,
    CourseLineQuerySet,
    CourseRequest,
    LineState,
    RequestState,
)
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import REGISTERING_ROLES, RosterLine, looked_after_by
from .ending import refuse_other_days
from .locking import locked_request

WITHDRAWING_ROLES = REGISTERING_ROLES | REVIEWING_ROLES


class MayNotWithdraw(Refusal):
    sentence = _("Only the family and staff of its district can take a course back.")


class NotSentYet(Refusal):
    sentence = _("This request was not sent yet. Throw the draft away instead.")


class NothingChosen(Refusal):
    sentence = _("Choose at least one course.")


class AlreadyTakenBack(Refusal):
    sentence = _("These courses were taken back or ended before. Nothing was done twice.")


class LastDayMissing(Refusal):
    sentence = _("A course that you chose runs. Say the last day on which the student works on it.")


def may_withdraw(request: CourseRequest, *, by: Membership) -> bool:
    """Whether this person may take courses of this request back: its family, or a district for another's child."""
    if by.is_family:
        return CourseRequest.objects.visible_to(by).filter(pk=request.pk).exists()
    if by.role not in WITHDRAWING_ROLES or Claim.objects.is_own_child(request.claim_id, of=by.user_id):
        return False
    return lines_to_follow(request, by=by).exists()


def lines_to_follow(request: CourseRequest, *, by: Membership) -> CourseLineQuerySet:
    """The courses of a request that this person's side looks after; the family: all that it asked for."""
    lines = request.lines.all()
    if by.is_family:
        return lines
    if not by.is_lea or by.organization_id is None or request.state == RequestState.DRAFT:
        return lines.none()
    return lines.filter(looked_after_by(by.organization_id))


@transaction.atomic
def withdraw(
    request_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    line_ids: Collection[int],
    last_day: dt.date | None = None,
    reason: str = "",
) -> list[CourseLine]:
    """Takes these lines of a request back, as far as they are open, and tells family, districts and providers at once.

    Of another district's lines it takes none. `last_day` is for those that run. Lines that ran stay for October and
    June. Returns the lines it took back.
    Raises MayNotWithdraw, NotSentYet, NothingChosen, AlreadyTakenBack, LastDayMissing, LastDayOutside.
    """
    request = locked_request(request_id)
    if not may_withdraw(request, by=by):
        raise MayNotWithdraw
    if request.state == RequestState.DRAFT:
        raise NotSentYet
    chosen = list(
        lines_to_follow(request, by=by)
        .select_for_update(of=("self",))
        .filter(pk__in=line_ids)
        .select_related("course__provider__organization")
        .order_by("pk")
    )
    if not chosen:
        raise NothingChosen
    lines = [line for line in chosen if line.state in OPEN_LINES]
    if not lines:
        raise AlreadyTakenBack
    today = central_date(at)
    for line in lines:
        line.request = request
        if line.state == LineState.ACTIVE:
            if last_day is None:
                raise LastDayMissing
            refuse_other_days(line, last_day, today=today)
    for line in lines:
        following.mark_taken_back(line, by=by, at=at, last_day=last_day or today, reason=reason)
    following.close_if_nothing_waits(request, at=at)
    roster_lines = RosterLine.objects.filter(line__in=lines).order_by("pk")
    notices.tell_withdrawn(request, lines, told=list(roster_lines), at=at)
    return lines
