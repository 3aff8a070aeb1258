"""Mails about a part-time request. None names the child, the MOSIS ID or the birth date (R-31): each links to the page.

Every function runs inside the transaction of what it tells.
"""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enrollment.records.models import Guardian
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role, User
from mocap_portal.foundation.clocks.models import ClockKind, ClockMove
from mocap_portal.foundation.directory.models import LeaPolicy
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.shared.calendar import central_date

from .models import CourseRequest, Decision
from .rules import deciding_roles


def family_of(request: CourseRequest) -> list[User]:
    """Who asked, and every confirmed guardian of the student: both parents are told the same (R-133)."""
    users = {request.claim.claimant}
    if request.claim.student_id is not None:
        guardians = Guardian.objects.active().filter(student=request.claim.student_id).select_related("user")
        users |= {guardian.user for guardian in guardians}
    return sorted(users, key=lambda user: user.pk)


def reviewers_of(request: CourseRequest, *, on: dt.date) -> list[User]:
    """Whose turn it is: the colleague it was given to, else everyone in the LEA who may review or decide it.

    Nobody who is family of the child (R-134).
    """
    if request.assigned_to is not None and request.assigned_to.ended_at is None:
        return [request.assigned_to.user]
    policy = LeaPolicy.objects.on(on).filter(lea=request.lea_id).first()
    roles = deciding_roles(policy) | {Role.COUNSELOR}
    return _people(request, roles)


def coordinators_of(request: CourseRequest) -> list[User]:
    return _people(request, {Role.COORDINATOR})


def state_office() -> list[User]:
    """Who is told when somebody is late (R-18)."""
    hats = Membership.objects.active().filter(role__in=DESE_ROLES).select_related("user").order_by("user")
    return [hat.user for hat in hats]


def tell_submitted(request: CourseRequest, *, at: dt.datetime) -> None:
    assert request.clock is not None and request.clock.due_on is not None  # submit() has just started it
    for user in family_of(request):
        with translation.override(user.language):
            _queue(
                request,
                "submitted",
                user,
                at=at,
                subject=_("We received your course request %(number)s"),
                sentences=[
                    _("Your request %(number)s was signed and sent to %(district)s."),
                    _("The district has to answer in writing by %(due)s."),
                    _("You can see every step on this page:"),
                ],
                page="part_time:status",
                due=_day(request.clock.due_on),
            )
    for user in reviewers_of(request, on=central_date(at)):
        with translation.override(user.language):
            _queue(
                request,
                "task",
                user,
                at=at,
                subject=_("New course request %(number)s, answer by %(due)s"),
                sentences=[
                    _("A family asks for virtual courses. Request %(number)s waits for your review."),
                    _("The answer is due by %(due)s."),
                ],
                page="part_time:review",
                due=_day(request.clock.due_on),
            )


def tell_decided(decision: Decision, *, at: dt.datetime) -> None:
    request = decision.line.request
    for user in family_of(request):
        with translation.override(user.language):
            _queue(
                request,
                f"decided:{decision.line_id}",
                user,
                at=at,
                subject=_("Your district decided about a course of request %(number)s"),
                sentences=[
                    _("%(district)s decided about a course of your request %(number)s."),
                    _("The letter with the decision and what you can do next is on this page:"),
                ],
                page="part_time:status",
            )


def tell_paused(request: CourseRequest, *, at: dt.datetime) -> None:
    for user in family_of(request):
        with translation.override(user.language):
            _queue(
                request,
                f"paused:{at.isoformat()}",
                user,
                at=at,
                subject=_("More time for your course request %(number)s"),
                sentences=[
                    _("The clock of your request %(number)s stands still while a school team does its part."),
                    _("The reason is on this page. We write to you when the clock runs again."),
                ],
                page="part_time:status",
            )


def tell_resumed(request: CourseRequest, *, at: dt.datetime) -> None:
    assert request.clock is not None
    request.clock.refresh_from_db()
    assert request.clock.due_on is not None  # it runs again
    for user in family_of(request):
        with translation.override(user.language):
            _queue(
                request,
                f"resumed:{at.isoformat()}",
                user,
                at=at,
                subject=_("The clock of your course request %(number)s runs again"),
                sentences=[
                    _("The school team has done its part on your request %(number)s."),
                    _("The district has to answer in writing by %(due)s."),
                ],
                page="part_time:status",
                due=_day(request.clock.due_on),
            )


def tell_moved(request: CourseRequest, move: ClockMove, *, at: dt.datetime) -> None:
    """A closed day moved a due day: the family and who has to act hear from which day to which, and why.

    Reviewers have to decide, coordinators to register what was approved.
    """
    is_decision = move.clock.kind == ClockKind.PART_TIME_DECISION
    staff = reviewers_of(request, on=central_date(at)) if is_decision else coordinators_of(request)
    people = [(user, "part_time:status") for user in family_of(request)]
    people += [(user, "part_time:review") for user in staff]
    for user, page in people:
        with translation.override(user.language):
            _queue(
                request,
                f"moved:{move.pk}",
                user,
                at=at,
                subject=_("New due date of course request %(number)s: %(due)s"),
                sentences=[
                    _("The state office confirmed that schools were closed on %(closed)s."),
                    _("That day does not count. Request %(number)s is now due by %(due)s instead of %(was)s.")
                    if is_decision
                    else _(
                        "That day does not count. The approved course of request %(number)s has to be registered "
                        "by %(due)s instead of %(was)s."
                    ),
                ],
                page=page,
                due=_day(move.due_on),
                was=_day(move.was_due_on),
                closed=_day(move.closed_day.date),
            )


def _people(request: CourseRequest, roles: Iterable[Role]) -> list[User]:
    hats = Membership.objects.in_organization(request.lea_id, *roles).select_related("user")
    family = {user.pk for user in family_of(request)}
    users = {hat.user for hat in hats if hat.user_id not in family}
    return sorted(users, key=lambda user: user.pk)


def _queue(
    request: CourseRequest,
    what: str,
    user: User,
    *,
    at: dt.datetime,
    subject: str,
    sentences: list[str],
    page: str,
    **names: str,
) -> None:
    names |= {"number": request.number, "district": request.lea.organization.name}
    address = settings.PORTAL_URL + reverse(page, args=[request.pk])
    papers.queue_notice(
        f"request:{request.pk}:{what}:{user.pk}",
        user=user,
        subject=subject % names,
        body="\n\n".join([*(sentence % names for sentence in sentences), address]),
        at=at,
    )


def _day(day: dt.date) -> str:
    return date_format(day, "DATE_FORMAT")
