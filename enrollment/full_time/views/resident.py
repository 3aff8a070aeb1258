"""The resident district's seat: it informs a program and records its exit. It finds no yes and no no here (R-35)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import LEA_ROLES, Role
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..filters.applications import ApplicationFilter
from ..forms.staff import ExitForm, InformForm
from ..models import (
    RESIDENT_SERVICE_ROLES,
    ApplicationState,
    ProgramApplication,
    ProgramEnrollment,
)
from ..stations import stations
from ..tables.applications import ApplicationTable
from .host import ROWS_PER_PAGE, for_list
from .rows import with_stations

# Who in the resident district writes to a program and keeps its roll; the others of the district read.
INFORMING_ROLES = (Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR, Role.SPECIAL_EDUCATION, Role.LEA_ADMIN)
EXIT_ROLES = (Role.COORDINATOR, Role.DATA_CLERK, Role.LEA_ADMIN)


@for_roles(*LEA_ROLES)
def inbox(request: HatRequest) -> HttpResponse:
    """Applications of students who live in the district, due soonest."""
    rows = for_list(ProgramApplication.objects.visible_to(request.hat)).about_others(request.hat)
    filters = ApplicationFilter(request.GET, queryset=rows)
    table = ApplicationTable(
        filters.qs.order_by("input_clock__due_on", "pk"),
        leads_to="full_time:resident_application",
        today=central_date(timezone.now()),
    )
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {"table": table, "filter_form": filters.form}
    return render(request, "full_time/resident/inbox.html", context)


@for_roles(*LEA_ROLES)
def application(request: HatRequest, pk: int) -> HttpResponse:
    """One application of a student of the district: what it may know of it, and where it informs the program."""
    now = timezone.now()
    rows = with_stations(ProgramApplication.objects.visible_to(request.hat).about_others(request.hat))
    row = get_object_or_404(rows, pk=pk)
    informs = request.hat.role in INFORMING_ROLES and row.state != ApplicationState.CANCELLED
    form = InformForm(request.POST or None, request.FILES or None) if informs else None
    if form is not None and form.is_valid():
        try:
            given = actions.inform(
                pk,
                information=form.cleaned_data["information"],
                upload=form.cleaned_data["document"],
                by=request.hat,
                at=now,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(
                request,
                _("The program is informed. It is stamped late: the days were over.")
                if given.is_late
                else _("The program is informed."),
            )
            return redirect("full_time:resident_application", pk)
    enrollment = getattr(row, "enrollment", None)
    context = {
        "application": row,
        "form": form,
        "entries": stations(row, on=central_date(now)),
        "why": why(row.input_clock) if row.input_clock else None,
        "letters": row.determinations.select_related("letter").order_by("decided_at", "pk"),
        "enrollment": enrollment,
        "may_serve": request.hat.role in RESIDENT_SERVICE_ROLES,
        "to_exit": enrollment is not None
        and request.hat.role in EXIT_ROLES
        and ProgramEnrollment.objects.exits_to_record().filter(pk=enrollment.pk).exists(),
    }
    return render(request, "full_time/resident/application.html", context)


@for_roles(*EXIT_ROLES)
def exit_page(request: HatRequest, pk: int) -> HttpResponse:
    """The last day on the resident district's roll."""
    now = timezone.now()
    rows = ProgramEnrollment.objects.filter(resident_lea=request.hat.organization_id)
    row = get_object_or_404(rows.select_related("student", "program", "application"), pk=pk)
    back = reverse("full_time:resident_application", args=[row.application_id])
    form = ExitForm(request.POST or None, before=row.starts_on, cancel_url=back)
    if form.is_valid():
        try:
            actions.record_exit(pk, on=form.cleaned_data["last_day"], by=request.hat, at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The exit is recorded. The program is told."))
            return redirect(back)
    context = {
        "title": _("Record the exit of %(student)s") % {"student": row.student},
        "intro": _("The program has admitted the student. Your last day lies before its first day."),
        "rows": [
            {"term": _("Program"), "value": str(row.program)},
            {"term": _("First day with the program"), "value": row.starts_on.strftime("%B %-d, %Y")},
        ],
        "form": form,
    }
    return render(request, "components/form_page.html", context)
