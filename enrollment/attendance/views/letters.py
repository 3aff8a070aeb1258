"""Letters about engagement and disenrollment, as they were sent, for whoever may see the student."""

import uuid

from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from enrollment.full_time.models import ProgramEnrollment
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Letter
from mocap_portal.foundation.papers.responses import pdf_response

from .students import READING


@require_safe
@for_roles(*READING)
def letter(request: HatRequest, pk: uuid.UUID) -> HttpResponse:
    """A letter inside a page."""
    return render(request, "attendance/letter.html", {"letter": letter_of(request.hat, pk)})


@require_safe
@for_roles(*READING)
def letter_pdf(request: HatRequest, pk: uuid.UUID) -> FileResponse:
    """The same letter as PDF."""
    return pdf_response(letter_of(request.hat, pk))


def letter_of(hat: Membership, pk: uuid.UUID) -> Letter:
    """The notices and the end letter of a student one may see; what was written to the district, staff only."""
    seen = ProgramEnrollment.objects.visible_to(hat)
    about = Q(engagement_notice__flag__enrollment__in=seen) | Q(ended_enrollment__in=seen)
    if not hat.is_family:
        about |= Q(placement__enrollment__in=seen)
    return get_object_or_404(Letter.objects.filter(about), pk=pk)
