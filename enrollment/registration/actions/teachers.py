"""Teachers on file, and who teaches a course: the provider's teacher, or the district's own (R-32, R-99)."""

import datetime as dt
import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import LineState
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Instruction

from ..models import REGISTERING_ROLES, RosterLine, Teacher
from ..models.teacher import LIKE_AN_SSN
from .locking import locked_roster_line, refuse_other_providers, refuse_strangers

TEACHING_STATES = frozenset({LineState.REGISTERED, LineState.CONFIRMED, LineState.ACTIVE})
SOON = dt.timedelta(days=60)  # a certificate that ends within these days is worth a reminder
KEEPING_TEACHERS = REGISTERING_ROLES | PROVIDER_ROLES


class LooksLikeAnSsn(Refusal):
    sentence = _(
        "This looks like a Social Security number. The portal never takes one: type the number of the Missouri "
        "certificate."
    )


class CertificateOnFile(Refusal):
    sentence = _(
        "A teacher with this certificate number is on file already. Choose that teacher from the list."
    )


class CertificateRunsBackwards(Refusal):
    sentence = _("The last valid day is before the first valid day. Check both.")


class NotYourTeacher(Refusal):
    sentence = _("This teacher is not one of your own. Choose one of your list.")


class CourseOver(Refusal):
    sentence = _("This course is over, or was taken back. Its teacher stays as it is.")


class CertificateNotValidToday(Refusal):
    sentence = _(
        "This course runs, and the certificate of this teacher is not valid today. Choose another teacher, or enter "
        "the renewed certificate first."
    )


def looks_like_an_ssn(text: str) -> bool:
    """
    >>> [looks_like_an_ssn(text) for text in ("123-45-6789", "No 123456789", "0412345678", "MO-123456")]
    [True, True, False, False]
    """
    return re.search(LIKE_AN_SSN, text) is not None


@transaction.atomic
def add_teacher(
    *,
    by: Membership,
    name: str,
    certificate_number: str,
    valid_from: dt.date,
    valid_to: dt.date,
    certificate_kind: str = "",
) -> Teacher:
    """A teacher of this person's own organization, with the certificate.

    Raises NotYourTeacher, LooksLikeAnSsn (R-141), CertificateRunsBackwards, CertificateOnFile.
    """
    if by.role not in KEEPING_TEACHERS or by.organization is None:
        raise NotYourTeacher
    teacher = Teacher(organization=by.organization, name=name.strip())
    return _write(
        teacher,
        certificate_number=certificate_number,
        certificate_kind=certificate_kind,
        valid_from=valid_from,
        valid_to=valid_to,
    )


@transaction.atomic
def renew_certificate(
    teacher_id: int,
    *,
    by: Membership,
    certificate_number: str,
    valid_from: dt.date,
    valid_to: dt.date,
    certificate_kind: str = "",
) -> Teacher:
    """What the certificate says now; its courses follow. The same again changes nothing.

    Raises NotYourTeacher, LooksLikeAnSsn (R-141), CertificateRunsBackwards, CertificateOnFile.
    """
    teacher = Teacher.objects.visible_to(by).select_for_update().filter(pk=teacher_id).first()
    if teacher is None or by.role not in KEEPING_TEACHERS:
        raise NotYourTeacher
    return _write(
        teacher,
        certificate_number=certificate_number,
        certificate_kind=certificate_kind,
        valid_from=valid_from,
        valid_to=valid_to,
    )


@transaction.atomic
def name_teacher(roster_line_id: int, *, by: Membership, at: dt.datetime, teacher_id: int) -> RosterLine:
    """Who teaches this student from now on. Of a curriculum the district says it, of any other course the provider.

    Raises NotYourRoster or OnlyStaffRegisters and OwnChild, CourseOver, NotYourTeacher, CertificateNotValidToday.
    """
    roster_line = locked_roster_line(roster_line_id)
    line = roster_line.line
    if line.course.instruction == Instruction.CURRICULUM_ONLY:
        refuse_strangers(line, by=by)
    else:
        refuse_other_providers(line, by=by)
    if line.state not in TEACHING_STATES:
        raise CourseOver
    teacher = own_teacher(teacher_id, by=by)
    if line.state == LineState.ACTIVE and not teacher.is_certified_on(central_date(at)):
        raise CertificateNotValidToday
    roster_line.teacher = teacher
    roster_line.save()
    line.teacher_name = teacher.name
    line.save()
    return roster_line


def own_teacher(teacher_id: int, *, by: Membership) -> Teacher:
    """One of this person's organization. Raises NotYourTeacher."""
    teacher = Teacher.objects.visible_to(by).filter(pk=teacher_id).first()
    if teacher is None:
        raise NotYourTeacher
    return teacher


def _write(
    teacher: Teacher,
    *,
    certificate_number: str,
    certificate_kind: str,
    valid_from: dt.date,
    valid_to: dt.date,
) -> Teacher:
    if any(looks_like_an_ssn(text) for text in (teacher.name, certificate_number, certificate_kind)):
        raise LooksLikeAnSsn
    if valid_to < valid_from:
        raise CertificateRunsBackwards
    teacher.certificate_number = certificate_number.strip()
    teacher.certificate_kind = certificate_kind.strip()
    teacher.valid_from = valid_from
    teacher.valid_to = valid_to
    try:
        with transaction.atomic():
            teacher.save()
    except IntegrityError as error:
        raise CertificateOnFile from error
    return teacher
