"""A district's core data files: what is due, sending one, reading what is wrong in it, certifying it."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, Min
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.shared.rules import Severity
from mocap_portal.foundation.ui.words import grouped, moment_words

from .. import actions, downloads, tasks
from ..changes import words_of_change, words_of_row
from ..checks import rules
from ..deadlines import deadlines
from ..forms import CertifyForm, UploadForm
from ..models import Upload, UploadState
from ..progress import progress_of
from ..store.difference import Change, Difference, difference
from ..tables import ChangeTable, DeadlineTable, NotRunTable, RuleTable, UploadTable
from ..uploading import SealedFile, SealingUploadHandler
from .own import READING_ROLES, SENDING_ROLES, lea_of, upload_of

PER_PAGE = 25
MOST_SHOWN = 50  # rows that differ: the file has all of them


@csrf_exempt  # only so that the handler is there before anything reads what was sent; the view below protects
@for_roles(*SENDING_ROLES)
def files(request: HatRequest) -> HttpResponse:
    """What is due and what was sent; and sending a file, whose bytes are sealed as they come."""
    request.upload_handlers = [SealingUploadHandler(request)]
    return _files(request)


@csrf_protect
def _files(request: HatRequest) -> HttpResponse:
    now, lea_id = timezone.now(), lea_of(request)
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
@for_roles(*READING_ROLES)
def upload(request: HatRequest, pk: int) -> HttpResponse:
    """One file: where it is, how many rows are good, what is wrong by rule, and what can be done next."""
    row = upload_of(request, pk)
    template = "coredata/upload.html#state" if request.htmx else "coredata/upload.html"  # type: ignore[attr-defined]
    context = {
        "upload": row,
        "is_waiting": row.state in actions.checking.UNCHECKED,
        "steps": steps(row) if row.state in actions.checking.UNCHECKED else None,
        "same": same_bytes(row),
        "summary": summary(row),
        "table": RuleTable(by_rule(row)) if row.judged_at and row.collection_id else None,
        "not_run": NotRunTable(not_run(row)) if row.not_run else None,
        "is_own": request.hat.is_lea,
        "may_certify": request.hat.is_lea and row.state == UploadState.TRIAL and not row.errors,
        "may_withdraw": request.hat.is_lea and row.state == UploadState.CERTIFIED,
    }
    return render(request, template, context)


@for_roles(*SENDING_ROLES)
def certify(request: HatRequest, pk: int) -> HttpResponse:
    """What changes against the certified version, then name and statement."""
    row = upload_of(request, pk)
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
        except actions.NotATrial as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect(here)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            tasks.ask_to_check_again(row.lea_id, beside=row)
            messages.success(request, _("%(file)s is certified.") % {"file": row.name})
            return redirect(here)
    before = _certified_before(row)
    found = difference(row, before) if before else None
    context = {
        "upload": row,
        "form": form,
        "before": before,
        "counts": changes_in_numbers(row, found) if found is not None else None,
        "table": ChangeTable(first_changes(row, found)) if found is not None else None,
        "is_cut": found is not None and sum(found.counts.values()) > MOST_SHOWN,
        "shown": MOST_SHOWN,
    }
    return render(request, "coredata/certify.html", context)


@require_safe
@for_roles(*SENDING_ROLES)
def changes_csv(request: HatRequest, pk: int) -> HttpResponse:
    """Every row that differs from the certified version, for a spreadsheet."""
    row = upload_of(request, pk)
    before = _certified_before(row)
    if row.state != UploadState.TRIAL or before is None:
        return redirect("coredata:upload", pk)
    found = downloads.changes_csv(row, difference(row, before))
    response = HttpResponse(found, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="changes-{pk}.csv"'
    return response


def _certified_before(row: Upload) -> Upload | None:
    """The file that this one would supersede."""
    certified = Upload.objects.filter(state=UploadState.CERTIFIED)
    return certified.filter(lea=row.lea_id, collection=row.collection_id).first()


@for_roles(*SENDING_ROLES)
def withdraw(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then takes a certified file back."""
    row = upload_of(request, pk)
    here = reverse("coredata:upload", args=[pk])
    if row.state != UploadState.CERTIFIED:
        return redirect(here)
    if request.method == "POST":
        try:
            actions.withdraw(pk, by=request.hat, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            tasks.ask_to_check_again(row.lea_id, beside=row)
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


def same_bytes(row: Upload) -> str:
    """A sentence when the LEA sent the very same bytes before; else nothing."""
    earlier = Upload.objects.filter(lea=row.lea_id, sha256=row.sha256, pk__lt=row.pk).order_by("-pk").first()
    if earlier is None:
        return ""
    return _("This is the same file, byte for byte, as %(file)s, sent %(when)s.") % {
        "file": earlier.name,
        "when": moment_words(earlier.sent_at),
    }


def changes_in_numbers(row: Upload, found: Difference) -> list[dict[str, str]]:
    """How many rows are new, changed, gone and as they were."""
    counts = found.counts
    same = row.rows_read - counts[Change.ADDED] - counts[Change.CHANGED]
    return [
        {"term": _("New"), "value": grouped(counts[Change.ADDED])},
        {"term": _("Changed"), "value": grouped(counts[Change.CHANGED])},
        {"term": _("Gone"), "value": grouped(counts[Change.GONE])},
        {"term": _("As before"), "value": grouped(same)},
    ]


def first_changes(row: Upload, found: Difference) -> list[dict[str, Any]]:
    """The first rows that differ, in words."""
    return [
        {
            "change": changed.change,
            "line": changed.line,
            "what": words_of_row(row, changed),
            "how": words_of_change(row, changed),
        }
        for changed in islice(found.rows(), MOST_SHOWN)
    ]


def steps(row: Upload) -> list[dict[str, Any]]:
    """How far a file is that is not a trial yet: each step, and whether it is done or being done now."""
    is_read, progress = row.state == UploadState.PARSED, progress_of(row.pk)
    stored = _("Stored")
    if is_read and progress.stored:
        stored = _("Stored: %(count)s of %(rows)s rows") % {
            "count": grouped(progress.stored),
            "rows": grouped(row.rows_read),
        }
    return [
        {"name": _("Received"), "is_done": True, "is_now": False},
        {"name": _("Read"), "is_done": is_read, "is_now": not is_read},
        {"name": _("Checked"), "is_done": progress.is_checked, "is_now": is_read and not progress.is_checked},
        {"name": stored, "is_done": False, "is_now": is_read},
    ]


def not_run(row: Upload) -> list[dict[str, str]]:
    """The rules that could not be checked, with what they would need."""
    return [
        {"rule": entry["rule"], "sentence": rules()[entry["rule"]].sentence, "needs": entry["needs"]}
        for entry in row.not_run
        if entry["rule"] in rules()
    ]


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
            % {"count": row.rows_read}
        ]
        if row.judged_at:
            counts += [
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
    for opening in row.openings.select_related("by__user"):
        taken = _("%(when)s by %(who)s") % {
            "when": moment_words(opening.at),
            "who": opening.by.user.name,
        }
        terms.append({"term": _("Taken along as it was sent"), "value": taken})
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
