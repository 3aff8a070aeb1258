"""Mails about a move. None names the child (R-31): each links to the page that does.

Every function runs inside the transaction of what it tells.
"""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import MOVING_ROLES
from enrollment.records.models import Guardian
from enrollment.records.notices import family_of_student
from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.papers import actions as papers

from .models import Transfer


def staff_of(lea_id: int, transfer: Transfer) -> list[User]:
    """The LEA's people who move students, but for the student's own family."""
    family = Guardian.objects.filter(student=transfer.student_id).values("user")
    hats = Membership.objects.in_organization(lea_id, *sorted(MOVING_ROLES))
    return hats.exclude(user__in=family).people()


def tell_announced(transfer: Transfer, *, at: dt.datetime) -> None:
    """The new district has somebody to receive."""
    papers.tell(
        staff_of(transfer.to_lea_id, transfer),
        f"transfer:{transfer.pk}:announced",
        subject=_("A student moves to your district"),
        sentences=[
            _("%(district)s says that a student moves to you after %(day)s."),
            _("Receive the student on this page, or say that the student does not come to you:"),
        ],
        path=reverse("transfers:transfer", args=[transfer.pk]),
        at=at,
        district=transfer.from_lea.organization.name,
        day=transfer.leaves_on,
    )


def tell_received(transfer: Transfer, *, at: dt.datetime) -> None:
    """The old district hears that the student arrived; the family, what goes on and what it can see."""
    assert transfer.starts_on is not None  # receive() has just set it
    names: dict[str, str | dt.date] = {
        "district": transfer.to_lea.organization.name,
        "day": transfer.starts_on,
    }
    papers.tell(
        staff_of(transfer.from_lea_id, transfer),
        f"transfer:{transfer.pk}:received",
        subject=_("%(district)s received a student of yours"),
        sentences=[
            _("The student is enrolled there since %(day)s. Courses that run go on; you pay until then.")
        ],
        path=reverse("transfers:transfer", args=[transfer.pk]),
        at=at,
        **names,
    )
    papers.tell(
        family_of_student(transfer.student_id),
        f"transfer:{transfer.pk}:received",
        subject=_("Your child is enrolled in %(district)s now"),
        sentences=[
            _("%(district)s has received your child on %(day)s. Virtual courses that run go on as they are."),
            _("Credit that your child earned in these courses counts there. It is listed on this page:"),
            _("A course that had not begun or was not decided yet: please ask the new district for it."),
        ],
        path=reverse("transfers:credit", args=[transfer.student_id]),
        at=at,
        **names,
    )


def tell_declined(transfer: Transfer, *, at: dt.datetime) -> None:
    """The old district hears that the student did not arrive."""
    papers.tell(
        staff_of(transfer.from_lea_id, transfer),
        f"transfer:{transfer.pk}:declined",
        subject=_("%(district)s did not receive a student"),
        sentences=[_("The student is still yours. Why, stands on this page:")],
        path=reverse("transfers:transfer", args=[transfer.pk]),
        at=at,
        district=transfer.to_lea.organization.name,
    )
