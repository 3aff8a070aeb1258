"""Attendance files of the host: sending one, what became of it, what is wrong in it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from enrollment.full_time.models import Program
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import HOST_ROLES
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.shared.tabular import write_csv

from .. import actions
from .. import file as files_
from ..forms.days import AttendanceFileForm
from ..models import AttendanceFile, AttendanceFileQuerySet, FileState, ProblemKind
from ..tables import FileTable, ProblemTable
from ..uploading import KeepingUploadHandler

ROWS_PER_PAGE = 25
HEADER = ["line", "column", "value", "problem"]


@csrf_exempt  # only so that the handler is there before anything reads what was sent; the view below protects
@for_roles(*HOST_ROLES)
def files(request: HatRequest) -> HttpResponse:
    """What the columns mean, the place to send a file, and those that were sent."""
    request.upload_handlers = [KeepingUploadHandler(request)]
    return _files(request)


@csrf_protect
def _files(request: HatRequest) -> HttpResponse:
    now = timezone.now()
    programs = Program.objects.run_by(request.hat).order_by("name", "pk")
    form = AttendanceFileForm(request.POST or None, request.FILES or None, programs=programs)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            received = actions.receive_file(
                upload.read(),
                name=upload.name,
                program_id=form.cleaned_data["program"].pk,
                by=request.hat,
                at=now,
            )
        except Refusal as refusal:
            form.add_error("program", str(refusal.sentence))
        else:
            if received.state == FileState.STORED:
                messages.success(request, _("The file is stored."))
            return redirect("attendance:file", received.pk)
    sent = AttendanceFile.objects.visible_to(request.hat).select_related("program", "sent_by__user")
    table = FileTable(sent.order_by("-sent_at", "-pk"))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    kinds = CodeMeaning.objects.of(CodeSet.ACTIVITY, on=central_date(now))
    context = {
        "form": form,
        "table": table,
        "columns": files_.explained(),
        "activities": [{"term": kind.code, "value": kind.label} for kind in kinds],
    }
    return render(request, "attendance/files.html", context)


@require_safe
@for_roles(*HOST_ROLES)
def template(request: HatRequest) -> HttpResponse:
    """The header and three lines as an example."""
    return csv_response(files_.template(), "attendance.csv")


@require_safe
@for_roles(*HOST_ROLES)
def file(request: HatRequest, pk: int) -> HttpResponse:
    """What became of a file."""
    row = get_object_or_404(_own(request).select_related("program", "sent_by__user"), pk=pk)
    table = ProblemTable(row.found.order_by("line", "pk"))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "attendance/file.html", {"file": row, "table": table})


@require_safe
@for_roles(*HOST_ROLES)
def problems_csv(request: HatRequest, pk: int) -> HttpResponse:
    """What is wrong in a file, for a spreadsheet."""
    row = get_object_or_404(_own(request), pk=pk)
    found = row.found.order_by("line", "pk")
    cells = (
        [str(problem.line), problem.column, problem.value, str(ProblemKind(problem.kind).sentence)]
        for problem in found
    )
    return csv_response(write_csv(HEADER, cells), f"attendance-problems-{pk}.csv")


def _own(request: HatRequest) -> AttendanceFileQuerySet:
    return AttendanceFile.objects.visible_to(request.hat)


def csv_response(text: str, name: str) -> HttpResponse:
    """A file to be saved; it may name children, so no cache keeps it."""
    return HttpResponse(
        text,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )
