"""Who gave a request takes it back and gives it again; a student of age withdraws a consent (R-152)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import Certification, LetterConsent, LetterRequest, PaperConsent, Signer
from .asking import AlreadyAsked, ConsentMissing, OnlyTheStudentAgrees, is_of_age, is_self, subject_of


class NotYourRequest(Refusal):
    sentence = _("Only who asked for this letter, or the student, can do this.")


class LetterIsIssued(Refusal):
    sentence = _(
        "The letter is issued already, so this cannot be taken back. If a fact is wrong, call the school."
    )


@transaction.atomic
def take_back(request_id: int, *, by: Membership, at: dt.datetime) -> LetterRequest:
    """Nobody issues this letter any more; its officials are told. Taken back twice it is taken back once.

    Raises NotYourRequest, LetterIsIssued.
    """
    request = _locked(request_id, by=by)
    if Certification.objects.filter(request=request).exists():
        raise LetterIsIssued
    if request.taken_back_at is None:
        _take_back(request, by=by, at=at)
    return request


@transaction.atomic
def ask_again(request_id: int, *, by: Membership, at: dt.datetime) -> LetterRequest:
    """The same request, with the same consent, waits again; about courses that went to another LEA meanwhile, there.

    Given again twice it waits once. Raises NotYourRequest, ConsentMissing, AlreadyAsked.
    """
    request = _locked(request_id, by=by)
    if request.taken_back_at is None:
        return request
    student, consent = request.student, request.consent
    stands = (consent is not None and consent.withdrawn_at is None) or PaperConsent.objects.filter(
        request=request, signer=Signer.STUDENT
    ).exists()
    if not stands and is_of_age(student, on=central_date(at)) and not is_self(student, by=by):
        raise ConsentMissing
    if request.is_combined:
        subject = subject_of(student, on=central_date(at))
        if subject is not None and subject.enrollment is None:
            request.lea = subject.lea
    others = LetterRequest.objects.waiting().filter(
        student=student,
        enrollment=request.enrollment_id,
        lea=request.lea_id,
        recipient__iexact=request.recipient,
    )
    if others.exists():
        raise AlreadyAsked
    request.taken_back_at = request.taken_back_by = None
    request.save()
    notices.tell_asked_again(request, at=at)
    return request


@transaction.atomic
def withdraw_consent(consent_id: int, *, by: Membership, at: dt.datetime) -> LetterConsent:
    """From now on nobody asks under this consent, and a letter asked for under it is not issued any more.

    Withdrawn twice it is withdrawn once. Raises OnlyTheStudentAgrees, LetterIsIssued.
    """
    consent = LetterConsent.objects.select_related("student", "parent__user").get(pk=consent_id)
    # The student first, as when somebody asks: who asks now waits, and finds the consent withdrawn.
    Student.objects.select_for_update(of=("self",)).get(pk=consent.student_id)
    consent.refresh_from_db(fields=["withdrawn_at", "withdrawn_by"])
    if not by.is_family or not is_self(consent.student, by=by):
        raise OnlyTheStudentAgrees
    request = LetterRequest.objects.select_for_update(of=("self",)).filter(consent=consent).first()
    if request is not None and Certification.objects.filter(request=request).exists():
        raise LetterIsIssued
    if consent.withdrawn_at is not None:
        return consent
    consent.withdrawn_at, consent.withdrawn_by = at, by
    consent.save()
    if request is not None and request.taken_back_at is None:
        _take_back(request, by=by, at=at)
    notices.tell_consent_withdrawn(consent, at=at)
    return consent


def _take_back(request: LetterRequest, *, by: Membership, at: dt.datetime) -> None:
    request.taken_back_at, request.taken_back_by = at, by
    request.save()
    notices.tell_taken_back(request, at=at)


def _locked(request_id: int, *, by: Membership) -> LetterRequest:
    """Of a person who may take it back: the student locked first, as when somebody asks, then the request."""
    seen = LetterRequest.objects.given_by(by).filter(pk=request_id).first()
    if seen is None:
        raise NotYourRequest
    Student.objects.select_for_update(of=("self",)).get(pk=seen.student_id)
    rows = LetterRequest.objects.select_for_update(of=("self",)).select_related("student", "consent")
    return rows.get(pk=request_id)
