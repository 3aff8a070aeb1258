"""A letter that was asked for on paper: an official of the host records it, and the scan is read again."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from enrollment.full_time.models import ProgramEnrollment
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, HOST_ROLES
from mocap_portal.foundation.papers.responses import document_response
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.officials import PaperForm
from ..models import LetterRequest, PaperConsent


@for_roles(*HOST_ROLES)
def record(request: HatRequest, enrollment_pk: int) -> HttpResponse:
    """Who signed, when, for whom, and the scan; then the letter can be issued."""
    now = timezone.now()
    rows = ProgramEnrollment.objects.run_by(request.hat).select_related("student", "program")
    row = get_object_or_404(rows, pk=enrollment_pk)
    form = PaperForm(
        request.POST or None,
        request.FILES or None,
        today=central_date(now),
        cancel_url=reverse("full_time:enrollment", args=[enrollment_pk]),
    )
    if form.is_valid():
        try:
            letter = actions.record_paper(enrollment_pk, by=request.hat, at=now, **form.answer)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The paper is recorded. You can issue the letter now."))
            return redirect("certification:issue", letter.pk)
    context = {
        "title": _("Attendance letter asked for on paper"),
        "intro": _(
            "For %(student)s. A family without an account asks on paper and signs it. Keep the scan here, issue the "
            "letter, and hand it out."
        )
        % {"student": row.student},
        "rows": [{"term": _("Program"), "value": str(row.program)}],
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@require_safe
@for_roles(*FAMILY_ROLES, *HOST_ROLES)
def scan(request: HatRequest, pk: int) -> FileResponse:
    """The signed paper, for everybody who may see the request."""
    seen = LetterRequest.objects.visible_to(request.hat)
    paper = get_object_or_404(
        PaperConsent.objects.select_related("scan").filter(request__in=seen), request=pk
    )
    return document_response(paper.scan)
