"""Mails about full-time applications and enrollments. None names the child (R-31): each links to its reader's page.

Every function runs inside the transaction of what it tells.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.records.notices import family_of_student
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership, Role, User
from mocap_portal.foundation.papers import actions as papers

from ..models import (
    Determination,
    Outcome,
    ProgramApplication,
    ProgramEnrollment,
    ProgramPolicy,
    ProgramReview,
    ResidentInput,
    Schedule,
    SportsNotice,
)
from .people import family_of, host_of, resident_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

RESIDENT_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN)

FAMILY_PAGE, HOST_PAGE, RESIDENT_PAGE = (
    "full_time:status",
    "full_time:review",
    "full_time:resident_application",
)


def host_staff(host_id: int) -> list[User]:
    """Everybody who runs the host's programs."""
    return Membership.objects.in_organization(host_id, *HOST_ROLES).people()


def resident_staff(lea_id: int) -> list[User]:
    """Who hears of full-time students in a resident district."""
    return Membership.objects.in_organization(lea_id, *RESIDENT_ROLES).people()


def tell_applied(application: ProgramApplication, *, at: dt.datetime) -> None:
    """A receipt for the family, a task for the host, and the written notice to the resident district (R-37)."""
    clock = application.input_clock
    assert clock is not None  # it was sent
    assert clock.due_on is not None  # these days never stand still
    _tell_family(
        application,
        "applied",
        subject=_("We received your application %(number)s"),
        sentences=[
            _("Your application %(number)s was signed and sent to %(program)s."),
            _(
                "%(resident)s was told today. It has until %(due)s to inform the program, and no say in the decision."
            ),
            _("The program's policies are on this page. Please read them:"),
        ],
        at=at,
        due=clock.due_on,
    )
    _tell_host(
        application,
        "applied",
        subject=_("New application %(number)s to %(program)s"),
        sentences=[
            _("A family applied to %(program)s. Application %(number)s is here."),
            _("The resident district has until %(due)s to inform you."),
        ],
        at=at,
        due=clock.due_on,
    )
    _tell_resident(
        application,
        "applied",
        subject=_("Notice: a student of your district applied to a full-time program, %(number)s"),
        sentences=[
            _("A family of %(resident)s applied to %(program)s, a full-time program hosted by %(host)s."),
            _(
                "You have until %(due)s to inform the program. The program decides; you do not approve or deny."
            ),
        ],
        at=at,
        due=clock.due_on,
    )


def tell_moved_applicant(application: ProgramApplication, *, on: dt.date, at: dt.datetime) -> None:
    """The family lives in another district now: that one gets the notice (R-37), the host hears whom to wait for."""
    clock = application.input_clock
    assert clock is not None  # it was sent
    assert clock.due_on is not None  # these days never stand still
    what = f"resident:{application.resident_lea_id}:{on}"
    _tell_host(
        application,
        what,
        subject=_("Application %(number)s: the student lives in another district now"),
        sentences=[
            _("The resident district is %(resident)s from %(day)s on. The days to inform you run on.")
        ],
        at=at,
        day=on,
    )
    _tell_resident(
        application,
        what,
        subject=_("Notice: a student of your district applied to a full-time program, %(number)s"),
        sentences=[
            _(
                "A family that lives in %(resident)s now applied to %(program)s, a program hosted by %(host)s."
            ),
            _(
                "You have until %(due)s to inform the program. The program decides; you do not approve or deny."
            ),
        ],
        at=at,
        due=clock.due_on,
    )


def tell_cancelled(application: ProgramApplication, *, at: dt.datetime) -> None:
    told: dict[str, Any] = {
        "subject": _("Application %(number)s was taken back"),
        "sentences": [
            _("The family took application %(number)s to %(program)s back. Nothing more is to be done.")
        ],
    }
    _tell_host(application, "cancelled", at=at, **told)
    _tell_resident(application, "cancelled", at=at, **told)


def tell_informed(given: ResidentInput) -> None:
    """The host hears that the resident district informed it, in time or late."""
    _tell_host(
        given.application,
        f"informed:{given.pk}",
        subject=_("The resident district informed you about application %(number)s"),
        sentences=[
            _("%(resident)s informed you late about application %(number)s. What it says is on this page:")
            if given.is_late
            else _("%(resident)s informed you about application %(number)s. What it says is on this page:")
        ],
        at=given.at,
    )


