"""Mails about attendance letters. None names the student (R-31): each links to the reader's own page."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Guardian, Relationship
from enrollment.records.notices import family_of_student
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership, User
from mocap_portal.foundation.papers import actions as papers

from .models import RESIDENT_OFFICIALS, CessationTask, LetterConsent, LetterRequest, PaperConsent, Signer


def officials_of(request: LetterRequest) -> list[User]:
    """Who may issue the letter, without the student's own family."""
    roles = RESIDENT_OFFICIALS if request.is_combined else HOST_ROLES
    return _staff(request.lea_id, *roles, student_id=request.student_id)


def readers_of(request: LetterRequest) -> list[User]:
    """Who asked and the student, as far as they may read the record today; parents, if one of them asked on paper."""
    if PaperConsent.objects.filter(request=request, signer=Signer.PARENT).exists():
        return family_of_student(request.student_id)
    own = Guardian.objects.active().filter(student=request.student_id, relationship=Relationship.SELF)
    meant = {request.asked_by.user_id, *own.values_list("user", flat=True)}
    return [user for user in family_of_student(request.student_id) if user.pk in meant]


def tell_asked(request: LetterRequest, *, at: dt.datetime) -> None:
    papers.tell(
        officials_of(request),
        f"letter-asked:{request.pk}",
        subject=_("An attendance letter is asked for (%(number)s)"),
        sentences=[
            _("A family asks for an attendance letter. You see its facts, then issue it, on this page:")
        ],
        path=reverse("certification:issue", args=[request.pk]),
        at=at,
        number=request.number,
    )


def tell_asked_again(request: LetterRequest, *, at: dt.datetime) -> None:
    papers.tell(
        officials_of(request),
        f"letter-asked:{request.pk}:{at:%Y%m%dT%H%M%S}",  # it may be taken back and given again more than once
        subject=_("Attendance letter %(number)s is asked for again"),
        sentences=[_("A request that was taken back is given again. You issue the letter on this page:")],
        path=reverse("certification:issue", args=[request.pk]),
        at=at,
        number=request.number,
    )


def tell_taken_back(request: LetterRequest, *, at: dt.datetime) -> None:
    papers.tell(
        officials_of(request),
        f"letter-taken-back:{request.pk}:{at:%Y%m%dT%H%M%S}",
        subject=_("Attendance letter %(number)s is not asked for any more"),
        sentences=[_("The request was taken back. There is nothing to issue. The others are here:")],
        path=reverse("certification:requests"),
        at=at,
        number=request.number,
    )


def tell_consent_withdrawn(consent: LetterConsent, *, at: dt.datetime) -> None:
    """The parent hears it, as far as the student still lets them read the record."""
    readers = {user.pk for user in family_of_student(consent.student_id)}
    papers.tell(
        [user for user in [consent.parent.user] if user.pk in readers],
        f"letter-consent-withdrawn:{consent.pk}",
        subject=_("A consent to an attendance letter was withdrawn"),
        sentences=[
            _("A student of age no longer agrees that you ask for an attendance letter."),
            _("Letters that were issued before stay. You find them on this page:"),
        ],
        path=reverse("certification:letters"),
        at=at,
    )


def tell_issued(request: LetterRequest, *, at: dt.datetime) -> None:
    papers.tell(
        readers_of(request),
        f"letter-issued:{request.pk}",
        subject=_("Your attendance letter %(number)s is ready"),
        sentences=[
            _("The attendance letter that was asked for is ready. You can read, print and save it here:")
        ],
        path=reverse("certification:letter", args=[request.pk]),
        at=at,
        number=request.number,
    )


def tell_consent(consent: LetterConsent, *, at: dt.datetime) -> None:
    papers.tell(
        [consent.parent.user],
        f"letter-consent:{consent.pk}",
        subject=_("You may ask for an attendance letter"),
        sentences=[
            _(
                "A student of age agreed that you ask for an attendance letter. You can ask for it on this page:"
            )
        ],
        path=reverse("certification:letters"),
        at=at,
    )


def tell_combined_cessation(task: CessationTask, *, at: dt.datetime) -> None:
    """The resident district, which issued the letter."""
    letter = task.request
    assert letter is not None  # of combined study
    papers.tell(
        officials_of(letter),
        f"cessation-combined:{letter.pk}",
        subject=_("A student with an attendance letter has stopped: send the notice"),
        sentences=[
            _(
                "A student for whom letter %(number)s was issued no longer takes a course of the portal. The federal "
                "office has to be told with the notice of cessation. Record on this page when you sent it:"
            )
        ],
        path=reverse("certification:cessation", args=[task.pk]),
        at=at,
        number=letter.number,
    )


def tell_cessation(task: CessationTask, *, at: dt.datetime) -> None:
    enrollment = task.enrollment
    assert enrollment is not None  # of a program's student
    program = enrollment.program
    papers.tell(
        _staff(program.host_id, *HOST_ROLES, student_id=enrollment.student_id),
        f"cessation:{enrollment.pk}",
        subject=_("A student with an attendance letter has stopped: send the notice"),
        sentences=[
            _(
                "A student for whom an attendance letter was issued no longer attends %(program)s. The federal office "
                "has to be told with the notice of cessation. Record on this page when you sent it:"
            )
        ],
        path=reverse("certification:cessation", args=[task.pk]),
        at=at,
        program=program.name,
    )


def _staff(organization_id: int, *roles: str, student_id: int) -> list[User]:
    family = Guardian.objects.filter(student=student_id).values("user")
    hats = Membership.objects.in_organization(organization_id).filter(role__in=roles).exclude(user__in=family)
    return hats.people()
