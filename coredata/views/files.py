"""A district's core data files: what is due, sending one, reading what is wrong in it, certifying it."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first

from .. import actions, tasks
from ..deadlines import deadlines
from ..forms import CertifyForm, UploadForm
from ..models import Upload, UploadState
from ..summaries import by_rule, not_run, same_bytes, steps, summary
from ..tables import DeadlineTable, NotRunTable, RuleTable, UploadTable
from ..uploading import SealedFile, SealingUploadHandler
from .changes import version_before, what_changes
from .own import READING_ROLES, SENDING_ROLES, lea_of, upload_of

PER_PAGE = 25
# Who may see what the night would find.
REHEARSING_ROLES = frozenset({Role.DATA_CLERK, Role.COORDINATOR, Role.LEA_ADMIN})
# What may be taken back, and what is said before.
TAKEN_BACK = {
    UploadState.TRIAL: gettext_lazy(
        "It is your trial no longer: its rows are deleted, and what you sent is destroyed. What is certified stays."
    ),
    UploadState.CERTIFIED: gettext_lazy(
        "Nothing of this collection is certified then, until you certify another file."
    ),
}


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
        "may_certify": request.hat.is_lea and _can_be_certified(row),
        "has_version_before": version_before(row) is not None,
        "may_rehearse": request.hat.role in REHEARSING_ROLES and row.state == UploadState.TRIAL,
        "may_withdraw": request.hat.is_lea and row.state in TAKEN_BACK,
    }
    return render(request, template, context)


@for_roles(*SENDING_ROLES)
def certify(request: HatRequest, pk: int) -> HttpResponse:
    """What changes against the certified version, then name and statement."""
    row = upload_of(request, pk)
    here = reverse("coredata:upload", args=[pk])
    if not _can_be_certified(row):
        return redirect(here)
    before = version_before(row)
    seen = {"seen": actions.certifying.what_changes(row, before)}
    form = CertifyForm(request.POST or None, initial=seen, has_warnings=bool(row.warnings), cancel_url=here)
    if form.is_valid():
        try:
            actions.certify(
                pk,
                by=request.hat,
                at=timezone.now(),
                name=form.cleaned_data["name"],
                statement=form.statement,
                acknowledges_warnings=form.cleaned_data.get("has_seen_warnings", False),
                seen=form.cleaned_data["seen"],
            )
        except actions.ChangedMeanwhile as refusal:
            messages.error(request, str(refusal.sentence))
            kept = {"name": form.cleaned_data["name"], **seen}
            form = CertifyForm(initial=kept, has_warnings=bool(row.warnings), cancel_url=here)
        except actions.NotATrial as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect(here)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            tasks.ask_to_check_again(row.lea_id, beside=row)
            messages.success(request, _("%(file)s is certified.") % {"file": row.name})
            return redirect(here)
    context = {"upload": row, "form": form, **what_changes(row, before)}
    return render(request, "coredata/certify.html", context)


def _can_be_certified(row: Upload) -> bool:
    return row.state == UploadState.TRIAL and not row.errors and row.destroyed_at is None


@for_roles(*SENDING_ROLES)
def withdraw(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then takes a trial or a certified file back."""
    row = upload_of(request, pk)
    here = reverse("coredata:upload", args=[pk])
    if row.state not in TAKEN_BACK:
        return redirect(here)

    def take_back() -> None:
        actions.withdraw(pk, by=request.hat, at=timezone.now())
        tasks.ask_to_check_again(row.lea_id, beside=row)

    return ask_first(
        request,
        take_back,
        title=_("Take back %(file)s?") % {"file": row.name},
        text=str(TAKEN_BACK[UploadState(row.state)]),
        button=_("Take it back"),
        done=_("%(file)s is taken back.") % {"file": row.name},
        back=here,
        danger=True,
    )
