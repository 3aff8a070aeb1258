"""What every action of two districts begins with: the application, locked, and whose side a person is on."""

from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import refuse_own_child
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import (
    ENDED,
    RESIDENT_SERVICE_ROLES,
    ApplicationState,
    ProgramApplication,
    ProgramEnrollment,
    Side,
)


class NotYourApplication(Refusal):
    sentence = _("Only staff of the program's host and of the resident district can do this.")


class ApplicationOver(Refusal):
    sentence = _(
        "This application was not sent or was taken back, or the student has left. Nothing changes any more."
    )


def locked_application(application_id: int) -> ProgramApplication:
    """The application, locked: whoever changes what belongs to it waits for its turn here."""
    return (
        ProgramApplication.objects.select_for_update(of=("self",))
        .select_related(
            "program__host__organization",
            "resident_lea__organization",
            "enrollment__resident_lea__organization",
            "claim",
        )
        .get(pk=application_id)
    )


def side_of(application: ProgramApplication, *, by: Membership) -> Side:
    """Whose staff this is. Raises NotYourApplication, OwnChild."""
    if by.role in HOST_ROLES and by.organization_id == application.program.host_id:
        side = Side.HOST
    elif by.role in RESIDENT_SERVICE_ROLES and by.organization_id == application.current_resident_lea.pk:
        side = Side.RESIDENT
    else:
        raise NotYourApplication
    refuse_own_child(application.claim_id, by=by)
    return side


def is_over(application: ProgramApplication) -> bool:
    """Not sent yet, taken back, or of a student who has left the program."""
    if application.state in {ApplicationState.DRAFT, ApplicationState.CANCELLED}:
        return True
    return ProgramEnrollment.objects.filter(application=application, state__in=ENDED).exists()


def refuse_over(application: ProgramApplication) -> None:
    """Raises ApplicationOver."""
    if is_over(application):
        raise ApplicationOver
