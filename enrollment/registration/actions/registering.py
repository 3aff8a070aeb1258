"""The district registers an approved course, the provider confirms."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.part_time.actions import following
from enrollment.part_time.models import Basis, CourseLine, LineState
from enrollment.records.actions import log_disclosure
from enrollment.records.models import ClaimState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Agreement, AgreementKind, Authorization, Instruction

from .. import notices
from ..models import RosterLine
from .locking import locked_line, locked_roster_line, refuse_other_providers, refuse_strangers
from .teachers import own_teacher

# Kept in English, shown in the reader's language.
WHAT_IS_TOLD = gettext_noop("Name, MOSIS ID, birth date, grade, course")
WHY_IT_IS_TOLD = gettext_noop("Registration in a course that the district approved")


class NotApproved(Refusal):
    sentence = _("Only an approved course can be registered. This one is not approved.")


class AlreadyRegistered(Refusal):
    sentence = _("This course was already sent to the provider. Nothing was sent twice.")


class StudentNotConfirmed(Refusal):
    sentence = _("The student is not confirmed yet. Confirm who the student is first.")


class StudentMoved(Refusal):
    sentence = _("The student moved to another district before the course was sent. The family asks there.")


class MosisIdMissing(Refusal):
    sentence = _("The student has no MOSIS ID yet. Enter it on the student's page first.")


class ContactMissing(Refusal):
    sentence = _("Your district has no MOCAP contact yet. An administrator enters it on the district's page.")


class NoDataAgreement(Refusal):
    sentence = _(
        "No data agreement with this provider is on file for today. Record the signed agreement first: without "
        "it no student's data may leave the district."
    )


class ProviderNotAuthorized(Refusal):
    sentence = _(
        "The state office does not authorize this provider today. Nothing about a student may go to it until it does; "
        "the family can be offered another course."
    )


class FamilyPays(Refusal):
    sentence = _(
        "The family pays the provider for this course and registers itself. The district sends nothing."
    )


class NoTeacherNamed(Refusal):
    sentence = _("Say which of your teachers with a Missouri certificate teaches this student.")


class EndsBeforeItStarts(Refusal):
    sentence = _("The last day of the course is before its first day. Check both.")


class AlreadyConfirmed(Refusal):
    sentence = _("This student was already confirmed. Reload the page to see by whom.")


def what_is_missing(line: CourseLine, *, at: dt.datetime) -> list[Refusal]:
    """Everything that keeps an approved line from being registered today, so that it is told at once (R-30, R-137)."""
    return missing_by_line([line], at=at)[line.pk]


def missing_by_line(lines: Collection[CourseLine], *, at: dt.datetime) -> dict[int, list[Refusal]]:
    """The same for many lines, by primary key, in two queries when their students and LEAs are loaded."""
    today = central_date(at)
    agreed = set(
        Agreement.objects.on(today)
        .filter(kind=AgreementKind.DATA, lea__in={line.request.lea_id for line in lines})
        .values_list("lea", "provider")
    )
    authorized = set(
        Authorization.objects.in_force(today)
        .filter(provider__in={line.course.provider_id for line in lines})
        .values_list("provider", flat=True)
    )
    return {line.pk: list(_missing(line, agreed, authorized)) for line in lines}


def _missing(
    line: CourseLine, agreed: Collection[tuple[int, int]], authorized: Collection[int]
) -> Iterator[Refusal]:
    claim, lea = line.request.claim, line.request.lea
    if claim.state != ClaimState.CONFIRMED or claim.student is None:
        yield StudentNotConfirmed()
    elif not claim.student.mosis_id:
        yield MosisIdMissing()
    if claim.student is not None and claim.student.lea_id != lea.pk:
        yield StudentMoved()
    if not (lea.contact_name and lea.contact_email):
        yield ContactMissing()
    if (lea.pk, line.course.provider_id) not in agreed:
        yield NoDataAgreement()
    if line.course.provider_id not in authorized:
        yield ProviderNotAuthorized()


@transaction.atomic
def register(line_id: int, *, by: Membership, at: dt.datetime) -> RosterLine:
    """Tells the provider about an approved line: the roster line, the disclosure, the provider's clock.

    Raises OnlyStaffRegisters (R-29), OwnChild, NotApproved (R-28), AlreadyRegistered, FamilyPays, and what
    `what_is_missing` names.
    """
    line = locked_line(line_id)
    refuse_strangers(line, by=by)
    if RosterLine.objects.filter(line=line).exists():
        raise AlreadyRegistered
    if line.state != LineState.APPROVED:
        raise NotApproved
    if line.basis == Basis.PRIVATE:
        raise FamilyPays
    if missing := what_is_missing(line, at=at):
        raise missing[0]
    student, lea = line.request.claim.student, line.request.lea
    assert student is not None and student.mosis_id is not None  # what_is_missing() has looked
    clock = clocks.start(
        ClockKind.PROVIDER_CONFIRMATION,
        lea_id=lea.pk,
        at=at,
        business_days=LegalValue.objects.whole(LegalKey.CONFIRM_DAYS, on=central_date(at)),
        source="A-04",
    )
    roster_line = RosterLine.objects.create(
        line=line,
        provider_id=line.course.provider_id,
        lea=lea,
        mosis_id=student.mosis_id,
        first_name=student.first_name,
        last_name=student.last_name,
        birth_date=student.birth_date,
        grade=student.grade,
        contact_name=lea.contact_name,
        contact_email=lea.contact_email,
        contact_phone=lea.contact_phone,
        sent_at=at,
        sent_by=by,
        clock=clock,
    )
    following.mark_registered(line, by=by, at=at, confirmation_clock=clock)
    log_disclosure(
        student=student,
        recipient=line.course.provider.organization,
        by=by,
        at=at,
        what=WHAT_IS_TOLD,
        why=WHY_IT_IS_TOLD,
    )
    notices.tell_registered(roster_line, at=at)
    return roster_line


@transaction.atomic
def confirm(
    roster_line_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    starts_on: dt.date,
    section: str,
    ends_on: dt.date | None = None,
    teacher_id: int | None = None,
) -> RosterLine:
    """The provider has the student in a section from `starts_on` to `ends_on` (the end of the term when left out).

    `teacher_id`: one of the provider's own; None where the district's own teacher teaches (R-99).
    Raises NotYourRoster, AlreadyEnded, AlreadyConfirmed, EndsBeforeItStarts, NoTeacherNamed, NotYourTeacher.
    """
    roster_line = locked_roster_line(roster_line_id)
    line = roster_line.line
    refuse_other_providers(line, by=by)
    if line.state == LineState.CANCELLED:
        raise following.AlreadyEnded
    if line.state != LineState.REGISTERED:
        raise AlreadyConfirmed
    ends_on = ends_on or line.request.term.ends_on
    if ends_on < starts_on:
        raise EndsBeforeItStarts
    if line.course.instruction == Instruction.PROVIDER:
        if teacher_id is None:
            raise NoTeacherNamed
        roster_line.teacher = own_teacher(teacher_id, by=by)
    roster_line.confirmed_by = by
    roster_line.confirmed_at = at
    roster_line.save()
    following.mark_confirmed(
        line,
        by=by,
        at=at,
        starts_on=starts_on,
        ends_on=ends_on,
        section=section,
        teacher_name=roster_line.teacher.name if roster_line.teacher else "",
    )
    clocks.stop(roster_line.clock_id, at=at)
    notices.tell_confirmed(roster_line, at=at)
    return roster_line
