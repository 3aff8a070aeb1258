"""What providers say of a district's students; and the history of one enrollment."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.directory.models import CodeSet
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.words import long_day

from ...forms import ReportedForm
from ...models import ReportedEnrollment
from ...report_summaries import labels
from ...tables import ReportedTable
from ..own import SENDING_ROLES
from .own import REPORT_ROLES

PER_PAGE = 25


@require_safe
@for_roles(*SENDING_ROLES)
def students(request: HatRequest) -> HttpResponse:
    """The enrollments that name this district, of the reports that count; or those that were reported once."""
    visible = ReportedEnrollment.objects.visible_to(request.hat)
    statuses = labels(CodeSet.ENROLLMENT_STATUS)
    form = ReportedForm(request.GET or None, statuses=statuses, rows=visible)
    asked = form.cleaned_data if form.is_valid() else {}
    found = visible.select_related("provider__organization", "row", "last_report")
    if not asked.get("is_gone"):
        found = found.filter(is_present=True)
    if asked.get("provider"):
        found = found.filter(provider=asked["provider"])
    if asked.get("status"):
        found = found.filter(status=asked["status"])
    for word in (asked.get("words") or "").split():
        found = found.filter(row__last_name__istartswith=word) | found.filter(
            row__first_name__istartswith=word
        )
    table = ReportedTable(found.order_by("row__last_name", "row__first_name", "pk"), statuses=statuses)
    sort_and_cut(table, request, per_page=PER_PAGE)
    return render(request, "coredata/reports/students.html", {"form": form, "table": table})


@require_safe
@for_roles(*SENDING_ROLES, *REPORT_ROLES)
def enrollment(request: HatRequest, pk: int) -> HttpResponse:
    """One enrollment: what its last row says, when it was first and last seen, each change of status."""
    found = get_object_or_404(
        ReportedEnrollment.objects.visible_to(request.hat).select_related(
            "provider__organization", "row", "first_report", "last_report"
        ),
        pk=pk,
    )
    row, statuses = found.row, labels(CodeSet.ENROLLMENT_STATUS)
    bases, teachers = labels(CodeSet.REPORTED_BASIS), labels(CodeSet.TEACHER_PROVIDED)
    values = [
        (_("Student"), f"{row.first_name} {row.last_name}"),
        (_("MOSIS ID"), row.mosis_id),
        (_("Date of birth"), long_day(row.birth_date) if row.birth_date else ""),
        (_("Provider"), str(found.provider)),
        (_("Enrollment"), found.enrollment_id),
        (_("Course"), f"{row.course_title} ({row.course_code})"),
        (_("Term"), row.semester),
        (_("District and school"), f"{row.district_code} {row.school_code}".strip()),
        (_("Basis"), bases.get(row.basis, row.basis)),
        (_("Teacher"), teachers.get(row.teacher_provided, row.teacher_provided)),
        (_("First day"), long_day(row.begin_date) if row.begin_date else ""),
        (_("Last day"), long_day(row.end_date) if row.end_date else ""),
        (_("Final grade"), row.final_grade),
        (_("Percent complete"), "" if row.percent_complete is None else f"{row.percent_complete} %"),
        (_("First reported"), _as_of(found.first_report.as_of)),
        (_("Last reported"), _as_of(found.last_report.as_of)),
    ]
    changes = found.changes.select_related("report").order_by("report__accepted_at", "pk")
    entries = [
        {
            "what": statuses.get(change.to_status, change.to_status),
            "when": change.status_date or change.report.as_of,
            "who": _("Report as of %(day)s") % {"day": _as_of(change.report.as_of)},
            "state": "done",
        }
        for change in changes
    ]
    context = {
        "enrollment": found,
        "summary": [{"term": term, "value": value} for term, value in values if value],
        "entries": entries,
        "is_lea": request.hat.is_lea,
    }
    return render(request, "coredata/reports/enrollment.html", context)


def _as_of(day: dt.date | None) -> str:
    return long_day(day) if day else ""
