"""Which files a hat may look at: what every page of a file asks first."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role

from ..models import Upload

SENDING_ROLES = (Role.DATA_CLERK, Role.COORDINATOR, Role.LEA_ADMIN)
READING_ROLES = (*SENDING_ROLES, *DESE_ROLES)


def upload_of(request: HatRequest, pk: int) -> Upload:
    """The file, if this hat may see it. Raises Http404."""
    visible = Upload.objects.visible_to(request.hat)
    found: Upload = get_object_or_404(
        visible.select_related("collection", "lea", "sent_by__user", "certified_by__user", "made_of"), pk=pk
    )
    return found


def lea_of(request: HatRequest) -> int:
    """The LEA for which this hat sends files."""
    assert request.hat.organization_id is not None  # roles of an LEA have one
    return request.hat.organization_id
