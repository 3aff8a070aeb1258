"""Courses that go on although the student moved to another district: who pays from which day on (R-72)."""

from django.contrib import messages
from django.db.models import Exists, F, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import Pages
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Agreement, AgreementKind

from .. import actions
from ..models import REGISTERING_ROLES, PayerChange
from ..tables import PayerTable

ROWS_PER_PAGE = 25


@require_safe
@for_roles(*REGISTERING_ROLES)
def payers(request: HatRequest) -> HttpResponse:
    """What is to arrange first, then the newest; of students who came and of those who left."""
    agreement = Agreement.objects.on(central_date(timezone.now())).filter(
        kind=AgreementKind.DATA, lea=OuterRef("to_lea"), provider=OuterRef("line__course__provider")
    )
    changes = (
        PayerChange.objects.visible_to(request.hat)
        .select_related(
            "from_lea__organization",
            "to_lea__organization",
            "line__course__provider__organization",
            "line__request__claim",
            "arranged_by__user",
        )
        .annotate(has_agreement=Exists(agreement))
        .order_by(F("arranged_at").desc(nulls_first=True), "-pays_from", "-pk")
    )
    page = Pages(changes, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "registration/payers.html", {"table": PayerTable(page.object_list), "page": page})


@require_POST
@for_roles(*REGISTERING_ROLES)
def arranged(request: HatRequest, pk: int) -> HttpResponse:
    """Somebody of the new district has arranged the payment."""
    get_object_or_404(PayerChange.objects.visible_to(request.hat), pk=pk)
    try:
        actions.arrange_payment(pk, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.info(request, str(refusal.sentence))
    else:
        messages.success(request, _("The payment is arranged."))
    return redirect("registration:payers")
