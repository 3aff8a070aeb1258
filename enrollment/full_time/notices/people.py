"""Who is told about an application. Staff who are family of the child are told as family only."""

from collections.abc import Iterable

from enrollment.records.models import Claim
from enrollment.records.notices import family_of_claim
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership, Role, User

from ..models import RESIDENT_SERVICE_ROLES, ProgramApplication, RecordsRequest, Side

# Who sends a student's records, and who is told when the program asks for them.
SENDING_ROLES = (Role.COORDINATOR, Role.COUNSELOR, Role.DATA_CLERK)
INFORMING_ROLES = (Role.COORDINATOR, Role.COUNSELOR)


def family_of(application: ProgramApplication) -> list[User]:
    return family_of_claim(application.claim)


def side_of(application: ProgramApplication, side: Side) -> list[User]:
    """Who acts about services on a side."""
    return host_of(application) if side == Side.HOST else resident_of(application, RESIDENT_SERVICE_ROLES)


def host_of(application: ProgramApplication) -> list[User]:
    return _people(application, application.program.host_id, HOST_ROLES)


def resident_of(application: ProgramApplication, roles: Iterable[Role]) -> list[User]:
    return _people(application, application.current_resident_lea.pk, roles)


def asked_for(request: RecordsRequest) -> list[User]:
    """Who sends the records in the district that was asked."""
    return _people(request.application, request.asked_lea.pk, SENDING_ROLES)


def other(side: Side) -> Side:
    return Side.RESIDENT if side == Side.HOST else Side.HOST


def _people(application: ProgramApplication, organization_id: int, roles: Iterable[Role]) -> list[User]:
    people = Membership.objects.in_organization(organization_id, *roles).people()
    family = Claim.objects.family_among(application.claim, [user.pk for user in people])
    return [user for user in people if user.pk not in family]
