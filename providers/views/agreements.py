"""The agreements of a district with providers and other districts."""

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.responses import document_response
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import short_day

from .. import actions
from ..forms.agreements import AgreementFilterForm, AgreementForm, EndAgreementForm
from ..models import WITHOUT_PROGRAM_CODE, Agreement, AgreementKind
from ..tables import AgreementTable

PER_PAGE = 25
KEEPERS = (Role.LEA_ADMIN, Role.COORDINATOR)  # who records and ends a district's agreements


@for_roles(*KEEPERS, *DESE_ROLES)
@require_safe
def agreements(request: HatRequest) -> HttpResponse:
    """The agreements on file: a district's own, for DESE everybody's."""
    found = Agreement.objects.visible_to(request.hat).select_related(
        "provider__organization", "lea__organization", "partner_lea__organization"
    )
    may_change = request.hat.role in KEEPERS
    form = AgreementFilterForm(request.GET, by_lea=request.hat.is_dese)
    chosen = form.chosen()
    if lea := chosen.pop("lea", None):
        found = found.filter(Q(lea=lea) | Q(partner_lea=lea))
    table = AgreementTable(
        found.filter(**chosen).order_by(
            "provider__organization__name", "partner_lea__organization__name", "-valid_from", "pk"
        ),
        hat=request.hat,
        may_end=may_change,
        today=timezone.localdate(),
    )
    sort_and_cut(table, request, per_page=PER_PAGE)
    context = {
        "table": table,
        "form": form,
        "may_change": may_change,
        "kinds": [
            (reverse(f"providers:record_{kind.value}"), kind.label)
            for kind in AgreementKind
            if kind != AgreementKind.DATA
        ],
    }
    return render(request, "providers/agreements.html", context)


@for_roles(*KEEPERS)
def record_agreement(request: HatRequest, kind: str = AgreementKind.DATA) -> HttpResponse:
    """Put a signed agreement of this kind on file."""
    kind = AgreementKind(kind)
    lea = get_object_or_404(Lea, pk=request.hat.organization_id)
    form = AgreementForm(request.POST or None, request.FILES or None, kind=kind, lea_id=lea.pk)
    if form.is_valid():
        try:
            actions.record_agreement(
                kind=kind, lea=lea, by=request.hat, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The agreement is on file."))
            return redirect("providers:agreements")
    context = {"form": form, "kind": kind, "no_program_code": kind in WITHOUT_PROGRAM_CODE}
    return render(request, "providers/agreement_form.html", context)


@for_roles(*KEEPERS)
def end_agreement(request: HatRequest, pk: int) -> HttpResponse:
    """Let an agreement end on a day."""
    own = Agreement.objects.kept_by(request.hat).select_related(
        "provider__organization", "partner_lea__organization"
    )
    agreement = get_object_or_404(own, pk=pk)
    form = EndAgreementForm(request.POST or None)
    if form.is_valid():
        try:
            actions.end_agreement(pk, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            day = short_day(form.cleaned_data["last_day"])
            messages.success(request, _("The agreement ends on %(day)s.") % {"day": day})
            return redirect("providers:agreements")
    return render(request, "providers/agreement_end.html", {"form": form, "agreement": agreement})


@for_roles(*KEEPERS, *DESE_ROLES)
@require_safe
def agreement_document(request: HatRequest, pk: int) -> FileResponse:
    """The signed paper as it was handed in."""
    visible = Agreement.objects.visible_to(request.hat).filter(document__isnull=False)
    agreement = get_object_or_404(visible.select_related("document"), pk=pk)
    assert agreement.document
    return document_response(agreement.document)
