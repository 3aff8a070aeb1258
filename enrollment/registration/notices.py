"""Mails about a registration. None names the child, the MOSIS ID or the birth date (R-31)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.part_time.notices import coordinators_at, coordinators_of, family_of
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, User
from mocap_portal.foundation.clocks.models import ClockMove
from mocap_portal.foundation.papers import actions as papers

from .models import REGISTERING_ROLES, PayerChange, RosterLine

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def staff_of(roster_line: RosterLine) -> list[User]:
    """The provider's people."""
    hats = Membership.objects.in_organization(roster_line.provider_id, *PROVIDER_ROLES)
    return hats.people()


def district_of(request: CourseRequest, *, sender: Membership | None = None) -> list[User]:
    """The LEA's coordinators, and whoever was given the request or sent the registration. None of them is family."""
    people = set(coordinators_of(request))
    family = {user.pk for user in family_of(request)}
    for hat in (request.assigned_to, sender):
        if hat is not None and hat.ended_at is None and hat.user_id not in family:
            people.add(hat.user)
    return sorted(people, key=lambda user: user.pk)


def registrars_of(request: CourseRequest, *, sender: Membership | None = None) -> list[User]:
    """Those of them who may open the page of the registration."""
    users = {user.pk: user for user in district_of(request, sender=sender)}
    hats = Membership.objects.in_organization(request.lea_id, *REGISTERING_ROLES).filter(user__in=users)
    return [users[key] for key in sorted(set(hats.values_list("user", flat=True)))]


def payers_of(roster_line: RosterLine) -> list[User]:
    """Who looks after a registered course: in the LEA that sent it, or in the one that the student moved to."""
    request = roster_line.line.request
    if roster_line.lea_id == request.lea_id:
        return registrars_of(request, sender=roster_line.sent_by)
    return coordinators_at(roster_line.lea_id, request)


