"""The host's seat: applications to decide, each with what others said about it; the decision; a second look."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, HOST_ROLES, Membership
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..eligibility import questions, semester_before
from ..filters.applications import ApplicationFilter
from ..forms.staff import DetermineForm, LookAgainForm
from ..models import (
    ApplicationState,
    Outcome,
    ProgramApplication,
    ProgramApplicationQuerySet,
    ProgramReview,
    ReviewOutcome,
)
from ..stations import stations
from ..tables.applications import ApplicationTable
from .rows import with_stations

ROWS_PER_PAGE = 25


def for_list(applications: ProgramApplicationQuerySet) -> ProgramApplicationQuerySet:
    return applications.select_related(
        "claim",
        "program",
        "term__school_year",
        "resident_lea__organization",
        "enrollment__resident_lea__organization",
        "input_clock",
    )


@for_roles(*HOST_ROLES, *DESE_ROLES)
def inbox(request: HatRequest) -> HttpResponse:
    """Applications to the host's programs, the oldest first; DESE reads all."""
    rows = for_list(ProgramApplication.objects.visible_to(request.hat))
    filters = ApplicationFilter(request.GET, queryset=rows)
    table = ApplicationTable(
        filters.qs.order_by("submitted_at", "pk"),
        leads_to="full_time:review",
        today=central_date(timezone.now()),
    )
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {"table": table, "filter_form": filters.form}
    return render(request, "full_time/host/inbox.html", context)


@for_roles(*HOST_ROLES, *DESE_ROLES)
def review(request: HatRequest, pk: int) -> HttpResponse:
    """One application, with everything that was said about it and what is missing before a decision."""
    row = get_object_or_404(with_stations(ProgramApplication.objects.visible_to(request.hat)), pk=pk)
    today = central_date(timezone.now())
    acts = may_act(request.hat, row)
    missing = (
        actions.what_is_missing(row, outcome=Outcome.ADMITTED, on=today)
        if row.state == ApplicationState.APPLIED
        else None
    )
    context: dict[str, Any] = {
        "application": row,
        "entries": stations(row, on=today),
        "why": why(row.input_clock) if row.input_clock else None,
        "questions": questions(row.claim, row.program, row.term, on=central_date(row.submitted_at)),  # type: ignore[arg-type]
        "prior": semester_before(row),
        "papers": row.papers.select_related("document").order_by("added_at", "pk"),
        "reasons": reasons_of(row),
        "letters": row.determinations.select_related("letter").order_by("decided_at", "pk"),
        "may_decide": acts and row.state == ApplicationState.APPLIED,
        "missing": missing,
        "to_look_again": [again for again in row.reviews.all() if acts and not again.outcome],
        "is_own": request.hat.role in HOST_ROLES and not acts,
    }
    return render(request, "full_time/host/review.html", context)


def may_act(hat: Membership, application: ProgramApplication) -> bool:
    """Whether this hat decides here: the host's staff, about no child of their own."""
    own = ProgramApplication.objects.filter(pk=application.pk).about_others(hat)
    return hat.role in HOST_ROLES and own.exists()


def reasons_of(application: ProgramApplication) -> list[tuple[str, list[str]]]:
    """Whose reasons, and which."""
    if not hasattr(application, "survey"):
        return []
    rows = application.survey.reasons.select_related("reason").order_by("whose", "reason__position")
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(str(row.get_whose_display()), []).append(row.reason.label)
    return list(found.items())


@for_roles(*HOST_ROLES)
def determine(request: HatRequest, pk: int) -> HttpResponse:
    """The decision: first the letter as it would be sent, then it is sent."""
    now = timezone.now()
    rows = with_stations(ProgramApplication.objects.visible_to(request.hat).about_others(request.hat))
    row = get_object_or_404(rows, pk=pk)
    back = reverse("full_time:review", args=[pk])
    if row.state != ApplicationState.APPLIED:
        messages.info(request, str(actions.AlreadyDecided.sentence))
        return redirect(back)
    form = DetermineForm(
        request.POST or None,
        today=central_date(now),
        cancel_url=back,
        initial={"starts_on": max(row.term.starts_on, central_date(now))},
    )
    context: dict[str, Any] = {"application": row, "form": form}
    if form.is_valid():
        answers = form.cleaned_data | {"outcome": Outcome(form.cleaned_data["outcome"])}
        if answers["outcome"] == Outcome.REFUSED:
            answers["starts_on"] = None
        if "send" not in request.POST:
            context["letter"] = actions.preview(row, by=request.hat, at=now, **answers)
            refusal = actions.what_is_missing(row, outcome=answers["outcome"], on=central_date(now))
            context["missing"] = refusal
            context["carried"] = [
                (name, answer) for name, answer in request.POST.items() if name != "csrfmiddlewaretoken"
            ]
            return render(request, "full_time/host/preview.html", context)
        try:
            actions.determine(pk, by=request.hat, at=now, **answers)
        except actions.AlreadyDecided as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect(back)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(
                request, _("The letter is sent to the family, the resident district and your colleagues.")
            )
            return redirect(back)
    return render(request, "full_time/host/determine.html", context)


@for_roles(*HOST_ROLES)
def look_again(request: HatRequest, pk: int) -> HttpResponse:
    """The answer to a family that asked the host to look at its refusal again (R-71)."""
    now = timezone.now()
    visible = ProgramApplication.objects.visible_to(request.hat).about_others(request.hat)
    rows = ProgramReview.objects.filter(application__in=visible).select_related("application__claim", "clock")
    row = get_object_or_404(rows, pk=pk)
    back = reverse("full_time:review", args=[row.application_id])
    form = LookAgainForm(request.POST or None, today=central_date(now), cancel_url=back)
    if form.is_valid():
        try:
            actions.answer_review(
                pk,
                by=request.hat,
                at=now,
                **form.cleaned_data | {"outcome": ReviewOutcome(form.cleaned_data["outcome"])},
            )
        except actions.AlreadyDecided as refusal:
            messages.info(request, str(refusal.sentence))
            return redirect(back)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The answer is sent to the family."))
            return redirect(back)
    context = {
        "title": _("Look again at application %(number)s") % {"number": row.application.number},
        "intro": _("The family asked you to look at this decision again. Its reasons:"),
        "rows": [{"term": _("Reasons of the family"), "value": row.reasons}],
        "form": form,
    }
    return render(request, "components/form_page.html", context)
