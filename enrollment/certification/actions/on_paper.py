"""An official of the host records that a letter was asked for on paper: nobody needs an account (R-152)."""

import datetime as dt

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import LetterRequest, PaperConsent, Signer
from .asking import AlreadyAsked, NothingToCertify, is_of_age


class NotYourPaper(Refusal):
    sentence = _(
        "Only staff of the student's program can record a paper, and nobody about a child of their own."
    )


class StudentSigns(Refusal):
    sentence = _("This student is of age: the student signs, not a parent. Ask for the student's signature.")


class ParentSigns(Refusal):
    sentence = _("This student is not of age yet: a parent or guardian signs.")


class SignedInTheFuture(Refusal):
    sentence = _("A paper is signed today or before. Check the day on it.")


@transaction.atomic
def record_paper(
    enrollment_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    upload: File,  # type: ignore[type-arg]
    signer: str,
    signed_name: str,
    signed_on: dt.date,
    recipient: str,
) -> LetterRequest:
    """A letter that `recipient` is to read waits to be issued; the scan of the signed paper is kept with it.

    A student of age signs, for another a parent; who is homeless and applied alone signs at any age (R-40). Recorded
    again while it waits it is refused. Raises NotYourPaper, NothingToCertify, SignedInTheFuture, StudentSigns,
    ParentSigns, AlreadyAsked, and what papers.store_document raises about the file.
    """
    rows = ProgramEnrollment.objects.run_by(by).select_related("application", "program__host")
    enrollment = rows.filter(pk=enrollment_id).first() if by.role in HOST_ROLES else None
    if enrollment is None:
        raise NotYourPaper
    # Locked as when somebody asks in the portal: of two at once the second finds the first one's request.
    student = Student.objects.select_for_update(of=("self",)).get(pk=enrollment.student_id)
    today = central_date(at)
    if enrollment.entered_at is None or enrollment.starts_on > today:
        raise NothingToCertify
    if signed_on > today:
        raise SignedInTheFuture
    if is_of_age(student, on=today):
        if signer != Signer.STUDENT:
            raise StudentSigns
    elif signer != Signer.PARENT and not enrollment.application.is_homeless:
        raise ParentSigns
    host = enrollment.program.host
    asked = LetterRequest.objects.waiting().filter(
        student=student, enrollment=enrollment, lea=host, recipient__iexact=recipient
    )
    if asked.exists():
        raise AlreadyAsked
    request = LetterRequest.objects.create(
        student=student, enrollment=enrollment, lea=host, recipient=recipient, asked_by=by, asked_at=at
    )
    PaperConsent.objects.create(
        request=request,
        scan=papers.store_document(upload, by=by, at=at),
        signer=signer,
        signed_name=signed_name,
        signed_on=signed_on,
    )
    return request
