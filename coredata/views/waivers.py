"""Rules that the state office waives for a district: all of them, granting one, ending one."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first

from .. import actions, tasks
from ..articles import can_be_waived
from ..checks import rules
from ..forms import WaiverForm
from ..models import Waiver
from ..tables import WaiverTable

PER_PAGE = 25


@require_safe
@for_roles(*DESE_ROLES)
def waivers(request: HatRequest) -> HttpResponse:
    """Every waiver there was, the newest first."""
    found = Waiver.objects.visible_to(request.hat).select_related("lea__organization", "granted_by__user")
    table = WaiverTable(found.order_by("-granted_at", "-pk"))
    sort_and_cut(table, request, per_page=PER_PAGE)
    return render(request, "coredata/waivers.html", {"table": table, "today": central_date(timezone.now())})


@for_roles(*DESE_ROLES)
def waive(request: HatRequest, rule: str) -> HttpResponse:
    """Waive a warning for one LEA."""
    found = rules().get(rule)
    if found is None or not can_be_waived(found):
        raise Http404
    back = reverse("coredata:rule", args=[rule])
    form = WaiverForm(request.POST or None, cancel_url=back)
    if form.is_valid():
        lea = form.cleaned_data["lea"]
        try:
            actions.grant_waiver(
                lea.pk,
                rule,
                reason=form.cleaned_data["reason"],
                until=form.cleaned_data["until"],
                by=request.hat,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("until", str(refusal.sentence))
        else:
            tasks.ask_to_check_again(lea.pk)
            messages.success(request, _("%(rule)s is waived for %(lea)s.") % {"rule": rule, "lea": lea})
            return redirect("coredata:waivers")
    return render(request, "coredata/waive.html", {"form": form, "rule": found})


@for_roles(*DESE_ROLES)
def end_waiver(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then lets the rule hold again."""
    waiver: Waiver = get_object_or_404(
        Waiver.objects.visible_to(request.hat).select_related("lea__organization"), pk=pk
    )
    if waiver.ended_at is not None:
        return redirect("coredata:waivers")

    def end() -> None:
        actions.end_waiver(pk, by=request.hat, at=timezone.now())
        tasks.ask_to_check_again(waiver.lea_id)

    names = {"rule": waiver.rule, "lea": waiver.lea}
    return ask_first(
        request,
        end,
        title=_("Let %(rule)s hold for %(lea)s again?") % names,
        text=_("Trials of the district that can be checked again are; what is certified stays certified."),
        button=_("End the waiver"),
        done=_("%(rule)s holds for %(lea)s again.") % names,
        back=reverse("coredata:waivers"),
    )
