"""Average daily attendance of a program: the figure, what does not count, and both as files."""

from collections import defaultdict

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enrollment.full_time.models import Program, ProgramQuerySet
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, HOST_ROLES, Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.tabular import write_csv

from .. import ada
from ..tables import ExcludedTable, ProgramTable
from .files import csv_response

SHARES = ["mosis_id", "minutes_semester_1", "minutes_semester_2", "share_semester_1", "share_semester_2"]
EXCLUDED = ["mosis_id", "course", "teacher", "minutes_semester_1", "minutes_semester_2"]


@require_safe
@for_roles(*HOST_ROLES, *DESE_ROLES)
def programs(request: HatRequest) -> HttpResponse:
    """The programs whose figures this hat may see; of a single one, the figure itself."""
    rows = programs_for(request.hat).select_related("host__organization").order_by("name", "pk")
    if request.hat.role in HOST_ROLES and len(rows) == 1:
        return redirect("attendance:ada", rows[0].pk)
    return render(request, "attendance/programs.html", {"table": ProgramTable(rows)})


@require_safe
@for_roles(*HOST_ROLES, *DESE_ROLES)
def figure(request: HatRequest, pk: int) -> HttpResponse:
    """The figure up to today, by semester, and the hours that do not count by course and teacher."""
    program = get_object_or_404(programs_for(request.hat).select_related("host__organization"), pk=pk)
    found = ada.figure(program, today=central_date(timezone.now()))
    minutes: dict[tuple[str, str], int] = defaultdict(int)
    for row in found.excluded if found else ():
        minutes[row.course, row.teacher] += sum(row.minutes)
    rows = [
        {"course": course, "teacher": teacher, "hours": ada.hours(total)}
        for (course, teacher), total in sorted(minutes.items())
    ]
    context = {
        "program": program,
        "figure": found,
        "table": ExcludedTable(rows),
        "is_host": request.hat.role in HOST_ROLES,
    }
    return render(request, "attendance/ada.html", context)


@require_safe
@for_roles(*HOST_ROLES)
def shares_csv(request: HatRequest, pk: int) -> HttpResponse:
    """Each student's minutes that count, and the share that they make."""
    found = _figure(request, pk)
    rows = (
        [row.mosis_id, *map(str, row.minutes), *(f"{float(share):.6f}" for share in row.shares)]
        for row in found.students
    )
    return csv_response(write_csv(SHARES, rows), f"ada-{found.year.year}-{pk}.csv")


@require_safe
@for_roles(*HOST_ROLES)
def excluded_csv(request: HatRequest, pk: int) -> HttpResponse:
    """Each student's minutes that do not count, with course and teacher (R-89)."""
    found = _figure(request, pk)
    rows = ([row.mosis_id, row.course, row.teacher, *map(str, row.minutes)] for row in found.excluded)
    return csv_response(write_csv(EXCLUDED, rows), f"ada-excluded-{found.year.year}-{pk}.csv")


def programs_for(hat: Membership) -> ProgramQuerySet:
    """A host's own programs; all of them for DESE."""
    return Program.objects.all() if hat.is_dese else Program.objects.run_by(hat)


def _figure(request: HatRequest, pk: int) -> ada.Figure:
    program = get_object_or_404(programs_for(request.hat), pk=pk)
    found = ada.figure(program, today=central_date(timezone.now()))
    if found is None:
        raise Http404
    return found
