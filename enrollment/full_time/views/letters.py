"""A letter as it was sent, for everybody who may see the application it is about (R-42)."""

import uuid

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.papers.responses import pdf_response

from ..models import Determination, ProgramApplication


@for_roles(*Role)
def letter(request: HatRequest, pk: uuid.UUID) -> HttpResponse:
    """The letter as a page."""
    return render(request, "full_time/letter.html", {"determination": determination_of(request.hat, pk)})


@for_roles(*Role)
def letter_pdf(request: HatRequest, pk: uuid.UUID) -> FileResponse:
    """The same letter as PDF."""
    return pdf_response(determination_of(request.hat, pk).letter)


def determination_of(hat: Membership, pk: uuid.UUID) -> Determination:
    rows = Determination.objects.filter(application__in=ProgramApplication.objects.visible_to(hat))
    return get_object_or_404(rows.select_related("letter", "application"), letter=pk)
