"""The public catalog, and the agreements of a district with providers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.words import short_day

from . import actions, prices
from .filters import CatalogFilter
from .forms import DataAgreementForm, EndAgreementForm
from .models import Agreement, AgreementKind, Course, Structure
from .tables import AgreementTable, CourseTable, grade_words

PER_PAGE = 25
ASSURANCES = {
    "assurance_data_security": gettext_lazy("Data security"),
    "assurance_educator": gettext_lazy("Missouri-certificated teacher"),
    "assurance_standards": gettext_lazy("Missouri Learning Standards"),
    "assurance_accessibility": gettext_lazy("Usable by people with disabilities"),
    "assurance_ap": gettext_lazy("Advanced Placement (AP)"),
}
KEEPERS = (Role.LEA_ADMIN, Role.COORDINATOR)  # who records and ends a district's agreements


class HtmxRequest(HttpRequest):
    htmx: HtmxDetails


# The catalog --------------------------------------------------------------------------------------


@login_not_required
@require_safe
def catalog(request: HtmxRequest) -> HttpResponse:
    """Courses on offer today. To htmx it answers with the results alone."""
    search = CatalogFilter(request.GET, on=timezone.localdate())
    courses = search.qs.select_related("provider__organization").order_by(Lower("title"), "pk")
    table = CourseTable(courses)
    sort_and_cut(table, request, per_page=PER_PAGE)
    only_results = bool(request.htmx) and not request.htmx.history_restore_request
    template = "providers/catalog.html#results" if only_results else "providers/catalog.html"
    context = {
        "form": search.form,
        "table": table,
        "count": table.page.paginator.count,
        "only_results": only_results,
    }
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@login_not_required
@require_safe
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """One course that is on offer today."""
    today = timezone.localdate()
    offered = Course.objects.on_offer(starting=today).select_related("provider__organization")
    course = get_object_or_404(offered, pk=pk)
    program = CodeMeaning.objects.of(CodeSet.PROGRAM, on=today).filter(code=course.program_code).first()
    return render(
        request,
        "providers/course.html",
        {
            "course": course,
            "grades": grade_words(course),
            "cap": prices.cap(Structure(course.structure), on=today),
            "program": program,
            "assurances": [
                {"term": label, "value": getattr(course, f"get_{name}_display")()}
                for name, label in ASSURANCES.items()
            ],
        },
    )


# Agreements ---------------------------------------------------------------------------------------


@for_roles(*KEEPERS, *DESE_ROLES)
@require_safe
def agreements(request: HatRequest) -> HttpResponse:
    """The agreements on file: a district's own, for DESE everybody's."""
    found = Agreement.objects.visible_to(request.hat).select_related(
        "provider__organization", "lea__organization"
    )
    may_change = request.hat.role in KEEPERS
    table = AgreementTable(
        found.order_by("provider__organization__name", "-valid_from", "pk"),
        may_end=may_change,
        today=timezone.localdate(),
    )
    sort_and_cut(table, request, per_page=PER_PAGE)
    return render(request, "providers/agreements.html", {"table": table, "may_change": may_change})


@for_roles(*KEEPERS)
def record_agreement(request: HatRequest) -> HttpResponse:
    """Put a signed data agreement on file."""
    form = DataAgreementForm(request.POST or None)
    if form.is_valid():
        lea = get_object_or_404(Lea, pk=request.hat.organization_id)
        try:
            actions.record_agreement(kind=AgreementKind.DATA, lea=lea, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The agreement is on file."))
            return redirect("providers:agreements")
    return render(request, "providers/agreement_form.html", {"form": form})


@for_roles(*KEEPERS)
def end_agreement(request: HatRequest, pk: int) -> HttpResponse:
    """Let an agreement end on a day."""
    own = Agreement.objects.visible_to(request.hat).select_related("provider__organization")
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
