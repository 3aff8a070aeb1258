"""An issued letter, for its family and for the officials who issued it."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES
from mocap_portal.foundation.papers.responses import pdf_response

from ..models import OFFICIALS, Certification, LetterRequest


@require_safe
@for_roles(*FAMILY_ROLES, *OFFICIALS)
def letter(request: HatRequest, pk: int) -> HttpResponse:
    """The letter as it was issued. Its code stands on the PDF alone."""
    return render(request, "certification/letter.html", {"certification": _issued(request, pk)})


@require_safe
@for_roles(*FAMILY_ROLES, *OFFICIALS)
def letter_pdf(request: HatRequest, pk: int) -> HttpResponseBase:
    """The PDF, with the code."""
    return pdf_response(_issued(request, pk).letter)


def _issued(request: HatRequest, pk: int) -> Certification:
    rows = Certification.objects.filter(request__in=LetterRequest.objects.visible_to(request.hat))
    return get_object_or_404(rows.select_related("letter", "request__student"), request=pk)
