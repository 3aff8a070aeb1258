"""State assessments of a host's students: planned, ticked off, answered one by one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import HOST_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..filters import AssessmentFilter
from ..forms.assessments import AssessmentForm, PlanForm
from ..models import StateAssessment
from ..tables import AssessmentTable
from .students import ROWS_PER_PAGE


@require_safe
@for_roles(*HOST_ROLES)
def assessments(request: HatRequest) -> HttpResponse:
    """Those to answer first; students who took part are ticked off together."""
    today = central_date(timezone.now())
    rows = (
        StateAssessment.objects.run_by(request.hat)
        .select_related("enrollment__student")
        .order_by("closes_on", "name", "enrollment__student__last_name", "pk")
    )
    filters = AssessmentFilter(request.GET, queryset=rows, today=today)
    table = AssessmentTable(filters.qs, today=today)
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "progress/assessments.html", {"table": table, "filter_form": filters.form})


@require_POST
@for_roles(*HOST_ROLES)
def took_part(request: HatRequest) -> HttpResponse:
    """The students who were ticked took part."""
    chosen = [int(key) for key in request.POST.getlist("assessment") if key.isascii() and key.isdigit()]
    back = f"{reverse('progress:assessments')}?{request.GET.urlencode()}".rstrip("?")
    if not chosen:
        messages.error(request, _("Tick the students who took part first."))
        return redirect(back)
    try:
        number = actions.record_taken(chosen, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        words = ngettext("%(number)d student took part.", "%(number)d students took part.", number)
        messages.success(request, words % {"number": number})
    return redirect(back)


@for_roles(*HOST_ROLES)
def plan(request: HatRequest) -> HttpResponse:
    """One assessment for the students of some grades."""
    now = timezone.now()
    form = PlanForm(request.POST or None, hat=request.hat, today=central_date(now))
    if form.is_valid():
        program = form.cleaned_data.pop("program")
        try:
            number = actions.plan_assessment(program.pk, by=request.hat, at=now, **form.cleaned_data)
        except actions.NoStudentsToPlan as refusal:
            form.add_error("grades", str(refusal.sentence))
        else:
            words = ngettext(
                "The assessment is planned for %(number)d student more.",
                "The assessment is planned for %(number)d students more.",
                number,
            )
            messages.success(request, words % {"number": number})
            return redirect(f"{reverse('progress:assessments')}?which=all")
    return render(request, "progress/plan_assessment.html", {"form": form})


@for_roles(*HOST_ROLES)
def assessment(request: HatRequest, pk: int) -> HttpResponse:
    """One student: did they take part, and if not, why?"""
    rows = StateAssessment.objects.run_by(request.hat).select_related(
        "enrollment__student", "recorded_by__user"
    )
    row = get_object_or_404(rows, pk=pk)
    form = AssessmentForm(request.POST or None, assessment=row)
    if form.is_valid():
        try:
            actions.record_assessment(pk, by=request.hat, at=timezone.now(), **form.answer)
        except Refusal as refusal:
            form.add_error("taken", str(refusal.sentence))
        else:
            messages.success(request, _("The answer is stored."))
            return redirect("progress:assessments")
    return render(request, "progress/assessment.html", {"assessment": row, "form": form})
