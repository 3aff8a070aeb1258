"""What every action about a line begins with: the rows it locks, and whose side a person is on."""

from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import CourseLine, CourseRequest
from enrollment.records.actions import refuse_own_child
from enrollment.records.models import Claim, Student
from mocap_portal.foundation.accounts.models import PROVIDER_ROLES, Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import REGISTERING_ROLES, Party, RosterLine


class OnlyStaffRegisters(Refusal):
    sentence = _("Only district staff can register a student with a provider.")


class NotYourRoster(Refusal):
    sentence = _("This student is not on your roster.")


class NotYourCourse(Refusal):
    sentence = _("Only staff of the student's district or of the provider can do this.")


def locked_request(request_id: int) -> CourseRequest:
    """Locks the request and its claim; and the student, so that a merge waits and courses are counted one by one."""
    request = CourseRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    claim = Claim.objects.select_for_update(of=("self",)).get(pk=request.claim_id)
    if claim.student_id is not None:
        claim.student = Student.objects.select_for_update().get(pk=claim.student_id)
    request.claim = claim
    return request


def locked_line(line_id: int) -> CourseLine:
    """Locks the request, then the line, as decisions do."""
    request = locked_request(CourseLine.objects.values_list("request", flat=True).get(pk=line_id))
    line = (
        CourseLine.objects.select_for_update(of=("self",))
        .select_related("course__provider__organization")
        .get(pk=line_id)
    )
    line.request = request
    return line


def locked_roster_line(roster_line_id: int) -> RosterLine:
    """Locks the line of a roster line, then the roster line itself."""
    line = locked_line(RosterLine.objects.values_list("line", flat=True).get(pk=roster_line_id))
    return roster_line_of(line)


def roster_line_of(line: CourseLine) -> RosterLine:
    """The roster line, locked, of a line that is locked and was sent to its provider."""
    roster_line = RosterLine.objects.select_for_update().get(line=line)
    roster_line.line = line
    return roster_line


def lea_of(line: CourseLine) -> int:
    """The LEA that looks after a line: once it is sent, the one that pays for it (R-72)."""
    sent = RosterLine.objects.filter(line=line).values_list("lea", flat=True).first()
    return sent or line.request.lea_id


def refuse_strangers(line: CourseLine, *, by: Membership) -> None:
    """Raises OnlyStaffRegisters (R-29), OwnChild."""
    if by.role not in REGISTERING_ROLES or by.organization_id != lea_of(line):
        raise OnlyStaffRegisters
    refuse_own_child(line.request.claim_id, by=by)


def refuse_other_providers(line: CourseLine, *, by: Membership) -> None:
    """Raises NotYourRoster."""
    if by.role not in PROVIDER_ROLES or by.organization_id != line.course.provider_id:
        raise NotYourRoster


def side_of(line: CourseLine, *, by: Membership) -> Party:
    """Whose staff this is: the district's or the provider's. Raises NotYourCourse, OwnChild."""
    if by.is_provider and by.organization_id == line.course.provider_id:
        return Party.PROVIDER
    if by.role not in REGISTERING_ROLES or by.organization_id != lea_of(line):
        raise NotYourCourse
    refuse_strangers(line, by=by)
    return Party.DISTRICT
