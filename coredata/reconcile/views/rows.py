"""Corrected rows: put aside on the page of a mismatch or for many at once, looked through, taken along, tried."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from coredata import tasks
from coredata.layouts import Kind, layout
from coredata.models import Upload, UploadState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.shared.tabular import write_csv
from mocap_portal.foundation.ui.steps import ask_first

from .. import actions
from ..behind import CYCLES, Behind
from ..corrected import Corrected, CorrectedFile, files_of, kept_by, own_corrections
from ..forms import UseRowsForm
from ..models import CollectedRow, Mismatch
from ..standing import shown_to
from ..tables import CorrectedTable
from .lists import rows_of
from .own import PER_PAGE, mismatch_of


@require_safe
@for_roles(*actions.CLERKS)
def rows(request: HatRequest) -> HttpResponse:
    """What the LEA has put aside, by file: what can be used, and what cannot with the reason."""
    parts = []
    for number, file in enumerate(files_of(kept_by(request.hat))):
        used = CorrectedTable(
            file.rows,
            caption=_("Corrected rows of %(file)s") % {"file": file.collection.kind.label},
            prefix=f"used{number}-",
            left_out=("why_not",),
        )
        useless = CorrectedTable(
            file.useless,
            caption=_("Rows of %(file)s that are not used") % {"file": file.collection.kind.label},
            prefix=f"useless{number}-",
            left_out=("values",),
        )
        for table in (used, useless):
            sort_and_cut(table, request, per_page=PER_PAGE)
        parts.append({"file": file, "used": used, "useless": useless})
    return render(request, "reconcile/rows.html", {"parts": parts, "undo": _to_undo(request)})


def _to_undo(request: HatRequest) -> CollectedRow | None:
    """A row of the step that was taken last, while the address still names it."""
    pk = request.GET.get("undo", "")
    return CollectedRow.objects.visible_to(request.hat).filter(pk=pk).first() if pk.isdecimal() else None


@require_POST
@for_roles(*actions.CLERKS)
def use(request: HatRequest, pk: int) -> HttpResponse:
    """Put the corrected rows of one mismatch aside."""
    mismatch_of(request, pk)
    try:
        actions.collect([pk], by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("The corrected row is put aside with the others of its file."))
    return redirect("reconcile:mismatch", pk)


@for_roles(*actions.CLERKS)
def use_many(request: HatRequest) -> HttpResponse:
    """A preview of the rows of the mismatches that were ticked, or of the whole list; then all of them put aside."""
    back = reverse("reconcile:of_district")
    found = _asked(request)
    if len(found) > actions.MOST_AT_ONCE:
        messages.error(request, str(actions.TooMany.sentence))
        return redirect(back)
    behind = Behind(found)
    pairs = [
        (one, CollectedRow(mismatch=mismatch, kind=one.kind, upload_id=one.upload, line=one.line))
        for mismatch in found
        for one in own_corrections(mismatch, behind)
    ]
    fitting = sorted({entry.mismatch_id for _one, entry in pairs})
    if not fitting:
        messages.error(request, str(actions.NothingToCorrect.sentence))
        return redirect(back)
    form = UseRowsForm(
        request.POST if request.method == "POST" else None,
        cancel_url=back,
        initial={"ones": " ".join(map(str, fitting))},
    )
    if form.is_valid():
        try:
            put_aside = actions.collect(fitting, by=request.hat, at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            sentence = ngettext(
                "%(count)d corrected row is put aside.",
                "%(count)d corrected rows are put aside.",
                len(put_aside),
            )
            messages.success(request, sentence % {"count": len(put_aside)})
            return redirect(f"{reverse('reconcile:rows')}?undo={put_aside[-1].pk}")
    tables = [
        CorrectedTable(
            [Corrected(one, [entry]) for one, entry in pairs if one.kind is kind],
            caption=_("Corrected rows of %(file)s") % {"file": kind.label},
            left_out=("why_not", "by", "out"),
        )
        for kind in CYCLES
        if any(one.kind is kind for one, _entry in pairs)
    ]
    context = {
        "form": form,
        "tables": tables,
        "count": len(fitting),
        "passed_over": len(found) - len(fitting),
    }
    return render(request, "reconcile/use_many.html", context)


def _asked(request: HatRequest) -> list[Mismatch]:
    """The mismatches that were ticked, or the whole list as the address cuts it; one more than may be at most."""
    asked = request.POST.get("ones", "").split() if request.method == "POST" else request.GET.getlist("one")
    wanted = {int(one) for one in asked if one.isdecimal()}
    found = shown_to(request.hat).filter(pk__in=wanted) if asked else rows_of(request)
    ordered = found.select_related("school_year").order_by("code", "mosis_id", "pk")
    return list(ordered[: actions.MOST_AT_ONCE + 1])


@require_POST
@for_roles(*actions.CLERKS)
def take_out(request: HatRequest) -> HttpResponse:
    """Take a row out again, for all mismatches that ask for it."""
    keys = [int(one) for one in request.POST.getlist("row") if one.isdecimal()]
    try:
        count = actions.take_out(keys, by=request.hat, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("reconcile:rows")
    if not count:
        return redirect("reconcile:rows")
    messages.success(request, _("The row is taken out."))
    return redirect(f"{reverse('reconcile:rows')}?undo={keys[0]}")


@require_POST
@for_roles(*actions.CLERKS)
def undo(request: HatRequest, pk: int) -> HttpResponse:
    """Undo the step in which rows were put aside or taken out."""
    try:
        count = actions.undo_step(pk, by=request.hat, at=timezone.now())
    except actions.NotYourRows as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        sentence = ngettext(
            "That is undone, for %(count)d row.", "That is undone, for %(count)d rows.", count
        )
        messages.success(request, sentence % {"count": count})
    return redirect("reconcile:rows")


@require_POST
@for_roles(*actions.CLERKS)
def download(request: HatRequest, year: int, kind: str) -> HttpResponse:
    """The rows of a file in its own layout. Each download is logged for each student whom they concern (R-130)."""
    file = _file(request, year, kind)
    header = [column.name for column in layout(file.collection.kind, year).columns]
    found = actions.download_rows(file, by=request.hat, at=timezone.now())
    return HttpResponse(
        write_csv(header, ([row[name] for name in header] for row in found)),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="corrected-{file.collection}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


@for_roles(*actions.CLERKS)
def trial(request: HatRequest, year: int, kind: str) -> HttpResponse:
    """Asks, then makes a new trial of the certified file and the corrected rows."""
    file, back = _file(request, year, kind), reverse("reconcile:rows")
    if file.upload is None:
        return redirect(back)
    there = Upload.objects.filter(
        lea=request.hat.organization_id, collection=file.upload.collection_id, state=UploadState.TRIAL
    ).first()
    text = _("The certified file stays as it is. The new one is checked as if you had sent it.")
    if there is not None:
        text += " " + _("It takes the place of your trial %(file)s.") % {"file": there.name}

    made = list[Upload]()

    def make() -> None:
        with transaction.atomic():
            made.append(actions.trial_of(year, file.collection.kind, by=request.hat, at=timezone.now()))
            transaction.on_commit(partial(tasks.check_file.delay, made[0].pk))

    count = len(file.rows)
    title = ngettext(
        "Make a trial of %(file)s with %(count)d corrected row?",
        "Make a trial of %(file)s with %(count)d corrected rows?",
        count,
    )
    answer = ask_first(
        request,
        make,
        title=title % {"file": file.upload.name, "count": count},
        text=text,
        button=_("Make the trial"),
        done=_("The new trial is made."),
        back=back,
    )
    return redirect("coredata:upload", made[0].pk) if made else answer


def _file(request: HatRequest, year: int, kind: str) -> CorrectedFile:
    """What is put aside for a file, if anything can be used. Raises Http404."""
    found = actions.file_of(year, Kind(kind), by=request.hat) if kind in Kind.values else None
    if found is None or not found.rows:
        raise Http404
    return found
