"""Who issued a letter sends the notice of cessation of a student who has stopped, and records when (R-153)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import Pages
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.officials import SentForm
from ..models import OFFICIALS, CessationTask, LetterRequest
from ..tables import CessationTable

ROWS_PER_PAGE = 25


@require_safe
@for_roles(*OFFICIALS)
def cessations(request: HatRequest) -> HttpResponse:
    """Notices to send, the oldest first, then those that were sent."""
    rows = CessationTask.objects.run_by(request.hat).with_people()
    rows = rows.order_by("sent_on", "opened_at", "pk").reverse()
    page = Pages(rows, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "certification/cessations.html", {"table": CessationTable(page.object_list), "page": page}
    )


@for_roles(*OFFICIALS)
def cessation(request: HatRequest, pk: int) -> HttpResponse:
    """Who stopped and when, under which letters; then the day on which the notice was sent."""
    now = timezone.now()
    rows = CessationTask.objects.run_by(request.hat).with_people().select_related("recorded_by__user")
    task = get_object_or_404(rows, pk=pk)
    form = SentForm(
        request.POST or None, today=central_date(now), cancel_url=reverse("certification:cessations")
    )
    if task.recorded_at is None and form.is_valid():
        try:
            actions.record_sent(pk, by=request.hat, at=now, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Recorded. The student's log of disclosures says so, too."))
            return redirect("certification:cessations")
    letters = LetterRequest.objects.visible_to(request.hat).filter(
        student=task.student, enrollment=task.enrollment_id, certification__isnull=False
    )
    context = {"task": task, "form": form, "letters": letters.select_related("certification").order_by("pk")}
    return render(request, "certification/cessation.html", context)
