"""Which rows of the state's map a hat may see or change. The directory lies below accounts and knows no hats."""

from django.db.models import Q, QuerySet

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import ClosedDay, Lea


def closed_days_visible_to(hat: Membership) -> QuerySet[ClosedDay]:
    """DESE sees every closed day, an LEA the state's and its own."""
    if hat.is_dese:
        return ClosedDay.objects.all()
    return ClosedDay.objects.for_lea(hat.organization_id)


def closed_days_kept_by(hat: Membership) -> QuerySet[ClosedDay]:
    """The closed days that this hat enters and takes back: an LEA its own, DESE the state's."""
    if hat.role == Role.DESE_ADMIN:
        return ClosedDay.objects.filter(lea=None)
    return ClosedDay.objects.filter(lea=hat.organization_id).filter(~Q(lea=None))


def own_lea(hat: Membership) -> QuerySet[Lea]:
    """The LEA that this hat works for, if it is one."""
    return Lea.objects.filter(pk=hat.organization_id).select_related("organization")