def tell_registered(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """The provider has a new student to confirm; the family hears that the district has done its part."""
    due = roster_line.clock.due_on
    assert due is not None  # register() has just started it
    _tell(
        roster_line,
        staff_of(roster_line),
        "roster",
        subject=_("A new student on your roster, confirm by %(due)s"),
        sentence=_("%(district)s registered a student in one of your courses. Please confirm by %(due)s."),
        path=_provider_page(roster_line),
        at=at,
        due=due,
    )
    _tell(
        roster_line,
        family_of(roster_line.line.request),
        "registered",
        subject=_("A course of request %(number)s was sent to its provider"),
        sentence=_("%(district)s registered the approved course. %(provider)s has to confirm by %(due)s."),
        path=_family_page(roster_line),
        at=at,
        due=due,
    )


def tell_confirmed(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """Family and district hear that the course can begin: who sent it, or the district that pays now (R-72)."""
    sender = roster_line.sent_by
    is_theirs = sender.ended_at is None and sender.organization_id == roster_line.lea_id
    district = [sender.user] if is_theirs else payers_of(roster_line)
    for people, path in (
        (family_of(roster_line.line.request), _family_page(roster_line)),
        (district, reverse("registration:line", args=[roster_line.line_id])),
    ):
        _tell(
            roster_line,
            people,
            "confirmed",
            subject=_("A course of request %(number)s is confirmed"),
            sentence=_("%(provider)s confirmed the course. The first day and the section are on this page:"),
            path=path,
            at=at,
        )


def tell_swapped(new: CourseLine, *, told: RosterLine | None, at: dt.datetime) -> None:
    """Family and district hear of the other course; the provider, where it was told of the first one (R-34)."""
    request = new.request
    for people, path in (
        (family_of(request), _course_page(new)),
        (registrars_of(request), reverse("registration:line", args=[new.pk])),
    ):
        _tell_about(
            request,
            people,
            f"line:{new.pk}:swapped",
            subject=_("A course of request %(number)s was exchanged for another"),
            sentence=_(
                "%(district)s exchanged a course for another one of %(provider)s. The new course is approved and goes "
                "to the provider next. What was exchanged is on this page:"
            ),
            path=path,
            at=at,
            provider=new.course.provider.organization.name,
        )
    if told is not None:
        _tell(
            told,
            staff_of(told),
            "swapped",
            subject=_("A student on your roster changes to another of your courses"),
            sentence=_(
                "%(district)s exchanged a course of a student for another one of yours. The first course ended today; "
                "the other comes to your roster as soon as the district registers it."
            ),
            path=_provider_page(told),
            at=at,
        )


def tell_extended(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """Everybody hears of the later last day."""
    ends_on = roster_line.line.ends_on
    assert ends_on is not None  # extend() has just set it
    _tell_everybody(
        roster_line,
        f"extended:{ends_on}",
        subject=_("A course of request %(number)s now ends on %(due)s"),
        sentence=_("The last day of a course of %(provider)s moved to %(due)s. The reason is on this page:"),
        at=at,
        due=ends_on,
    )


def tell_finished(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """The district has a result to confirm; the family hears that the course is over."""
    request = roster_line.line.request
    _tell(
        roster_line,
        payers_of(roster_line),
        f"finished:{at.isoformat()}",
        subject=_("A course of request %(number)s is finished: please confirm the credit"),
        sentence=_("%(provider)s reported how a course ended. Please confirm the credit, or send it back."),
        path=_district_page(roster_line),
        at=at,
    )
    _tell(
        roster_line,
        family_of(request),
        f"finished:{at.isoformat()}",
        subject=_("A course of request %(number)s is finished"),
        sentence=_("%(provider)s reported how the course ended. %(district)s confirms the credit next."),
        path=_family_page(roster_line),
        at=at,
    )


def tell_completed(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """Family and provider hear that the district confirmed the result."""
    for people, path in (
        (family_of(roster_line.line.request), _course_page(roster_line.line)),
        (staff_of(roster_line), _provider_page(roster_line)),
    ):
        _tell(
            roster_line,
            people,
            "completed",
            subject=_("The credit of a course of request %(number)s is confirmed"),
            sentence=_("%(district)s confirmed how the course ended and the credit for it."),
            path=path,
            at=at,
        )


def tell_returned(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """The provider has to report again; the reason is on its page."""
    _tell(
        roster_line,
        staff_of(roster_line),
        f"returned:{at.isoformat()}",
        subject=_("A result that you reported came back"),
        sentence=_(
            "%(district)s sent the result of a course back. Why, and the form to report again, is here:"
        ),
        path=_provider_page(roster_line),
        at=at,
    )


def tell_removed(roster_line: RosterLine, *, at: dt.datetime) -> None:
    """Everybody hears on the same day that the course was ended; the reason is on the page."""
    _tell_everybody(
        roster_line,
        "removed",
        subject=_("A course of request %(number)s was ended"),
        sentence=_(
            "A course of %(provider)s was ended because it did not serve the student. Read why on this page:"
        ),
        at=at,
    )


def tell_withdrawn(
    request: CourseRequest, lines: Sequence[CourseLine], *, told: Sequence[RosterLine], at: dt.datetime
) -> None:
    """Family and district hear it once for all courses, and each provider that was told of one for that one (R-34).

    Of a course that another district pays for, that one hears instead: the first one can read no more of it.
    """
    key = f"line:{min(line.pk for line in lines)}:withdrawn"
    elsewhere = {roster_line.line_id for roster_line in told if roster_line.lea_id != request.lea_id}
    has_own = any(line.pk not in elsewhere for line in lines)
    for people, path in (
        (family_of(request), reverse("part_time:status", args=[request.pk])),
        (district_of(request) if has_own else [], reverse("registration:withdraw", args=[request.pk])),
    ):
        _tell_about(
            request,
            people,
            key,
            subject=_("Courses of request %(number)s were taken back"),
            sentence=_(
                "Courses of request %(number)s at %(district)s were taken back today. Which ones is on this page:"
            ),
            path=path,
            at=at,
        )
    for roster_line in told:
        if roster_line.lea_id != request.lea_id:
            _tell(
                roster_line,
                payers_of(roster_line),
                "withdrawn",
                subject=_("A course of request %(number)s was taken back"),
                sentence=_(
                    "A student of %(district)s stops in a course of %(provider)s. The last day is here:"
                ),
                path=_district_page(roster_line),
                at=at,
            )
        _tell(
            roster_line,
            staff_of(roster_line),
            "withdrawn",
            subject=_("A student on your roster was withdrawn"),
            sentence=_(
                "A student whom %(district)s registered in one of your courses stops. The last day is on this page:"
            ),
            path=_provider_page(roster_line),
            at=at,
        )


def tell_payer_changed(change: PayerChange, roster_line: RosterLine, *, at: dt.datetime) -> None:
    """Provider, family and both LEAs hear from which day another LEA pays for a course that goes on (R-72)."""
    request, what = roster_line.line.request, f"pays:{change.pk}"
    _tell(
        roster_line,
        staff_of(roster_line),
        what,
        subject=_("A student on your roster moved to %(district)s"),
        sentence=_("The course goes on. From %(day)s on %(district)s pays for it and is whom you ask."),
        path=_provider_page(roster_line),
        at=at,
        day=change.pays_from,
    )
    _tell(
        roster_line,
        family_of(request),
        what,
        subject=_("The course of request %(number)s goes on in the new district"),
        sentence=_(
            "The course of %(provider)s goes on as it is. From %(day)s on %(district)s pays for it; you have to do "
            "nothing."
        ),
        path=_course_page(roster_line.line),
        at=at,
        day=change.pays_from,
    )
    for lea_id, sentence in (
        (
            change.to_lea_id,
            _("A student came to you with a running course. You pay from %(day)s on: arrange it."),
        ),
        (
            change.from_lea_id,
            _("A student left with a running course. From %(day)s on %(district)s pays for it."),
        ),
    ):
        _tell(
            roster_line,
            coordinators_at(lea_id, request),
            what,
            subject=_("From %(day)s on another district pays for a course"),
            sentence=sentence,
            path=reverse("registration:payers"),
            at=at,
            day=change.pays_from,
        )


def tell_moved(roster_line: RosterLine, move: ClockMove, *, at: dt.datetime) -> None:
    """A closed day moved the provider's last day: provider and family hear from which day to which, and why."""
    for people, path in (
        (staff_of(roster_line), _provider_page(roster_line)),
        (family_of(roster_line.line.request), _family_page(roster_line)),
    ):
        _tell(
            roster_line,
            people,
            f"moved:{move.pk}",
            subject=_("A course of request %(number)s: to be confirmed by %(due)s"),
            sentence=_(
                "The state office confirmed that schools were closed on %(closed)s. That day does not count. "
                "%(provider)s has to confirm by %(due)s instead of %(was)s."
            ),
            path=path,
            at=at,
            due=move.due_on,
            was=move.was_due_on,
            closed=move.closed_day.date,
        )


def _district_page(roster_line: RosterLine) -> str:
    return reverse("registration:line", args=[roster_line.line_id])


def _tell_everybody(
    roster_line: RosterLine,
    what: str,
    *,
    subject: "StrOrPromise",
    sentence: "StrOrPromise",
    at: dt.datetime,
    **names: dt.date,
) -> None:
    """Family, district and provider, each with the page of their own."""
    request = roster_line.line.request
    for people, path in (
        (family_of(request), _course_page(roster_line.line)),
        (payers_of(roster_line), _district_page(roster_line)),
        (staff_of(roster_line), _provider_page(roster_line)),
    ):
        _tell(roster_line, people, what, subject=subject, sentence=sentence, path=path, at=at, **names)


def _family_page(roster_line: RosterLine) -> str:
    return reverse("part_time:status", args=[roster_line.line.request_id])


def _course_page(line: CourseLine) -> str:
    """Where the family reads how a course stands, and why it changed."""
    return reverse("registration:course", args=[line.pk])


def _provider_page(roster_line: RosterLine) -> str:
    return reverse("registration:confirm", args=[roster_line.pk])


def _tell(
    roster_line: RosterLine,
    people: Iterable[User],
    what: str,
    *,
    subject: "StrOrPromise",
    sentence: "StrOrPromise",
    path: str,
    at: dt.datetime,
    **names: str | dt.date,
) -> None:
    _tell_about(
        roster_line.line.request,
        people,
        f"roster:{roster_line.pk}:{what}",
        subject=subject,
        sentence=sentence,
        path=path,
        at=at,
        provider=roster_line.provider.organization.name,
        district=roster_line.lea.organization.name,
        **names,
    )


def _tell_about(
    request: CourseRequest,
    people: Iterable[User],
    key: str,
    *,
    subject: "StrOrPromise",
    sentence: "StrOrPromise",
    path: str,
    at: dt.datetime,
    **names: str | dt.date,
) -> None:
    papers.tell(
        people,
        key,
        subject=subject,
        sentences=[sentence],
        path=path,
        at=at,
        **{"number": request.number, "district": request.lea.organization.name} | names,
    )
