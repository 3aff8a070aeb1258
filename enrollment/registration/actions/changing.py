"""What changes in a course that goes on: another course of the same provider, a later last day."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from enrollment.part_time import actions as part_time
from enrollment.part_time.actions import following
from enrollment.part_time.models import ENDED_LINES, Basis, CourseLine, LineState
from enrollment.part_time.rules import courses_on_offer, deciding_roles, planned_minutes
from enrollment.records.actions import refuse_own_child
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import LeaPolicy, LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import long_day
from providers.models import Course, CourseQuerySet

from .. import notices
from ..models import Extension, Party, RosterLine, Swap
from .locking import lea_of, locked_line, locked_roster_line, side_of
from .registering import FamilyPays

SWAPPABLE = frozenset({LineState.APPROVED, LineState.REGISTERED, LineState.CONFIRMED, LineState.ACTIVE})


class OnlyDecidersSwap(Refusal):
    sentence = _("Whoever decides about courses in the student's district can exchange one for another.")


class NotSwappable(Refusal):
    sentence = _("This course is over, was taken back or was exchanged before. Nothing was exchanged twice.")


class TooLateToSwap(Refusal):
    def __init__(self, last_day: dt.date) -> None:
        sentence = _(
            "A course can be exchanged until %(day)s. Now the family withdraws from this one and asks for another."
        )
        super().__init__(sentence % {"day": long_day(last_day)})


class AnotherProvider(Refusal):
    sentence = _(
        "This course is from another provider. The family named the provider and signed for it: ask the family for "
        "a new request."
    )


class CourseNotToBeHad(Refusal):
    sentence = _("This course cannot be had for the term of the request, or the student has it already.")


class EndsNoLater(Refusal):
    def __init__(self, ends_on: dt.date) -> None:
        sentence = _("The last day is %(day)s now. Choose a later one.")
        super().__init__(sentence % {"day": long_day(ends_on)})


# Another course -----------------------------------------------------------------------------------


def may_swap(line: CourseLine, *, by: Membership, on: dt.date) -> bool:
    """Whether this person decides in the district of the line, about a child that is not their own."""
    policy = LeaPolicy.objects.on(on).filter(lea=line.request.lea_id).first()
    return (
        by.organization_id == line.request.lea_id == lea_of(line)
        and by.role in deciding_roles(policy)
        and not Claim.objects.is_own_child(line.request.claim_id, of=by.user_id)
    )


def last_day_to_swap(line: CourseLine) -> dt.date | None:
    """So many calendar days after the first day; None as long as the course does not run."""
    if line.started_on is None:
        return None
    days = LegalValue.objects.whole(LegalKey.SWAP_DAYS, on=line.started_on)
    return line.started_on + dt.timedelta(days=days)


def is_swappable(line: CourseLine, *, on: dt.date) -> bool:
    """Whether the line is in a state, and the day in time, for an exchange."""
    last_day = last_day_to_swap(line)
    is_open = line.state in SWAPPABLE and line.basis != Basis.PRIVATE
    return is_open and (last_day is None or on <= last_day)


def courses_to_swap_for(line: CourseLine, *, on: dt.date) -> CourseQuerySet:
    """What the same provider offers for the term and the student has not in this request (R-11)."""
    taken = line.request.lines.exclude(state__in=ENDED_LINES).values("course")
    offered = courses_on_offer(line.request.term, on=on).filter(provider=line.course.provider_id)
    return offered.exclude(pk__in=taken)


@transaction.atomic
def swap(
    line_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    course_id: int,
    reason: str,
    asked_by: Party,
    asked_name: str,
    in_person_considered: bool,
) -> CourseLine:
    """The old course is taken back or withdrawn from; the new one is approved with its letter, to be registered next.

    Returns the new line. Raises OwnChild, OnlyDecidersSwap, NotSwappable, FamilyPays, TooLateToSwap,
    AnotherProvider (R-11), CourseNotToBeHad, InPersonNotConsidered.
    """
    old, today = locked_line(line_id), central_date(at)
    refuse_own_child(old.request.claim_id, by=by)
    if not may_swap(old, by=by, on=today):
        raise OnlyDecidersSwap
    if old.state not in SWAPPABLE:
        raise NotSwappable
    if old.basis == Basis.PRIVATE:
        raise FamilyPays
    last_day = last_day_to_swap(old)
    if last_day is not None and today > last_day:
        raise TooLateToSwap(last_day)
    course = _course_for(old, course_id, on=today)
    position = old.request.lines.aggregate(last=Max("position"))["last"] + 1
    following.mark_taken_back(old, by=by, at=at, last_day=today, reason=reason)
    new = CourseLine.objects.create(
        request=old.request,
        course=course,
        position=position,
        basis=old.basis,
        over_full_load=old.over_full_load,
        reason=old.reason,
        reason_words=old.reason_words,
        planned_minutes=planned_minutes(course, on=today),
        replaces=old,
    )
    Swap.objects.create(line=new, at=at, by=by, reason=reason, asked_by=asked_by, asked_name=asked_name)
    following.mark_swapped(new, by=by, at=at)
    part_time.approve(new.pk, by=by, at=at, in_person_considered=in_person_considered)
    new.refresh_from_db()
    notices.tell_swapped(new, told=RosterLine.objects.filter(line=old).first(), at=at)
    return new


def _course_for(old: CourseLine, course_id: int, *, on: dt.date) -> Course:
    course = Course.objects.filter(pk=course_id).first()
    if course is not None and course.provider_id != old.course.provider_id:
        raise AnotherProvider
    if course is None or not courses_to_swap_for(old, on=on).filter(pk=course_id).exists():
        raise CourseNotToBeHad
    return course


# A later last day ---------------------------------------------------------------------------------


@transaction.atomic
def extend(
    roster_line_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    ends_on: dt.date,
    reason: str,
    agreed_by: Party,
    agreed_name: str,
) -> Extension:
    """The last day moves to a later one, with a reason and who agreed. The same again changes nothing.

    Raises NotYourCourse, OwnChild, NotRunning, EndsNoLater.
    """
    roster_line = locked_roster_line(roster_line_id)
    line = roster_line.line
    side_of(line, by=by)
    if line.state not in {LineState.CONFIRMED, LineState.ACTIVE} or line.ends_on is None:
        raise following.NotRunning
    if ends_on <= line.ends_on:
        raise EndsNoLater(line.ends_on)
    extension = Extension.objects.create(
        line=line,
        at=at,
        by=by,
        was=line.ends_on,
        ends_on=ends_on,
        reason=reason,
        agreed_by=agreed_by,
        agreed_name=agreed_name,
    )
    following.mark_extended(line, by=by, at=at, ends_on=ends_on)
    notices.tell_extended(roster_line, at=at)
    return extension
