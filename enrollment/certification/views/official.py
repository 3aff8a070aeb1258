"""An official of the host, or of the resident district for combined study, sees what is asked for and issues it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.letters import lay_out
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import Pages
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..filters import LetterFilter
from ..forms.officials import IssueCombinedForm, IssueForm, StatedHoursForm
from ..models import OFFICIALS, RESIDENT_OFFICIALS, LetterRequest, StatedHours
from ..tables import LetterTable

ROWS_PER_PAGE = 25


@require_safe
@for_roles(*OFFICIALS)
def requests(request: HatRequest) -> HttpResponse:
    """What is asked for, the oldest first; and what was issued."""
    rows = LetterRequest.objects.issued_by(request.hat).select_related("student", "certification", "paper")
    filters = LetterFilter(request.GET, queryset=rows.order_by("asked_at", "pk"))
    page = Pages(filters.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    own = LetterRequest.objects.given_by(request.hat).filter(pk__in=[row.pk for row in page])
    context = {
        "table": LetterTable(page.object_list),
        "page": page,
        "filter_form": filters.form,
        "own": set(own.values_list("pk", flat=True)),
    }
    return render(request, "certification/requests.html", context)


@for_roles(*OFFICIALS)
def issue(request: HatRequest, pk: int) -> HttpResponse:
    """Who signs; then the letter to look at; then, if its facts are still those, it is issued."""
    now = timezone.now()
    row = _request_of(request.hat, pk)
    if hasattr(row, "certification") or row.taken_back_at is not None:
        issued = hasattr(row, "certification")
        return _nothing_to_issue(request, pk, actions.AlreadyIssued() if issued else actions.TakenBack())
    kind = IssueCombinedForm if row.is_combined else IssueForm
    form = kind(
        request.POST or None,
        initial={"phone": request.hat.user.phone},
        cancel_url=reverse("certification:requests"),
    )
    context = {"row": row, "form": form, "stated": row.stated_hours.order_by("pk")}
    if not form.is_valid():
        return render(request, "certification/issue.html", context)
    official = form.official(request.hat.user.name)
    try:
        if form.cleaned_data["seen"]:
            try:
                actions.issue(
                    pk,
                    by=request.hat,
                    at=now,
                    official=official,
                    seen=form.cleaned_data["seen"],
                    words=form.words,
                )
            except actions.FactsChanged as refusal:
                messages.warning(request, str(refusal.sentence))  # below it the letter as it would be now
            else:
                messages.success(
                    request,
                    _("The letter is issued. Print it, or save it, and hand it to who signed the paper.")
                    if hasattr(row, "paper")
                    else _("The letter is issued. The family gets a mail."),
                )
                return redirect("certification:letter", pk)
        facts = actions.facts_for(row, on=central_date(now), words=form.words)
    except (actions.AlreadyIssued, actions.TakenBack) as refusal:
        return _nothing_to_issue(request, pk, refusal)
    except Refusal as refusal:
        form.add_error(None, str(refusal.sentence))
        return render(request, "certification/issue.html", context)
    context |= {
        "preview": lay_out(actions.text_of(row, facts, official=official)),
        "carried": form.carrying(facts.digest),
    }
    return render(request, "certification/preview.html", context)


def _nothing_to_issue(request: HatRequest, pk: int, refusal: Refusal) -> HttpResponse:
    """Says why, and leads to the letter that is issued, or to the others that wait."""
    messages.info(request, str(refusal.sentence))
    if isinstance(refusal, actions.AlreadyIssued):
        return redirect("certification:letter", pk)
    return redirect("certification:requests")


@for_roles(*RESIDENT_OFFICIALS)
def state_hours(request: HatRequest, pk: int) -> HttpResponse:
    """Lists hours of study outside the portal, as somebody stated them."""
    now = timezone.now()
    row = _request_of(request.hat, pk)
    back = reverse("certification:issue", args=[pk])
    form = StatedHoursForm(request.POST or None, today=central_date(now), cancel_url=back)
    if form.is_valid():
        try:
            actions.state_hours(pk, by=request.hat, at=now, **form.answer)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(
                request, _("The hours are listed. The letter says that you do not certify them.")
            )
            return redirect(back)
    return render(request, "certification/state_hours.html", {"row": row, "form": form})


@require_POST
@for_roles(*RESIDENT_OFFICIALS)
def forget_hours(request: HatRequest, pk: int) -> HttpResponse:
    """Takes mistaken hours off a request that waits."""
    own = StatedHours.objects.filter(request__in=LetterRequest.objects.issued_by(request.hat))
    row = get_object_or_404(own, pk=pk)
    try:
        actions.forget_hours(pk, by=request.hat)
    except Refusal as refusal:
        messages.info(request, str(refusal.sentence))
    else:
        messages.success(request, _("The hours are taken off."))
    return redirect("certification:issue", row.request_id)


def _request_of(hat: Membership, pk: int) -> LetterRequest:
    rows = LetterRequest.objects.issued_by(hat).select_related(
        "student__school",
        "lea__organization",
        "certification",
        "consent",
        "paper",
        "enrollment__program__school",
        "enrollment__program__host__organization",
    )
    return get_object_or_404(rows, pk=pk)