def tell_determined(determination: Determination, *, at: dt.datetime) -> None:
    """Student, parent, host and resident district hear in the same transaction, each with the same letter (R-42)."""
    application = determination.application
    key = f"determined:{determination.pk}"
    admitted = determination.outcome == Outcome.ADMITTED
    _tell_family(
        application,
        key,
        subject=_("%(program)s decided about your application %(number)s"),
        sentences=[
            _("%(program)s decided about your application %(number)s."),
            _("The letter with the decision, its reasons and what comes next is on this page:"),
        ],
        at=at,
    )
    _tell_host(
        application,
        key,
        subject=_("Application %(number)s is decided"),
        sentences=[_("Application %(number)s to %(program)s is decided. The letter is on this page:")],
        at=at,
    )
    _tell_resident(
        application,
        key,
        subject=_("%(program)s decided about application %(number)s"),
        sentences=[
            _("%(program)s admits the student of application %(number)s."),
            _("Please record the last day on your roll: it lies before the first day with the program."),
        ]
        if admitted
        else [
            _("%(program)s does not admit the student of application %(number)s. The student stays with you.")
        ],
        at=at,
    )


def tell_review_asked(review: ProgramReview, *, at: dt.datetime) -> None:
    application = review.application
    _tell_host(
        application,
        "review asked",
        subject=_("A family asks you to look at application %(number)s again"),
        sentences=[_("Please answer by %(due)s. Somebody who did not make the decision has to look at it.")],
        at=at,
        due=review.clock.first_due_on,
    )
    _tell_family(
        application,
        "review asked",
        subject=_("%(program)s looks at application %(number)s again"),
        sentences=[_("%(program)s got your reasons. It answers by %(due)s. You can follow it on this page:")],
        at=at,
        due=review.clock.first_due_on,
    )


def tell_upheld(review: ProgramReview, *, at: dt.datetime) -> None:
    _tell_family(
        review.application,
        "upheld",
        subject=_("%(program)s answered your question about application %(number)s"),
        sentences=[_("%(program)s looked at application %(number)s again. Its answer is on this page:")],
        at=at,
    )


def tell_exit(enrollment: ProgramEnrollment, *, at: dt.datetime) -> None:
    _tell(
        host_staff(enrollment.program.host_id),
        f"enrollment:{enrollment.pk}:exit:{enrollment.resident_exit_on}",
        subject=_("%(resident)s recorded the exit of a student of %(program)s"),
        sentences=[_("%(resident)s recorded the last day on its roll. You can put the student on yours:")],
        path=reverse("full_time:enrollment", args=[enrollment.pk]),
        at=at,
        names=_names_of(enrollment),
    )


def tell_scheduled(schedule: Schedule, *, at: dt.datetime) -> None:
    enrollment = schedule.enrollment
    _tell(
        family_of_student(enrollment.student_id),
        f"schedule:{schedule.pk}",
        subject=_("%(program)s made a schedule"),
        sentences=[
            _("%(program)s made a schedule, or changed it. Courses, credits and hours are on this page:")
        ],
        path=reverse("full_time:enrollment", args=[enrollment.pk]),
        at=at,
        names=_names_of(enrollment),
    )


def tell_resident_changed(enrollment: ProgramEnrollment, *, on: dt.date, at: dt.datetime) -> None:
    """The host hears whom it reports to from now on; the new resident district, that it can read along."""
    path, names = reverse("full_time:enrollment", args=[enrollment.pk]), _names_of(enrollment) | {"day": on}
    key = f"enrollment:{enrollment.pk}:resident:{enrollment.resident_lea_id}:{on}"
    _tell(
        host_staff(enrollment.program.host_id),
        key,
        subject=_("A student of %(program)s lives in another district now"),
        sentences=[
            _("The resident district is %(resident)s from %(day)s on. The student stays in the program.")
        ],
        path=path,
        at=at,
        names=names,
    )
    _tell(
        resident_staff(enrollment.resident_lea_id),
        key,
        subject=_("A student of %(program)s lives in your district now"),
        sentences=[
            _("From %(day)s on you are the resident district. %(host)s stays the student's LEA of record."),
            _("You can read how the student gets on:"),
        ],
        path=path,
        at=at,
        names=names,
    )


def tell_entered(enrollment: ProgramEnrollment, *, at: dt.datetime) -> None:
    path = reverse("full_time:enrollment", args=[enrollment.pk])
    key = f"enrollment:{enrollment.pk}:entered"
    names = _names_of(enrollment)
    _tell(
        family_of_student(enrollment.student_id),
        key,
        subject=_("Welcome to %(program)s"),
        sentences=[
            _("The student is enrolled in %(program)s from %(first)s on. The schedule is on this page:")
        ],
        path=path,
        at=at,
        names=names,
    )
    _tell(
        resident_staff(enrollment.resident_lea_id),
        key,
        subject=_("A student of your district is enrolled in %(program)s"),
        sentences=[
            _(
                "From %(first)s on %(host)s is the student's LEA of record, for reporting, state tests and diploma."
            ),
            _("You can read how the student gets on:"),
        ],
        path=path,
        at=at,
        names=names,
    )
    if enrollment.application.asks_for_sports:
        _tell(
            host_staff(enrollment.program.host_id),
            f"{key}:sports",
            subject=_("A new student asks about sports: MSHSAA notice"),
            sentences=[
                _("The family asked for the notice to MSHSAA about eligibility. Please send it."),
                _("Then record the day on this page, so that the family and the resident district see it:"),
            ],
            path=reverse("full_time:sports_notice", args=[enrollment.pk]),
            at=at,
            names=names,
        )


def tell_sports_notice(sent: SportsNotice, *, at: dt.datetime) -> None:
    """The family hears that MSHSAA was told."""
    enrollment = sent.enrollment
    _tell(
        family_of_student(enrollment.student_id),
        f"enrollment:{enrollment.pk}:sports sent",
        subject=_("%(program)s sent the notice to MSHSAA"),
        sentences=[
            _("%(program)s sent the notice to MSHSAA, which decides who may play school sports."),
            _("When it was sent is on this page:"),
        ],
        path=reverse("full_time:enrollment", args=[enrollment.pk]),
        at=at,
        names=_names_of(enrollment),
    )


def tell_ended(enrollment: ProgramEnrollment, *, at: dt.datetime) -> None:
    """The resident district hears at once when a student stops (RSMo 161.670.2(2)); so do the host and the family."""
    sentences = [
        _("The enrollment in %(program)s ended with %(last)s."),
        _("Why, and what comes next, is on this page:"),
    ]
    people = [
        *resident_staff(enrollment.resident_lea_id),
        *host_staff(enrollment.program.host_id),
        *family_of_student(enrollment.student_id),
    ]
    _tell(
        dict.fromkeys(people),
        f"enrollment:{enrollment.pk}:ended",
        subject=_("An enrollment in %(program)s has ended"),
        sentences=sentences,
        path=reverse("full_time:enrollment", args=[enrollment.pk]),
        at=at,
        names=_names_of(enrollment),
    )


def tell_link_broken(policy: ProgramPolicy, *, at: dt.datetime) -> None:
    """A policy that families have to read does not open without signing in."""
    program = policy.program
    _tell(
        host_staff(program.host_id),
        f"policy:{policy.pk}:{policy.problem}",
        subject=_("A policy of %(program)s does not open"),
        sentences=[
            _("“%(policy)s” did not open last night: %(problem)s."),
            _("Families have to be able to read it without signing in. Please correct the address:"),
        ],
        path=reverse("full_time:own_program", args=[program.pk]),
        at=at,
        names={"program": program.name, "policy": str(policy.get_kind_display()), "problem": policy.problem},
    )


# What they share ------------------------------------------------------------------------------------


def _tell_family(application: ProgramApplication, what: str, **told: Any) -> None:
    _tell_about(application, family_of(application), what, FAMILY_PAGE, **told)


def _tell_host(application: ProgramApplication, what: str, **told: Any) -> None:
    _tell_about(application, host_of(application), f"{what}:host", HOST_PAGE, **told)


def _tell_resident(application: ProgramApplication, what: str, **told: Any) -> None:
    _tell_about(
        application, resident_of(application, RESIDENT_ROLES), f"{what}:resident", RESIDENT_PAGE, **told
    )


def _tell_about(
    application: ProgramApplication,
    people: Iterable[User],
    what: str,
    page: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    at: dt.datetime,
    **names: str | dt.date,
) -> None:
    program = application.program
    _tell(
        people,
        f"application:{application.pk}:{what}",
        subject=subject,
        sentences=sentences,
        path=reverse(page, args=[application.pk]),
        at=at,
        names={
            "number": application.number,
            "program": program.name,
            "host": program.host.organization.name,
            "resident": application.resident_lea.organization.name,
            **names,
        },
    )


def _names_of(enrollment: ProgramEnrollment) -> dict[str, str | dt.date]:
    names: dict[str, str | dt.date] = {
        "program": enrollment.program.name,
        "host": enrollment.program.host.organization.name,
        "resident": enrollment.resident_lea.organization.name,
        "first": enrollment.starts_on,
    }
    return names | ({"last": enrollment.ended_on} if enrollment.ended_on else {})


def _tell(
    people: Iterable[User],
    key: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    path: str,
    at: dt.datetime,
    names: dict[str, str | dt.date],
) -> None:
    papers.tell(people, key, subject=subject, sentences=sentences, path=path, at=at, **names)
