"""The list of students with their reports, the same as a file, and one student."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from enrollment.full_time.models import ProgramEnrollment
from enrollment.registration.models import RosterLine
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, FAMILY_ROLES, LEA_ROLES
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.tabular import write_csv

from .. import actions, list_file
from ..filters import StudentFilter, track_of
from ..models import WRITING_ROLES, StateAssessment
from ..points import ReportYear, report_year, report_year_on
from ..standing import Standing, Track, in_order, standings, students_of, visible_students
from ..tables import StudentTable

ROWS_PER_PAGE = 25
LIST_ROLES = WRITING_ROLES | LEA_ROLES | DESE_ROLES
READING_ROLES = LIST_ROLES | FAMILY_ROLES


@require_safe
@for_roles(*LIST_ROLES)
def students(request: HatRequest) -> HttpResponse:
    """The students of this hat: reports to write, who is behind, all."""
    today = central_date(timezone.now())
    year = report_year_on(today)
    track, filters = filtered(request, year)
    # The keys of a page first: who is behind is asked once, and what a row shows is read of these few alone.
    keys = in_order(filters.qs, track).values_list("pk", flat=True)
    page = Paginator(keys, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    rows = in_order(students_of(track, year).filter(pk__in=list(page.object_list)), track)
    found = standings(list(rows), track, year, today=today, hat=request.hat)
    context = {
        "table": StudentTable(found, today=today),
        "page": page,
        "filter_form": filters.form,
        "year": year,
        "track": track,
        "writes": request.hat.role in WRITING_ROLES,
        "columns": list_file.COLUMNS,
    }
    return render(request, "progress/students.html", context)


@require_POST
@for_roles(*LIST_ROLES)
def download(request: HatRequest) -> HttpResponse:
    """The list, as the filters in the address cut it. Each download is logged for each student in it (R-130)."""
    now = timezone.now()
    today = central_date(now)
    year = report_year_on(today)
    track, filters = filtered(request, year)
    found = actions.download_list(
        in_order(filters.qs, track), track, year, today=today, by=request.hat, at=now
    )
    content = write_csv([name for name, _meaning in list_file.COLUMNS], list_file.rows(found))
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="progress-{today.isoformat()}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def filtered(request: HatRequest, year: ReportYear) -> tuple[Track, StudentFilter]:
    track = track_of(request.hat, request.GET.get("track"))
    rows = visible_students(request.hat, track, year)
    today = central_date(timezone.now())
    return track, StudentFilter(
        request.GET, queryset=rows, hat=request.hat, track=track, year=year, today=today
    )


@require_safe
@for_roles(*READING_ROLES)
def enrollment(request: HatRequest, pk: int) -> HttpResponse:
    """A full-time student: each report of each school year, and the state assessments."""
    row = get_object_or_404(
        ProgramEnrollment.objects.visible_to(request.hat), pk=pk, entered_at__isnull=False
    )
    until = max(row.starts_on, central_date(timezone.now()))
    years = SchoolYear.objects.filter(starts_on__lte=until, ends_on__gte=row.starts_on).order_by("-year")
    assessments = StateAssessment.objects.filter(enrollment=row).order_by("-opens_on", "name")
    return _student(request, Track.FULL_TIME, pk, years, {"assessments": assessments})


@require_safe
@for_roles(*READING_ROLES)
def line(request: HatRequest, pk: int) -> HttpResponse:
    """A part-time student in one course: each report."""
    rows = RosterLine.objects.all() if request.hat.is_dese else RosterLine.objects.visible_to(request.hat)
    row = get_object_or_404(
        rows.select_related("line__request__term__school_year"), pk=pk, line__started_on__isnull=False
    )
    return _student(request, Track.PART_TIME, pk, [row.line.request.term.school_year], {})


def _student(
    request: HatRequest, track: Track, pk: int, years: Iterable[SchoolYear], more: dict[str, Any]
) -> HttpResponse:
    today = central_date(timezone.now())
    found: list[Standing] = []
    for school_year in years:
        year = report_year(school_year)
        rows = list(students_of(track, year).filter(pk=pk))
        found += standings(rows, track, year, today=today, hat=request.hat)
    if not found:
        raise Http404
    context = {
        "track": track,
        "standings": found,
        "first": found[0],
        "today": today,
        "back": reverse("progress:students" if request.hat.role in LIST_ROLES else "progress:own"),
    }
    return render(request, "progress/student.html", context | more)
