"""Mails about a part-time request. None names the child, the MOSIS ID or the birth date (R-31): each links to the page.

Every function runs inside the transaction of what it tells.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Guardian
from enrollment.records.notices import family_of_claim
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role, User
from mocap_portal.foundation.clocks.models import ClockKind, ClockMove
from mocap_portal.foundation.directory.models import LeaPolicy
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.shared.calendar import central_date

from .models import Amendment, CourseRequest, Decision
from .rules import deciding_roles

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def family_of(request: CourseRequest) -> list[User]:
    """Who may read this request."""
    return family_of_claim(request.claim)


def reviewers_of(request: CourseRequest, *, on: dt.date) -> list[User]:
    """Whose turn it is: the colleague it was given to, else everyone in the LEA who may review or decide it.

    Nobody who is family of the child (R-134).
    """
    owner = request.assigned_to
    if owner is not None and owner.ended_at is None and owner.user_id not in _family_keys(request):
        return [owner.user]
    policy = LeaPolicy.objects.on(on).filter(lea=request.lea_id).first()
    roles = deciding_roles(policy) | {Role.COUNSELOR}
    return _people(request, roles)


def counselors_of(request: CourseRequest) -> list[User]:
    """Who may advise about it: the counselor it was given to, else every counselor of the LEA."""
    owner = request.assigned_to
    is_counselor = owner is not None and owner.ended_at is None and owner.role == Role.COUNSELOR
    if owner is not None and is_counselor and owner.user_id not in _family_keys(request):
        return [owner.user]
    return _people(request, {Role.COUNSELOR})


def coordinators_of(request: CourseRequest) -> list[User]:
    """The coordinators of the request's LEA, or who stands in for them."""
    return coordinators_at(request.lea_id, request)


def coordinators_at(lea_id: int, request: CourseRequest) -> list[User]:
    """The coordinators of an LEA, or its administrators where there is none; none of the student's family (R-134)."""
    coordinators = _people(request, {Role.COORDINATOR}, lea_id=lea_id)
    return coordinators or _people(request, {Role.LEA_ADMIN}, lea_id=lea_id)


def stand_ins_at(lea_id: int, request: CourseRequest) -> list[User]:
    """The administrators of an LEA without a coordinator, as small charters are (R-18). They open no review pages."""
    if _people(request, {Role.COORDINATOR}, lea_id=lea_id):
        return []
    return _people(request, {Role.LEA_ADMIN}, lea_id=lea_id)


def state_office() -> list[User]:
    """Who is told when somebody is late (R-18)."""
    hats = Membership.objects.active().filter(role__in=DESE_ROLES).select_related("user").order_by("user")
    return [hat.user for hat in hats]


def tell_submitted(request: CourseRequest, *, at: dt.datetime) -> None:
    _tell_family(
        request,
        "submitted",
        subject=_("We received your course request %(number)s"),
        sentences=[
            _("Your request %(number)s was signed and sent to %(district)s."),
            _("The district has to answer in writing by %(due)s."),
            _("You can see every step on this page:"),
        ],
        at=at,
        due=_due_on(request),
    )
    _tell_reviewers(request, at=at)


def tell_entered(request: CourseRequest, *, at: dt.datetime) -> None:
    """Staff entered it for a family: reviewers are told as always, and of the family who has an account."""
    _tell_family(
        request,
        "entered",
        subject=_("Your district entered course request %(number)s for your family"),
        sentences=[
            _(
                "%(district)s entered request %(number)s, which your family made by phone, on paper or in person."
            ),
            _("The district has to answer in writing by %(due)s."),
            _("You can see every step on this page:"),
        ],
        at=at,
        due=_due_on(request),
    )
    _tell_reviewers(request, at=at)


