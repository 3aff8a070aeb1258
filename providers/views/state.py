"""The state office and the providers: who is authorized, and each step of an authorization."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.papers.responses import document_response
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms import state as forms
from ..models import CorrectiveAction, ProviderProfile, Review
from ..standing import STATUS_KINDS, standing, with_its_papers
from ..tables import (
    ApplicationTable,
    AuthorizationTable,
    NoticeTable,
    ProviderTable,
    ReviewTable,
    SanctionTable,
)

PER_PAGE = 25


@for_roles(*DESE_ROLES)
@require_safe
def providers(request: HatRequest) -> HttpResponse:
    """All providers and how they stand today."""
    today = timezone.localdate()
    listed = Q(courses__valid_from__lte=today) & (
        Q(courses__valid_to__isnull=True) | Q(courses__valid_to__gte=today)
    )
    rows = with_its_papers().annotate(listed=Count("courses", filter=listed))
    table = ProviderTable(rows.order_by("organization__name"), today=today)
    sort_and_cut(table, request, per_page=PER_PAGE)
    return render(request, "providers/providers.html", {"table": table})


@for_roles(*DESE_ROLES)
@require_safe
def provider(request: HatRequest, pk: int) -> HttpResponse:
    """One provider: its standing, what it tells, its papers, and the steps that can be taken."""
    row = get_object_or_404(with_its_papers(), pk=pk)
    today = timezone.localdate()
    now, last_day = standing(row, on=today)
    may_change = request.hat.role == Role.DESE_ADMIN
    context = {
        "provider": row,
        "standing": now,
        "kind": STATUS_KINDS[now],
        "last_day": last_day,
        "profile": ProviderProfile.objects.filter(provider=row).first(),
        "may_change": may_change,
        "steps": [
            (reverse(f"providers:provider_{name}", args=[pk]), step.link) for name, step in STEPS.items()
        ]
        if may_change
        else [],
        "authorizations": AuthorizationTable(row.authorizations.order_by("-valid_from")),
        "applications": ApplicationTable(row.applications.order_by("-received_on", "-pk"), today=today),
        "notices": NoticeTable(
            row.corrective_actions.prefetch_related("sanctions").order_by("-noticed_on", "-pk"),
            may_change=may_change,
        ),
        "sanctions": SanctionTable(row.sanctions.order_by("-valid_from")),
        "reviews": ReviewTable(row.reviews.order_by("-done_on", "kind")),
    }
    return render(request, "providers/provider.html", context)


@dataclass(frozen=True)
class Step:
    """One thing the state office does about a provider: its form, its action, its words."""

    form: type[forms.StepForm]
    act: Callable[..., object]
    link: str | Promise
    intro: str | Promise
    done: str | Promise
    needs: Callable[[Membership, dt.datetime], dict[str, Any]]
    words: dict[str, Any] = field(default_factory=dict)


def _by_on(hat: Membership, at: dt.datetime) -> dict[str, Any]:
    return {"by": hat, "on": central_date(at)}


def _by_at(hat: Membership, at: dt.datetime) -> dict[str, Any]:
    return {"by": hat, "at": at}


def _nothing(hat: Membership, at: dt.datetime) -> dict[str, Any]:
    return {}


# In the order of the buttons on the provider's page.
STEPS: dict[str, Step] = {
    "apply": Step(
        forms.ApplicationForm,
        actions.apply,
        link=_("Record an application"),
        intro=_("An earlier denial stands in nobody's way: a provider may apply again at any time."),
        done=_("The application is recorded."),
        needs=_nothing,
    ),
    "review": Step(
        forms.ReviewForm,
        actions.record_review,
        link=_("Record a review"),
        intro=_("Both reviews must be on file before a provider is authorized."),
        done=_("The review is on file."),
        needs=_by_at,
    ),
    "grant": Step(
        forms.GrantForm,
        actions.grant,
        link=_("Authorize or renew"),
        intro=_("The provider's listed courses can be chosen from the first day on."),
        done=_("The provider is authorized for these days."),
        needs=_by_on,
    ),
    "deny": Step(
        forms.DenialForm,
        actions.deny,
        link=_("Deny the application"),
        intro=_("The provider reads the explanation on its page. It may apply again at any time."),
        done=_("The application is denied."),
        needs=_by_on,
    ),
    "notice": Step(
        forms.NoticeForm,
        actions.give_notice,
        link=_("Give notice of a problem"),
        intro=_(
            "The provider reads what is wrong and until when to put it right. Its courses stay on offer."
        ),
        done=_("The notice is on the provider's page."),
        needs=_by_on,
    ),
    "suspend": Step(
        forms.SuspensionForm,
        actions.suspend,
        link=_("Suspend"),
        intro=_(
            "From today on nobody can choose its courses, until you lift the suspension. Students who are in a course "
            "stay in it. It needs a notice whose day to cure is over, unless it is urgent."
        ),
        done=_("The provider is suspended. Its courses left the catalog."),
        needs=_by_on,
    ),
    "lift": Step(
        forms.ConfirmForm,
        actions.lift,
        link=_("Lift the suspension"),
        intro=_("Today is the last day of the suspension. The courses are back in the catalog tomorrow."),
        done=_("The suspension ends today."),
        needs=_by_on,
        words={"button": _("Lift the suspension")},
    ),
    "revoke": Step(
        forms.RevocationForm,
        actions.revoke,
        link=_("Revoke"),
        intro=_(
            "The authorization ends today, and it takes a new one to come back. Students who are in a course stay in "
            "it. It needs a notice whose day to cure is over, unless it is urgent."
        ),
        done=_("The authorization is revoked. The courses left the catalog."),
        needs=_by_on,
    ),
}


@for_roles(Role.DESE_ADMIN)
def provider_step(request: HatRequest, pk: int, name: str) -> HttpResponse:
    """One step about a provider: a form, then back to its page."""
    row = get_object_or_404(Provider.objects.select_related("organization"), pk=pk)
    step = STEPS[name]
    form = step.form(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        cancel_url=reverse("providers:provider", args=[pk]),
        today=timezone.localdate(),
        **step.words,
    )
    if form.is_valid():
        try:
            step.act(pk, **step.needs(request.hat, timezone.now()), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, str(step.done))
            return redirect("providers:provider", pk)
    return render(request, "providers/step.html", {"provider": row, "step": step, "form": form})


@for_roles(Role.DESE_ADMIN)
def clear_notice(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then says that a provider has put things right."""
    notice = get_object_or_404(CorrectiveAction.objects.select_related("provider__organization"), pk=pk)
    if request.method == "POST":
        try:
            actions.clear(pk, by=request.hat, on=timezone.localdate())
        except Refusal as refusal:
            messages.info(request, str(refusal.sentence))
        else:
            messages.success(request, str(_("The notice is cleared.")))
        return redirect("providers:provider", notice.provider_id)
    return render(request, "providers/clear_notice.html", {"notice": notice})


@for_roles(*DESE_ROLES)
@require_safe
def review_document(request: HatRequest, pk: int) -> FileResponse:
    """The paper of a review as it was handed in."""
    review = get_object_or_404(Review.objects.select_related("document"), pk=pk, document__isnull=False)
    assert review.document
    return document_response(review.document)
