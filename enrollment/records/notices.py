"""Mails about who may read a student's record. None names a child (R-31): each links to the reader's own page.

Every function runs inside the transaction of what it tells.
"""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.papers import actions as papers

from .models import Claim, Guardian, Relationship, Student

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ENDED = _("A school record in the portal: your access has ended")
ASK = _(
    "If you think that this is wrong, ask the district. You can see on this page what is still open to you:"
)


def family_of_student(student_id: int) -> list[User]:
    """Who may read the record: every guardian, both parents alike (R-133), nobody whose rights have ended (R-132)."""
    guardians = Guardian.objects.with_access().filter(student=student_id)
    return [guardian.user for guardian in guardians.select_related("user").order_by("user")]


def family_of_claim(claim: Claim) -> list[User]:
    """Once the district knows the student, the student's family; before that who asked."""
    if claim.student_id is not None:
        return family_of_student(claim.student_id)
    return [claim.claimant] if claim.claimant is not None else []


def tell_ended(guardian: Guardian, *, at: dt.datetime) -> None:
    """The district ended somebody's rights."""
    _tell(
        [guardian.user],
        f"guardian-ended:{guardian.pk}",
        subject=ENDED,
        sentences=[
            _("A district has ended your access to a student's record, claims and requests in the portal."),
            ASK,
        ],
        at=at,
    )


def tell_stays_ended(claim: Claim, student: Student, *, at: dt.datetime) -> None:
    """The student's district: who applied to a program is a person whose rights it had ended, and they stay ended."""
    family = Guardian.objects.filter(student=student).values("user")
    hats = Membership.objects.in_organization(student.lea_id, Role.COORDINATOR, Role.LEA_ADMIN)
    papers.tell(
        hats.exclude(user__in=family).exclude(user=claim.claimant_id).people(),
        f"guardian-stays-ended:{claim.pk}",
        subject=_("A person whose access was ended applied to a full-time program"),
        sentences=[
            _(
                "A full-time program admitted a student of your district. Who applied is a person whose access to the "
                "student's record a district had ended."
            ),
            _("The access stays ended. Look whether that is still right, on this page:"),
        ],
        path=reverse("records:student", args=[student.pk]),
        at=at,
    )


def tell_of_age(guardian: Guardian, *, at: dt.datetime) -> None:
    """A parent's rights ended with the student's birthday: the parent hears of it, and a student with an account."""
    _tell(
        [guardian.user],
        f"of-age:{guardian.pk}",
        subject=ENDED,
        sentences=[
            _(
                "A student in whose record you had a parent's rights is of age. From now on these rights are theirs."
            ),
            _(
                "The district can open the record to you again if the student agrees in writing, or is your dependent "
                "for income tax."
            ),
            ASK,
        ],
        at=at,
    )
    _tell(
        _students_own_account(guardian),
        f"own-rights:{guardian.student_id}",
        subject=_("Your school record is yours now"),
        sentences=[
            _(
                "You are of age: from now on you decide who may read your school record and who asks for courses."
            ),
            _(
                "Your parents no longer see it in the portal, unless you agree in writing or are their dependent for "
                "income tax. Your district records that."
            ),
        ],
        at=at,
    )


def tell_refused(claim: Claim, *, at: dt.datetime) -> None:
    """The district does not know this child, or not this person as a guardian. Nobody is told of a paper claim."""
    _tell(
        _account_of(claim),
        f"claim-refused:{claim.pk}:{at.isoformat()}",
        subject=_("The district could not confirm the child that you entered"),
        sentences=[
            _(
                "You entered a child in the portal, and the district did not confirm that the child is its student and "
                "you are the guardian."
            ),
            _(
                "Requests for this child wait until it does. The reason, and whom to ask, are on the page of your "
                "children:"
            ),
        ],
        at=at,
    )


def tell_looked_at_again(claim: Claim, *, at: dt.datetime) -> None:
    """The district took its refusal back."""
    _tell(
        _account_of(claim),
        f"claim-reopened:{claim.pk}:{at.isoformat()}",
        subject=_("The district looks again at the child that you entered"),
        sentences=[
            _("The district has taken back its answer about a child that you entered, and looks again."),
            _("You do not have to do anything. The page of your children shows where it stands:"),
        ],
        at=at,
    )


def _tell(
    people: list[User],
    key: str,
    *,
    subject: "StrOrPromise",
    sentences: "Sequence[StrOrPromise]",
    at: dt.datetime,
) -> None:
    """Each of these mails ends with the page on which the reader sees what is open to them."""
    papers.tell(people, key, subject=subject, sentences=sentences, path=reverse("records:children"), at=at)


def _account_of(claim: Claim) -> list[User]:
    return [] if claim.claimant is None else [claim.claimant]


def _students_own_account(guardian: Guardian) -> list[User]:
    rows = Guardian.objects.active().filter(student=guardian.student_id, relationship=Relationship.SELF)
    return [row.user for row in rows.select_related("user").order_by("user")]