def _tell_reviewers(request: CourseRequest, *, at: dt.datetime) -> None:
    _tell(
        request,
        reviewers_of(request, on=central_date(at)),
        "task",
        subject=_("New course request %(number)s, answer by %(due)s"),
        sentences=[
            _("A family asks for virtual courses. Request %(number)s waits for your review."),
            _("The answer is due by %(due)s."),
        ],
        page="part_time:review",
        at=at,
        due=_due_on(request),
    )


def tell_draft_waits(request: CourseRequest, *, at: dt.datetime) -> None:
    """Once for each draft that nobody went on with: nothing is sent yet."""
    _tell(
        request,
        [person for person in family_of(request) if person == request.claim.claimant],
        "draft",
        subject=_("Your course request is not sent yet"),
        sentences=[
            _("On %(started)s you began a request for virtual courses at %(district)s. It is still a draft."),
            _(
                "The district has not got it, and has no days to answer yet. Everything you chose is kept. Go on here:"
            ),
        ],
        page="part_time:courses",
        at=at,
        started=central_date(request.started_at),
    )


def tell_amended(amendment: Amendment) -> None:
    """The family gets a receipt of its change, and the district hears of it: before it opened the request or after."""
    request, at = amendment.request, amendment.at
    _tell_family(
        request,
        f"amended:{amendment.pk}",
        subject=_("Your course request %(number)s was changed"),
        sentences=[
            _("The change of your request %(number)s was signed and sent to %(district)s."),
            _("The due date stays as it was. What changed is on this page:"),
        ],
        at=at,
    )
    _tell(
        request,
        reviewers_of(request, on=central_date(at)),
        f"amended:{amendment.pk}:staff",
        subject=_("Course request %(number)s was changed by the family"),
        sentences=[
            _("A family changed its request %(number)s. The due date stays."),
            _("What stood there before and what stands there now is on this page:"),
        ],
        page="part_time:review",
        at=at,
    )


def tell_decided(decision: Decision, *, at: dt.datetime) -> None:
    """The family has a letter to read: the first one, or one that replaces another."""
    request = decision.line.request
    if decision.supersedes_id is not None:
        _tell_family(
            request,
            f"superseded:{decision.pk}",
            subject=_("Your district replaced its decision about a course of request %(number)s"),
            sentences=[
                _("%(district)s decided again about a course of your request %(number)s."),
                _("The new letter says why, and which letter no longer holds. It is on this page:"),
            ],
            at=at,
        )
        return
    _tell_family(
        request,
        f"decided:{decision.line_id}",
        subject=_("Your district decided about a course of request %(number)s"),
        sentences=[
            _("%(district)s decided about a course of your request %(number)s."),
            _("The letter with the decision and what you can do next is on this page:"),
        ],
        at=at,
    )


def tell_decided_on_paper(request: CourseRequest, *, at: dt.datetime) -> None:
    """One mail for all that was recorded from one paper, to those of the family who have an account."""
    _tell_family(
        request,
        f"decided on paper:{at.isoformat()}",
        subject=_("Your district recorded a decision on paper about course request %(number)s"),
        sentences=[
            _("%(district)s recorded here what it decided on paper about your request %(number)s."),
            _("The decision and what comes next are on this page:"),
        ],
        at=at,
    )


def tell_paused(request: CourseRequest, *, at: dt.datetime) -> None:
    _tell_family(
        request,
        f"paused:{at.isoformat()}",
        subject=_("More time for your course request %(number)s"),
        sentences=[
            _("The days to answer your request %(number)s stand still while a school team does its part."),
            _("The reason is on this page. We write to you when they go on."),
        ],
        at=at,
    )


def tell_resumed(request: CourseRequest, *, at: dt.datetime) -> None:
    _tell_family(
        request,
        f"resumed:{at.isoformat()}",
        subject=_("The days to answer your course request %(number)s go on again"),
        sentences=[
            _("The school team has done its part on your request %(number)s."),
            _("The district has to answer in writing by %(due)s."),
        ],
        at=at,
        due=_due_on(request),
    )


