"""The only writer of the roster: the district registers an approved course, the provider confirms."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.part_time import actions as part_time
from enrollment.part_time.models import CourseLine, CourseRequest, LineState
from enrollment.records.actions import log_disclosure
from enrollment.records.models import Claim, ClaimState, Student
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import ClockKind
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Agreement, AgreementKind

from . import notices
from .models import RosterLine, RosterState

REGISTERING_ROLES = frozenset({Role.COUNSELOR, Role.COORDINATOR, Role.LEA_ADMIN})

# Kept in English, shown in the reader's language.
WHAT_IS_TOLD = gettext_noop("Name, MOSIS ID, birth date, grade, course")
WHY_IT_IS_TOLD = gettext_noop("Registration in a course that the district approved")


class OnlyStaffRegisters(Refusal):
    sentence = _("Only district staff can register a student with a provider.")


class OwnChild(Refusal):
    sentence = _("This is about a child of your own. A colleague has to register the course.")


class NotApproved(Refusal):
    sentence = _("Only an approved course can be registered. This one is not approved.")


class AlreadyRegistered(Refusal):
    sentence = _("This course was already sent to the provider. Nothing was sent twice.")


class StudentNotConfirmed(Refusal):
    sentence = _("The student is not confirmed yet. Confirm who the student is first.")


class MosisIdMissing(Refusal):
    sentence = _("The student has no MOSIS ID yet. Enter it on the student's page first.")


class ContactMissing(Refusal):
    sentence = _("Your district has no MOCAP contact yet. An administrator enters it on the district's page.")


class NoDataAgreement(Refusal):
    sentence = _(
        "No data agreement with this provider is on file for today. Record the signed agreement first: without "
        "it no student's data may leave the district."
    )


class NotYourRoster(Refusal):
    sentence = _("This student is not on your roster.")


class AlreadyConfirmed(Refusal):
    sentence = _("This student was already confirmed. Reload the page to see by whom.")


def what_is_missing(line: CourseLine, *, at: dt.datetime) -> list[Refusal]:
    """Everything that keeps an approved line from being registered today, so that it is told at once (R-30, R-137)."""
    return missing_by_line([line], at=at)[line.pk]


def missing_by_line(lines: Collection[CourseLine], *, at: dt.datetime) -> dict[int, list[Refusal]]:
    """The same for many lines, by primary key, in one query when their students and LEAs are loaded."""
    agreed = set(
        Agreement.objects.on(central_date(at))
        .filter(kind=AgreementKind.DATA, lea__in={line.request.lea_id for line in lines})
        .values_list("lea", "provider")
    )
    return {line.pk: list(_missing(line, agreed)) for line in lines}


def _missing(line: CourseLine, agreed: Collection[tuple[int, int]]) -> Iterator[Refusal]:
    claim, lea = line.request.claim, line.request.lea
    if claim.state != ClaimState.CONFIRMED or claim.student is None:
        yield StudentNotConfirmed()
    elif not claim.student.mosis_id:
        yield MosisIdMissing()
    if not (lea.contact_name and lea.contact_email):
        yield ContactMissing()
    if (lea.pk, line.course.provider_id) not in agreed:
        yield NoDataAgreement()


@transaction.atomic
def register(line_id: int, *, by: Membership, at: dt.datetime) -> RosterLine:
    """Tells the provider about an approved line: the roster line, the disclosure, the provider's clock.

    Raises OnlyStaffRegisters (R-29), OwnChild, NotApproved (R-28), AlreadyRegistered, and what `what_is_missing` names.
    """
    line = _locked_line(line_id)
    if by.role not in REGISTERING_ROLES or by.organization_id != line.request.lea_id:
        raise OnlyStaffRegisters
    if Claim.objects.about_own_child_of(by.user_id).filter(pk=line.request.claim_id).exists():
        raise OwnChild
    if line.state in {LineState.REGISTERED, LineState.CONFIRMED}:
        raise AlreadyRegistered
    if line.state != LineState.APPROVED:
        raise NotApproved
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
    part_time.mark_registered(line, by=by, at=at, confirmation_clock=clock)
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
    section: str = "",
    teacher_name: str = "",
) -> RosterLine:
    """The provider has the student in a section from `starts_on`. Raises NotYourRoster, AlreadyConfirmed."""
    line_id = RosterLine.objects.values_list("line", flat=True).get(pk=roster_line_id)
    line = _locked_line(line_id)
    roster_line = RosterLine.objects.select_for_update().get(pk=roster_line_id)
    if by.role not in PROVIDER_ROLES or by.organization_id != roster_line.provider_id:
        raise NotYourRoster
    if roster_line.state != RosterState.SENT:
        raise AlreadyConfirmed
    roster_line.confirm(by=by, at=at, starts_on=starts_on, section=section, teacher_name=teacher_name)
    roster_line.save()
    part_time.mark_confirmed(
        line, by=by, at=at, starts_on=starts_on, section=section, teacher_name=teacher_name
    )
    clocks.stop(roster_line.clock_id, at=at)
    notices.tell_confirmed(roster_line, at=at)
    return roster_line


def _locked_line(line_id: int) -> CourseLine:
    """Locks the request, then the line, as decisions do; and the student, so that a merge waits."""
    request_id = CourseLine.objects.values_list("request", flat=True).get(pk=line_id)
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=request.claim_id)
    if claim.student_id is not None:
        claim.student = Student.objects.select_for_update().get(pk=claim.student_id)
    request.claim = claim
    line = (
        CourseLine.objects.select_for_update(of=("self",))
        .select_related("course__provider__organization")
        .get(pk=line_id)
    )
    line.request = request
    return line
