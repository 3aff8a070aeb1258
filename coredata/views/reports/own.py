"""Which reports a hat may look at."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, PROVIDER_ROLES

from ...models import ProviderReport

REPORTING_ROLES = tuple(PROVIDER_ROLES)
REPORT_ROLES = (*REPORTING_ROLES, *DESE_ROLES)


def report_of(request: HatRequest, pk: int) -> ProviderReport:
    """The report, if this hat may see it. Raises Http404."""
    visible = ProviderReport.objects.visible_to(request.hat).select_related(
        "provider__organization",
        "school_year",
        "sent_by__user",
        "submitted_by__user",
        "accepted_by__user",
    )
    found: ProviderReport = get_object_or_404(visible, pk=pk)
    return found


def provider_of(request: HatRequest) -> int:
    """The provider for which this hat sends reports."""
    assert request.hat.organization_id is not None  # roles of a provider have one
    return request.hat.organization_id
