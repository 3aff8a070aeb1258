"""The room of a mismatch: the provider, the district and the MOCAP office on one page; and the list of rooms."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.papers.responses import document_response
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.steps import take_step
from mocap_portal.foundation.ui.switch import switch

from .. import actions
from .. import room as inside
from ..catalogue import CATALOGUE
from ..lists import names
from ..models import PARTIES, Remark, RemarkKind, Side
from ..room_forms import NoteForm, PositionForm, RulingForm
from ..seats import has_two_leas, rooms_of
from ..silence import spoken_in, waiting, with_questions
from ..tables import RoomTable
from .lists import home_of
from .own import PER_PAGE

WAITING, EVERY = "waiting", "every"


@require_safe
@for_roles(*actions.SPEAKERS)
def room(request: HatRequest, pk: int) -> HttpResponse:
    """What it is about, where each side stands, what one can do, and all that was said."""
    found = _room(request, pk)
    mismatch = found.mismatch
    context = {
        "room": found,
        "mismatch": mismatch,
        "kind": CATALOGUE[mismatch.code],
        "sentence": inside.sentence(found),
        "facts": inside.about(found),
        "stands": inside.stands(found),
        "ruling": inside.ruled(found, found.ruling) if found.ruling else "",
        "is_escalated": inside.is_escalated(found),
        "awaits_office": inside.is_awaited(mismatch, Side.OFFICE),
        "entries": inside.entries(found),
        "of_two": has_two_leas(mismatch),
        # The card of the other LEA is its own, where it has one.
        "card": reverse("reconcile:mismatch", args=[pk]) if found.knows_the_card or mismatch.pk != pk else "",
        "pk": pk,
    }
    return render(request, "reconcile/room.html", context)


@require_safe
@for_roles(*actions.SPEAKERS)
def rooms(request: HatRequest) -> HttpResponse:
    """The rooms that wait for the reader, or all in which something was said."""
    shown = EVERY if request.GET.get("show") == EVERY else WAITING
    hat = request.hat
    awaited = waiting(hat)
    every = with_questions(spoken_in(rooms_of(hat), hat))
    rows = every if shown == EVERY else awaited
    table = RoomTable(
        rows.select_related("lea__organization", "provider__organization").order_by("opened_at", "pk"),
        students={},
        of_office=hat.is_dese and shown == WAITING,
    )
    sort_and_cut(table, request, per_page=PER_PAGE)
    own = [
        row.record
        for row in table.paginated_rows
        if not hat.is_lea or row.record.lea_id == hat.organization_id
    ]
    table.students = names(hat, own)
    context = {
        "table": table,
        "shown": shown,
        "views": switch(
            request,
            "show",
            [
                (WAITING, _("They wait for you (%(count)d)") % {"count": awaited.count()}),
                (EVERY, _("All in which something was said (%(count)d)") % {"count": every.count()}),
            ],
            now=shown,
        ),
        "back": reverse(home_of(request)),
    }
    return render(request, "reconcile/rooms.html", context)


@for_roles(*actions.SPEAKERS)
def agree(request: HatRequest, pk: int) -> HttpResponse:
    return _position(
        request,
        pk,
        RemarkKind.AGREE,
        title=_("Agree"),
        intro=_(
            "You say that the others are right, and what you will correct. It stays open until the data agree."
        ),
    )


@for_roles(*actions.SPEAKERS)
def contest(request: HatRequest, pk: int) -> HttpResponse:
    return _position(
        request,
        pk,
        RemarkKind.CONTEST,
        title=_("Contest"),
        intro=_("You say that your data are right. The other sides are asked to answer."),
    )


def _position(request: HatRequest, pk: int, kind: RemarkKind, *, title: str, intro: str) -> HttpResponse:
    found = _room(request, pk)
    if found.side not in PARTIES:
        raise Http404
    here = reverse("reconcile:room", args=[pk])
    form = PositionForm(
        request.POST if request.method == "POST" else None, side=found.side, kind=kind, cancel_url=here
    )
    return take_step(
        request,
        form,
        lambda: actions.take_position(
            pk,
            kind,
            reason=form.chosen,
            text=form.cleaned_data["text"],
            by=request.hat,
            at=timezone.now(),
        ),
        title=title,
        intro=intro,
        done=_("All sides see where you stand. You can take another position at any time."),
        back=here,
    )


@for_roles(*actions.SPEAKERS)
def note(request: HatRequest, pk: int) -> HttpResponse:
    """A note or a file, for all or for the own organization."""
    found = _room(request, pk)
    here = reverse("reconcile:room", args=[pk])
    form = NoteForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        names=found.others(),
        own=str(request.hat.organization or ""),
        keeps_files=has_two_leas(found.mismatch),
        cancel_url=here,
    )
    return take_step(
        request,
        form,
        lambda: actions.write_note(
            pk,
            text=form.cleaned_data["text"],
            is_shared=form.is_shared,
            upload=form.upload,
            by=request.hat,
            at=timezone.now(),
        ),
        title=_("Write a note or add a file"),
        intro=_("What you send stays as it is. Correct a mistake with another note."),
        done=_("It stands in the room."),
        back=here,
    )


@for_roles(*DESE_ROLES)
def decide(request: HatRequest, pk: int) -> HttpResponse:
    """The office says whose data are right and who corrects what."""
    found = _room(request, pk)
    here = reverse("reconcile:room", args=[pk])
    form = RulingForm(
        request.POST if request.method == "POST" else None, parties=found.parties, cancel_url=here
    )
    return take_step(
        request,
        form,
        lambda: actions.decide(
            pk,
            right=form.right_side,
            must_correct=form.correcting_side,
            what=form.cleaned_data["what"],
            reason=form.cleaned_data["reason"],
            by=request.hat,
            at=timezone.now(),
        ),
        title=_("Decide"),
        intro=_(
            "No record changes by it: all sides are told, and the mismatch stays open until the data agree. If you "
            "decide again, the new decision counts and the old one stays to be read."
        ),
        done=_("All sides are told what you decided."),
        back=here,
    )


@require_POST
@for_roles(*actions.SPEAKERS)
def file(request: HatRequest, pk: int) -> FileResponse:
    """A file of the room. Each that goes to another organization is logged for the student (R-130)."""
    visible = Remark.objects.visible_to(request.hat).filter(
        mismatch__in=rooms_of(request.hat).values("pk"), document__isnull=False
    )
    remark = get_object_or_404(visible, pk=pk)
    try:
        document = actions.take_file(remark.pk, by=request.hat, at=timezone.now())
    except actions.FileNotYours as refusal:
        raise Http404 from refusal
    return document_response(document)


def _room(request: HatRequest, pk: int) -> inside.Room:
    """Raises Http404."""
    found = inside.room_of(request.hat, pk)
    if found is None:
        raise Http404
    return found
