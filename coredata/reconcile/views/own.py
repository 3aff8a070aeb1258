"""Which mismatches a hat may open, and whose pages these are."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, PROVIDER_ROLES

from ..actions import CLERKS
from ..models import Mismatch
from ..standing import shown_to

READERS = CLERKS | PROVIDER_ROLES | DESE_ROLES
ANSWERERS = CLERKS | DESE_ROLES
PER_PAGE = 25


def mismatch_of(request: HatRequest, pk: int) -> Mismatch:
    """The mismatch, if this hat may read of it. Raises Http404."""
    found: Mismatch = get_object_or_404(
        shown_to(request.hat).select_related("lea__organization", "provider__organization", "school_year"),
        pk=pk,
    )
    return found
