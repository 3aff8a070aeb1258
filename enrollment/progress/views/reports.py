"""A report is written, corrected, read and printed; a family finds all of its own."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, HOST_ROLES, PROVIDER_ROLES
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..entries import entries_of
from ..forms.report import ReportForm
from ..models import ProgressReport, StateAssessment
from ..points import report_year
from ..rules import DuePoint
from ..standing import Standing, Track, own_students, standings, students_of
from ..tables import ReportTable
from .students import READING_ROLES, ROWS_PER_PAGE

PAGES = {Track.FULL_TIME: "progress:enrollment", Track.PART_TIME: "progress:line"}


@for_roles(*HOST_ROLES)
def write(request: HatRequest, pk: int, year: int, number: int) -> HttpResponse:
    """The host's report about a full-time student."""
    return _write(request, Track.FULL_TIME, pk, year, number)


@for_roles(*PROVIDER_ROLES)
def write_line(request: HatRequest, pk: int, year: int, number: int) -> HttpResponse:
    """The provider's report about a student in its course."""
    return _write(request, Track.PART_TIME, pk, year, number)


def _write(request: HatRequest, track: Track, pk: int, year: int, number: int) -> HttpResponse:
    now = timezone.now()
    school_year = get_object_or_404(SchoolYear, pk=year)
    standing, point = _owed(request, track, pk, school_year, number)
    titles = actions.courses_to_report(track, standing.row, point, school_year)
    report = standing.reports.get(number)
    back = reverse(PAGES[track], args=[pk])
    form = ReportForm(
        request.POST or None,
        titles=titles,
        report=report,
        earlier=entries_of(report) if report else [],
        cancel_url=back,
    )
    if form.is_valid():
        try:
            written = actions.write_report(
                track,
                pk,
                year=school_year,
                number=number,
                entries=form.entries,
                by=request.hat,
                at=now,
                seen=form.cleaned_data["seen"],
                change=form.cleaned_data.get("change", ""),
            )
        except actions.CorrectionSaysWhy as refusal:
            form.add_error("change" if report else None, str(refusal.sentence))
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The report is stored. Whoever may read it was told."))
            return redirect("progress:report", written.pk)
    context = {
        "standing": standing,
        "point": point,
        "report": report,
        "form": form,
        "back": back,
        "is_early": point.opens_on > standing.today,
        "titles": titles,
    }
    return render(request, "progress/write.html", context)


def _owed(
    request: HatRequest, track: Track, pk: int, school_year: SchoolYear, number: int
) -> tuple[Standing, DuePoint]:
    """The student of one's own, and the report that is owed. 404 for any other."""
    year = report_year(school_year)
    rows = students_of(track, year).filter(pk__in=own_students(request.hat, track).values("pk"))
    row = get_object_or_404(rows, pk=pk)
    [standing] = standings([row], track, year, today=central_date(timezone.now()), hat=request.hat)
    point = next((point for point in standing.owed if point.number == number), None)
    if point is None:
        raise Http404
    return standing, point


@require_safe
@for_roles(*READING_ROLES)
def report(request: HatRequest, pk: int) -> HttpResponse:
    """One report, to read and to print; with the versions before it, and the one that replaced it."""
    row = get_object_or_404(with_all(request), pk=pk)
    versions = ProgressReport.objects.filter(
        enrollment=row.enrollment, roster_line=row.roster_line, school_year=row.school_year, number=row.number
    )
    track = Track.FULL_TIME if row.enrollment_id else Track.PART_TIME
    subject = row.enrollment_id or row.roster_line_id
    may_write = own_students(request.hat, track).filter(pk=subject).exists()
    context: dict[str, Any] = {
        "report": row,
        "courses": row.courses.order_by("position"),
        "student": _student_name(row),
        "page": reverse(PAGES[track], args=[subject]),
        "others": versions.exclude(pk=row.pk).order_by("-version"),
        "last": versions.order_by("-version").values_list("pk", flat=True)[0],
        "correct": may_write
        and reverse(
            "progress:write" if track == Track.FULL_TIME else "progress:write_line",
            args=[subject, row.school_year_id, row.number],
        ),
    }
    return render(request, "progress/report.html", context)


@require_safe
@for_roles(*FAMILY_ROLES)
def own(request: HatRequest) -> HttpResponse:
    """Every report about the children of this family, the newest first, and their state assessments."""
    table = ReportTable(with_all(request).current().order_by("-written_at", "-pk"))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    assessments = (
        StateAssessment.objects.visible_to(request.hat)
        .filter(closes_on__gte=central_date(timezone.now()), taken__isnull=True)
        .select_related("enrollment__student")
        .order_by("opens_on", "pk")
    )
    return render(request, "progress/own.html", {"table": table, "assessments": assessments})


def with_all(request: HatRequest) -> Any:
    return (
        ProgressReport.objects.visible_to(request.hat)
        .select_related(
            "enrollment__student",
            "enrollment__program",
            "roster_line__line__course",
            "roster_line__provider__organization",
            "school_year",
            "written_by__user",
        )
        .prefetch_related("courses")
    )


def _student_name(row: ProgressReport) -> str:
    if row.enrollment is not None:
        return str(row.enrollment.student)
    assert row.roster_line is not None  # a constraint
    return row.roster_line.student_name
