"""A district's core data files: what is due, sending one, reading what is wrong in it, certifying it."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Min
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.shared.rules import Severity
from mocap_portal.foundation.shared.tabular import stream_csv
from mocap_portal.foundation.ui.words import moment_words

from . import actions, tasks
from .checks import rules
from .deadlines import deadlines
from .forms import CertifyForm, UploadForm
from .models import Problem, Upload, UploadState
from .store import rows
from .tables import DeadlineTable, ProblemTable, RuleTable, UploadTable
from .uploading import SealedFile, SealingUploadHandler

SENDING_ROLES = (Role.DATA_CLERK, Role.COORDINATOR, Role.LEA_ADMIN)
PER_PAGE = 25
COLUMNS = ["line", "column", "value", "rule", "severity", "message", "remedy"]


@csrf_exempt  # only so that the handler is there before anything reads what was sent; the view below protects
@for_roles(*SENDING_ROLES)
def files(request: HatRequest) -> HttpResponse:
    """What is due and what was sent; and sending a file, whose bytes are sealed as they come."""
    request.upload_handlers = [SealingUploadHandler(request)]
    return _files(request)


@csrf_protect
def _files(request: HatRequest) -> HttpResponse:
    now, lea_id = timezone.now(), _lea_of(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST":
        if form.is_valid():
            file = form.cleaned_data["file"]
            with transaction.atomic():
                upload = actions.receive(file.sealed, name=file.name, lea_id=lea_id, by=request.hat, at=now)
                transaction.on_commit(partial(tasks.check_file.delay, upload.pk))
            return redirect("coredata:upload", upload.pk)
        for file in request.FILES.values():
            if isinstance(file, SealedFile):
                file.discard()
    sent = Upload.objects.visible_to(request.hat).select_related("collection", "sent_by__user")
    table = UploadTable(sent.order_by("-sent_at", "-pk"))
    sort_and_cut(table, request, per_page=PER_PAGE)
    due = DeadlineTable(deadlines(lea_id, on=central_date(now)))
    return render(request, "coredata/files.html", {"form": form, "due": due, "table": table})


@require_safe
@for_roles(*SENDING_ROLES)
def upload(request: HatRequest, pk: int) -> HttpResponse:
    """One file: where it is, how many rows are good, what is wrong by rule, and what can be done next."""
    row = _upload(request, pk)
    template = "coredata/upload.html#state" if request.htmx else "coredata/upload.html"  # type: ignore[attr-defined]
    context = {
        "upload": row,
        "is_waiting": row.state in actions.checking.UNCHECKED,
        "summary": summary(row),
        "table": RuleTable(by_rule(row)) if row.collection_id else None,
        "may_certify": row.state == UploadState.TRIAL and not row.errors,
        "may_withdraw": row.state == UploadState.CERTIFIED,
    }
    return render(request, template, context)


@require_safe
@for_roles(*SENDING_ROLES)
def problems(request: HatRequest, pk: int, rule: str) -> HttpResponse:
    """The places of one rule."""
    row = _upload(request, pk)
    table = ProblemTable(row.problems.filter(rule=rule).order_by("line", "pk"))
    sort_and_cut(table, request, per_page=PER_PAGE)
    if rule not in rules() or not table.page.paginator.count:
        return redirect("coredata:upload", pk)
    return render(request, "coredata/problems.html", {"upload": row, "rule": rules()[rule], "table": table})


@require_safe
@for_roles(*SENDING_ROLES)
def problems_csv(request: HatRequest, pk: int) -> StreamingHttpResponse:
    """All problems of a file, for a spreadsheet."""
    row = _upload(request, pk)
    found = row.problems.order_by("line", "rule", "pk").iterator(chunk_size=2_000)
    lines = chain(["\ufeff"], stream_csv(COLUMNS, map(_cells, found)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="problems-{row.pk}.csv"'
    return response


def _cells(found: Problem) -> list[str]:
    remedy = rules()[found.rule].remedy if found.rule in rules() else ""
    line = "" if found.line is None else str(found.line)
    return [line, found.column, found.value or "", found.rule, found.severity, found.message, remedy]


@for_roles(*SENDING_ROLES)
def certify(request: HatRequest, pk: int) -> HttpResponse:
    """What changes against the certified version, then name and statement."""
    row = _upload(request, pk)
    here = reverse("coredata:upload", args=[pk])
    if row.state != UploadState.TRIAL or row.errors:
        return redirect(here)
    form = CertifyForm(request.POST or None, has_warnings=bool(row.warnings), cancel_url=here)
    if form.is_valid():
        try:
            actions.certify(
                pk,
                by=request.hat,
                at=timezone.now(),
                name=form.cleaned_data["name"],
                statement=form.statement,
                acknowledges_warnings=form.cleaned_data.get("has_seen_warnings", False),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("%(file)s is certified.") % {"file": row.name})
            return redirect(here)
    before = Upload.objects.filter(
        lea=row.lea_id, collection=row.collection_id, state=UploadState.CERTIFIED
    ).first()
    context = {
        "upload": row,
        "form": form,
        "before": before,
        "difference": rows.difference(row, before) if before else None,
    }
    return render(request, "coredata/certify.html", context)


@for_roles(*SENDING_ROLES)
def withdraw(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then takes a certified file back."""
    row = _upload(request, pk)
    here = reverse("coredata:upload", args=[pk])
    if row.state != UploadState.CERTIFIED:
        return redirect(here)
    if request.method == "POST":
        try:
            actions.withdraw(pk, by=request.hat, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, _("%(file)s is no longer certified.") % {"file": row.name})
        return HttpResponseRedirect(here)
    context = {
        "title": _("Take back %(file)s?") % {"file": row.name},
        "text": _("Nothing of this collection is certified then, until you certify another file."),
        "action": _("Take it back"),
        "cancel_url": here,
        "danger": True,
    }
    return render(request, "coredata/confirm.html", context)


