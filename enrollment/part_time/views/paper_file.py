"""A file of decisions made on paper: sent, looked at, stored. What it would do is read anew at every look."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.tabular import UnreadableFile

from .. import actions, paper_file
from ..actions import entry
from ..actions.paper_import import import_paper_decisions
from ..forms.paper_decision import PaperFileForm
from ..models import Unfinished
from ..tables import ProblemTable

ROWS_PER_PAGE = 50
MOST_SAID = 10  # rows named above the list


@for_roles(Role.COORDINATOR)
def papers(request: HatRequest) -> HttpResponse:
    """What the columns mean, a file to begin with, and the place to send one."""
    now = timezone.now()
    form = PaperFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data["file"].read()
        try:
            paper_file.read(data, by=request.hat, at=now, most_rows=paper_file.MOST_ROWS)
        except UnreadableFile as error:
            form.add_error("file", str(error))
        else:
            kept = actions.keep_paper_file(paper_file.only_known(data), by=request.hat, at=now)
            return redirect("part_time:import_preview", kept.pk)
    context = {"form": form, "columns": paper_file.explained(), "most_rows": paper_file.MOST_ROWS}
    return render(request, "part_time/paper/import.html", context)


@require_safe
@for_roles(Role.COORDINATOR)
def template(request: HatRequest) -> HttpResponse:
    """The header and two rows as an example."""
    return csv_response(paper_file.template(), "paper-decisions.csv")


@for_roles(Role.COORDINATOR)
def preview(request: HatRequest, pk: int) -> HttpResponse:
    """How many rows are new, there already and wrong; a button stores the new ones."""
    now = timezone.now()
    kept = kept_file(request.hat, pk)
    data = kept.answers["text"].encode()
    if request.method == "POST" and "discard" in request.POST:
        actions.forget_paper_file(pk)
        messages.success(request, _("The file is gone. What was stored before stays."))
        return redirect("part_time:import_papers")
    if request.method == "POST":
        result = import_paper_decisions(data, by=request.hat, at=now)
        messages.success(
            request,
            ngettext("%(count)d decision is stored.", "%(count)d decisions are stored.", result.decisions)
            % {"count": result.decisions},
        )
        for problem in result.refused[:MOST_SAID]:
            where = _("Row %(row)s was not stored.") % {"row": problem.row}
            messages.error(request, f"{where} {problem.message} {problem.remedy}")
        if not result.problems:
            actions.forget_paper_file(pk)
            return redirect("part_time:inbox")
        return redirect("part_time:import_preview", pk)
    file = paper_file.read(data, by=request.hat, at=now)
    table = ProblemTable(file.problems)
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "part_time/paper/preview.html", {"kept": kept, "file": file, "table": table})


@require_safe
@for_roles(Role.COORDINATOR)
def problems(request: HatRequest, pk: int) -> HttpResponse:
    """The wrong rows as they came, with a column that says what to mend."""
    kept = kept_file(request.hat, pk)
    file = paper_file.read(kept.answers["text"].encode(), by=request.hat, at=timezone.now())
    return csv_response(file.with_errors(), "paper-decisions-to-mend.csv")


def kept_file(hat: Membership, pk: int) -> Unfinished:
    own = Unfinished.objects.filter(user=hat.user_id, page__startswith=f"{entry.FILE}:")
    return get_object_or_404(own, pk=pk, answers__lea=hat.organization_id)


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
