"""Mails about engagement. None names the child (R-31): each links to the page that does.

Every function runs inside the transaction of what it tells.
"""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Guardian
from enrollment.records.notices import family_of_student
from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.clocks.models import ClockMove
from mocap_portal.foundation.papers import actions as papers

from .models import PLACING_ROLES, EngagementNotice, Placement


def language_of(student_id: int) -> str:
    """The language of the student's family: of the first of them, English for none."""
    family = family_of_student(student_id)
    return family[0].language if family else "en"


def placing_staff(lea_id: int) -> list[User]:
    """The district's coordinators and administrators."""
    return Membership.objects.in_organization(lea_id, *sorted(PLACING_ROLES)).people()


def placing_staff_of(placement: Placement) -> list[User]:
    """The same without the student's own family."""
    family = Guardian.objects.filter(student=placement.enrollment.student_id).values("user")
    hats = Membership.objects.in_organization(placement.lea_id, *sorted(PLACING_ROLES))
    return hats.exclude(user__in=family).people()


def tell_notice(notice: EngagementNotice, *, at: dt.datetime) -> None:
    """The family hears of the letter."""
    enrollment = notice.flag.enrollment
    papers.tell(
        family_of_student(enrollment.student_id),
        f"engagement-notice:{notice.pk}",
        subject=_("A letter from %(program)s about attendance"),
        sentences=[
            _("%(program)s has written to you because a student was not engaged."),
            _("Please read the letter and answer: what you can do stands in it."),
        ],
        path=reverse("attendance:letter", args=[notice.letter_id]),
        at=at,
        program=enrollment.program.name,
    )


def tell_disenrolled(placement: Placement, *, at: dt.datetime) -> None:
    """The family hears that it ends; the resident district, that it has a student to place (R-58)."""
    enrollment = placement.enrollment
    due_on = placement.clock.due_on
    assert enrollment.end_letter_id is not None and due_on is not None  # disenroll() has just made both
    names: dict[str, str | dt.date] = {"program": enrollment.program.name, "due": due_on}
    papers.tell(
        family_of_student(enrollment.student_id),
        f"disenrolled:{enrollment.pk}",
        subject=_("A letter from %(program)s: disenrollment"),
        sentences=[
            _("%(program)s has disenrolled a student of your family."),
            _(
                "The letter says why, how the program can be asked to look again, and what your district does next."
            ),
        ],
        path=reverse("attendance:letter", args=[enrollment.end_letter_id]),
        at=at,
        **names,
    )
    papers.tell(
        placing_staff(placement.lea_id),
        f"placement:{placement.pk}",
        subject=_("A student was disenrolled: send options by %(due)s"),
        sentences=[
            _("%(program)s has disenrolled a student who lives in your district."),
            _(
                "Send the family a list of options by %(due)s, record what it chooses, and enroll the student."
            ),
        ],
        path=reverse("attendance:placement", args=[placement.pk]),
        at=at,
        **names,
    )


def tell_moved(placement: Placement, move: ClockMove, *, at: dt.datetime) -> None:
    """A closed day moved the district's last day: it and the family hear from which day to which, and why (R-16)."""
    family_page = reverse("attendance:student", args=[placement.enrollment_id])
    own_page = reverse("attendance:placement", args=[placement.pk])
    for people, path in (
        (family_of_student(placement.enrollment.student_id), family_page),
        (placing_staff_of(placement), own_page),
    ):
        papers.tell(
            people,
            f"moved:{move.pk}",
            subject=_("After a disenrollment: options are to be sent by %(due)s now"),
            sentences=[
                _("The state office confirmed that schools were closed on %(closed)s."),
                _(
                    "That day does not count. %(district)s has until %(due)s instead of %(was)s to send the family a "
                    "list of schools and programs to choose from."
                ),
            ],
            path=path,
            at=at,
            district=placement.lea.organization.name,
            closed=move.closed_day.date,
            was=move.was_due_on,
            due=move.due_on,
        )


def tell_options(placement: Placement, *, at: dt.datetime) -> None:
    """The family hears that it can choose."""
    papers.tell(
        family_of_student(placement.enrollment.student_id),
        f"options:{placement.pk}",
        subject=_("Where your child can go to school now"),
        sentences=[
            _("%(district)s has sent you a list of schools and programs to choose from."),
            _("Tell the district what you choose. The list is on this page:"),
        ],
        path=reverse("attendance:student", args=[placement.enrollment_id]),
        at=at,
        district=placement.lea.organization.name,
    )
