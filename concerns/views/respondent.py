"""What the state office asks a district or provider, in its own seat. It reads who wrote only with consent (R-119)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms.respondent import AnswerForm
from ..models import Asked, Attachment
from ..naming import identity, may_be_named, veiled
from ..responses import NotHandedOut, attachment_response
from ..tables import AskedTable

PER_PAGE = 25


@require_safe
@for_roles(*actions.ANSWERING_ROLES)
def questions(request: HatRequest) -> HttpResponse:
    """All that this organization was asked: what waits first, due soonest."""
    rows = Asked.objects.visible_to(request.hat).select_related("clock", "concern")
    ordered = rows.order_by(F("answered_at").desc(nulls_first=True), "clock__due_on", "pk")
    table = AskedTable(ordered, today=central_date(timezone.now()))
    sort_and_cut(table, request, per_page=PER_PAGE)
    return render(request, "concerns/respondent/questions.html", {"table": table})


@for_roles(*actions.ANSWERING_ROLES)
def question(request: HatRequest, pk: int) -> HttpResponse:
    """What it is about, what is asked, by when; and the answer, once."""
    visible = Asked.objects.visible_to(request.hat).select_related("concern", "clock", "answered_by__user")
    asked = get_object_or_404(visible, pk=pk)
    form = AnswerForm(request.POST or None, request.FILES or None, cancel_url=reverse("concerns:questions"))
    if asked.answered_at is None and form.is_valid():
        try:
            actions.answer(
                pk,
                form.cleaned_data["answer"],
                files=form.cleaned_data["papers"],
                by=request.hat,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The state office has your answer."))
            return redirect("concerns:question", pk)
    context: dict[str, Any] = {
        "asked": asked,
        "summary": veiled(asked.summary, asked.concern),
        "question": veiled(asked.question, asked.concern),
        "identity": identity(asked.concern) if may_be_named(asked.concern) else [],
        "form": form if asked.answered_at is None else None,
        "files": Attachment.objects.filter(asked=asked).order_by("added_at", "pk"),
        "why": why(asked.clock),
        "today": central_date(timezone.now()),
    }
    return render(request, "concerns/respondent/question.html", context)


@require_POST
@for_roles(*actions.ANSWERING_ROLES)
def file(request: HatRequest, pk: Any) -> HttpResponse | FileResponse:
    """A file of the organization's own answer."""
    visible = Attachment.objects.filter(asked__in=Asked.objects.visible_to(request.hat))
    attachment = get_object_or_404(visible, pk=pk)
    try:
        return attachment_response(attachment)
    except (NotHandedOut, FileNotFoundError) as refusal:
        raise Http404 from refusal