def _upload(request: HatRequest, pk: int) -> Upload:
    visible = Upload.objects.visible_to(request.hat)
    found: Upload = get_object_or_404(
        visible.select_related("collection", "sent_by__user", "certified_by__user"), pk=pk
    )
    return found


def _lea_of(request: HatRequest) -> int:
    assert request.hat.organization_id is not None  # roles of an LEA have one
    return request.hat.organization_id


def summary(row: Upload) -> list[dict[str, str]]:
    """What is known of a file, for the list on its page."""
    terms = [
        {"term": _("Collection"), "value": str(row.collection) if row.collection else _("Not known yet")},
        {
            "term": _("Sent"),
            "value": _("%(when)s by %(who)s")
            % {"when": moment_words(row.sent_at), "who": row.sent_by.user.name},
        },
    ]
    if row.collection:
        counts = [
            ngettext("%(count)d row was read", "%(count)d rows were read", row.rows_read)
            % {"count": row.rows_read},
            _("%(count)d good") % {"count": row.rows_good},
            _("%(count)d with warnings") % {"count": row.rows_with_warnings},
            _("%(count)d with errors") % {"count": row.rows_with_errors},
        ]
        terms.append({"term": _("Rows"), "value": "\n".join(counts)})
    if row.certified_at and row.certified_by:
        signed = _("%(when)s by %(who)s, signed %(name)s") % {
            "when": moment_words(row.certified_at),
            "who": row.certified_by.user.name,
            "name": row.certified_name,
        }
        terms.append({"term": _("Certified"), "value": signed})
    terms.append(
        {
            "term": _("What you sent"),
            "value": _("Destroyed on %(when)s; the checked rows are kept.")
            % {"when": moment_words(row.destroyed_at)}
            if row.destroyed_at
            else _("Kept encrypted until you certify, 30 days at most."),
        }
    )
    return terms


def by_rule(row: Upload) -> list[dict[str, Any]]:
    """How often each rule is broken, errors first, each with an example. One query, and one for the examples."""
    found = row.problems.values("rule", "severity").annotate(count=Count("pk"), first=Min("pk")).order_by()
    groups = sorted(
        found, key=lambda group: (group["severity"] != Severity.ERROR, -group["count"], group["rule"])
    )
    examples = row.problems.in_bulk([group["first"] for group in groups])
    return [
        {
            "rule": group["rule"],
            "severity": group["severity"],
            "sentence": rules()[group["rule"]].sentence,
            "example": examples[group["first"]].message,
            "remedy": rules()[group["rule"]].remedy,
            "count": group["count"],
            "url": reverse("coredata:problems", args=[row.pk, group["rule"]]),
        }
        for group in groups
        if group["rule"] in rules()
    ]