def tell_moved(request: CourseRequest, move: ClockMove, *, at: dt.datetime) -> None:
    """A closed day moved a due day: the family and who has to act hear from which day to which, and why.

    Reviewers have to decide, coordinators to register what was approved, counselors to advise. The days of the
    counselors are the district's own matter: the family is told about the others only.
    """
    if move.clock.kind == ClockKind.COUNSELOR_REVIEW:
        _tell_move_of_advice(request, move, at=at)
        return
    is_decision = move.clock.kind == ClockKind.PART_TIME_DECISION
    staff = reviewers_of(request, on=central_date(at)) if is_decision else coordinators_of(request)
    consequence = (
        _("That day does not count. Request %(number)s is now due by %(due)s instead of %(was)s.")
        if is_decision
        else _(
            "That day does not count. The approved course of request %(number)s has to be registered "
            "by %(due)s instead of %(was)s."
        )
    )
    # Administrators who stand in for a coordinator register as well, but open no request.
    stand_ins = [] if is_decision else stand_ins_at(request.lea_id, request)
    for people, page, path in (
        (family_of(request), "part_time:status", ""),
        ([] if stand_ins else staff, "part_time:review", ""),
        (stand_ins, "", reverse("registration:waiting")),
    ):
        _tell(
            request,
            people,
            f"moved:{move.pk}",
            subject=_("New due date of course request %(number)s: %(due)s"),
            sentences=[
                _("The state office confirmed that schools were closed on %(closed)s."),
                consequence,
            ],
            page=page,
            path=path,
            at=at,
            due=move.due_on,
            was=move.was_due_on,
            closed=move.closed_day.date,
        )


def _tell_move_of_advice(request: CourseRequest, move: ClockMove, *, at: dt.datetime) -> None:
    _tell(
        request,
        counselors_of(request),
        f"moved:{move.pk}",
        subject=_("New last day to advise about course request %(number)s: %(due)s"),
        sentences=[
            _("The state office confirmed that schools were closed on %(closed)s."),
            _(
                "That day does not count. Your advice about request %(number)s is now asked for by %(due)s instead of "
                "%(was)s."
            ),
        ],
        page="part_time:review",
        at=at,
        due=move.due_on,
        was=move.was_due_on,
        closed=move.closed_day.date,
    )


def _people(request: CourseRequest, roles: Iterable[Role], *, lea_id: int | None = None) -> list[User]:
    hats = Membership.objects.in_organization(lea_id or request.lea_id, *roles).select_related("user")
    family = _family_keys(request)
    users = {hat.user for hat in hats if hat.user_id not in family}
    return sorted(users, key=lambda user: user.pk)


def _family_keys(request: CourseRequest) -> set[int | None]:
    """Family stays family: also who has no access to the record any more reviews nothing about this child."""
    family = Guardian.objects.filter(student=request.claim.student_id).values_list("user", flat=True)
    return {request.claim.claimant_id, *family}


def _due_on(request: CourseRequest) -> dt.date:
    assert request.clock is not None  # it was sent
    request.clock.refresh_from_db()
    assert request.clock.due_on is not None  # it runs
    return request.clock.due_on


def _tell_family(
    request: CourseRequest,
    what: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    at: dt.datetime,
    **names: dt.date,
) -> None:
    """Tells those who may read the request, and leads them to where they follow it."""
    people = family_of(request)
    _tell(
        request,
        people,
        what,
        subject=subject,
        sentences=sentences,
        page="part_time:status",
        at=at,
        path="",
        **names,
    )


def _tell(
    request: CourseRequest,
    people: Iterable[User],
    what: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    page: str,
    at: dt.datetime,
    path: str = "",
    **names: dt.date,
) -> None:
    """`path`: where another page than one of the request is meant."""
    papers.tell(
        people,
        f"request:{request.pk}:{what}",
        subject=subject,
        sentences=sentences,
        path=path or reverse(page, args=[request.pk]),
        at=at,
        number=request.number,
        district=request.lea.organization.name,
        **names,
    )
