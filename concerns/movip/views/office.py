"""The office: the list of requests, one of them, and who looks after it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concerns.models import ScanState
from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.papers import documents
from mocap_portal.foundation.papers.responses import pdf_response
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import Pages
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first, take_step

from .. import actions
from ..actions.checking import needs_consent_paper
from ..filters import RequestFilter
from ..forms.office import AssignForm, CheckForm, HandOutForm, SayForm
from ..models import Answer, Asker, LookedAt, Paper, Place, TranscriptRequest, Way
from ..not_found_letter import look_words
from ..rules import MOVES, State
from ..tables import RequestTable
from . import words

ROWS_PER_PAGE = 25


@require_safe
@for_roles(*DESE_ROLES)
def requests(request: HatRequest) -> HttpResponse:
    """What is asked for, due soonest first. The address says what is shown."""
    rows = TranscriptRequest.objects.visible_to(request.hat).select_related("assigned_to__user")
    filters = RequestFilter(request.GET, queryset=rows.order_by("due_on", "pk"), hat=request.hat)
    page = Pages(filters.qs, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "table": RequestTable(page.object_list, today=central_date(timezone.now())),
        "page": page,
        "filter_form": filters.form,
    }
    return render(request, "movip/requests.html", context)


@require_safe
@for_roles(*DESE_ROLES)
def one(request: HatRequest, pk: int) -> HttpResponse:
    """All about one request, and what can be done with it now."""
    row = request_of(request.hat, pk)
    looks = row.looks.select_related("by__user").order_by("at", "pk")
    context = {
        "row": row,
        "kind": words.STATUS[State(row.state)],
        "today": central_date(timezone.now()),
        "can": {str(step) for state, step in MOVES if state == row.state and row.let_go_at is None},
        "facts": words.facts(row),
        "consent": words.consent(row),
        "consent_paper_is_missing": needs_consent_paper(row),
        "papers": row.papers.order_by("added_at", "pk"),
        "check": row.identity_check,
        "looks": [
            {"look": look, "words": look_words(look), "is_archive": look.place == Place.ARCHIVE}
            for look in looks
        ],
        "chosen": row.chosen.select_related("row").order_by(
            "row__school_year", "row__term", "row__course_title", "row_id"
        ),
        "answers": row.answers.select_related("recall__by__user").order_by("at", "pk"),
        "disclosures": words.disclosures_of(row),
        "entries": words.story(row, of_office=True),
        "is_mine": row.assigned_to_id == request.hat.pk,
    }
    return render(request, "movip/request.html", context)


@for_roles(*DESE_ROLES)
def assign(request: HatRequest, pk: int) -> HttpResponse:
    row = request_of(request.hat, pk)
    form = AssignForm(
        request.POST or None,
        initial={"to": row.assigned_to_id or request.hat.pk},
        cancel_url=address_of(row),
    )
    return take_step(
        request,
        form,
        lambda: actions.assign(pk, to=form.cleaned_data["to"], by=request.hat, at=timezone.now()),
        title=_("Who looks after request %(number)s?") % {"number": row.number},
        intro=_(
            "Everybody in the office still sees it. It stands on the home page of whoever looks after it."
        ),
        done=_("It is written down who looks after the request."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def check(request: HatRequest, pk: int) -> HttpResponse:
    """Record the identity check: without it nothing leaves the office (R-121)."""
    row = request_of(request.hat, pk)
    usual = LookedAt.CONSENT if row.asker == Asker.OTHER else LookedAt.SENT_ID
    form = CheckForm(request.POST or None, initial={"looked_at": usual}, cancel_url=address_of(row))
    return take_step(
        request,
        form,
        lambda: actions.check_identity(
            pk,
            looked_at=LookedAt(form.cleaned_data["looked_at"]),
            what=form.cleaned_data["what"],
            by=request.hat,
            at=timezone.now(),
        ),
        title=_("Check the identity for request %(number)s") % {"number": row.number},
        intro=_(
            "Compare name and birth date with the request. Your name and the time are kept with it, and nothing can "
            "leave before."
        ),
        done=_("The identity check is recorded. Now look for the records."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def uncheck(request: HatRequest, pk: int) -> HttpResponse:
    row = request_of(request.hat, pk)
    return ask_first(
        request,
        lambda: actions.uncheck_identity(pk, by=request.hat, at=timezone.now()),
        title=_("Take the identity check back?"),
        text=_("The request waits for a new check. That there was one stays in its story."),
        button=_("Take it back"),
        done=_("The identity check is taken back."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def ask_proof(request: HatRequest, pk: int) -> HttpResponse:
    row = request_of(request.hat, pk)
    form = SayForm(request.POST or None, submit=_("Ask for it"), cancel_url=address_of(row))
    return take_step(
        request,
        form,
        lambda: actions.ask_proof(pk, text=form.cleaned_data["text"], by=request.hat, at=timezone.now()),
        title=_("Ask for a better proof"),
        intro=_(
            "Say which paper you need and why. The person reads it on the page of the request, and gets a mail "
            "without these words if there is an address."
        ),
        done=_("The person is asked."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def close(request: HatRequest, pk: int) -> HttpResponse:
    row = request_of(request.hat, pk)
    form = SayForm(request.POST or None, submit=_("Close the request"), cancel_url=address_of(row))
    return take_step(
        request,
        form,
        lambda: actions.close(pk, text=form.cleaned_data["text"], by=request.hat, at=timezone.now()),
        title=_("Close request %(number)s without an answer") % {"number": row.number},
        intro=_(
            "For a request that came twice, that was taken back, or whose identity cannot be shown. The person reads "
            "why. You can open it again."
        ),
        done=_("The request is closed. You can open it again on its page."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def reopen(request: HatRequest, pk: int) -> HttpResponse:
    row = request_of(request.hat, pk)
    form = SayForm(request.POST or None, submit=_("Open it again"), cancel_url=address_of(row))
    return take_step(
        request,
        form,
        lambda: actions.reopen(pk, text=form.cleaned_data["text"], by=request.hat, at=timezone.now()),
        title=_("Open request %(number)s again") % {"number": row.number},
        intro=_("Say what is new. What was answered before stays to be read."),
        done=_("The request is open again."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def recall(request: HatRequest, pk: int) -> HttpResponse:
    """Take an issued transcript back. Shows who has got it already, and how to write to them."""
    row = request_of(request.hat, pk)
    form = SayForm(request.POST or None, submit=_("Recall it"), cancel_url=address_of(row))
    return take_step(
        request,
        form,
        lambda: actions.recall(pk, text=form.cleaned_data["text"], by=request.hat, at=timezone.now()),
        title=_("Recall the transcript of %(number)s") % {"number": row.number},
        intro=_(
            "For a transcript that should not have been issued. Nobody can save it any more, and whoever checks it "
            "reads that it was recalled. Paper that has left stays where it is: write to those who have got it. If it "
            "left and is not listed here, record that first. Say why, without names: the person reads it."
        ),
        done=_("The transcript is recalled. Look at the chosen courses before you issue another one."),
        back=address_of(row),
        rows=words.left_to(row),
    )


@for_roles(*DESE_ROLES)
def hand_out(request: HatRequest, pk: int) -> HttpResponse:
    """Record that the paper left: the disclosure log of the request (R-130)."""
    row = request_of(request.hat, pk)
    today = central_date(timezone.now())
    form = HandOutForm(
        request.POST or None, initial={"way": Way.MAIL, "on": today}, cancel_url=address_of(row)
    )
    last = row.answers.order_by("-at", "-pk").first()
    form.within(central_date(last.at) if last else today, today)
    return take_step(
        request,
        form,
        lambda: actions.hand_out(
            pk,
            way=Way(form.cleaned_data["way"]),
            on=form.cleaned_data["on"],
            by=request.hat,
            at=timezone.now(),
        ),
        title=_("Record that the paper of %(number)s left") % {"number": row.number},
        intro=_("It goes into the log of disclosures, which the former student can read."),
        done=_("It stands in the log of disclosures."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def paper(request: HatRequest, pk: UUID) -> HttpResponseBase:
    """What the scanner said of a file, and the file itself by POST: to be saved, never shown."""
    rows = Paper.objects.filter(request__in=TranscriptRequest.objects.visible_to(request.hat))
    found = get_object_or_404(rows.select_related("request"), pk=pk)
    if request.method == "POST":
        try:
            found = actions.open_paper(pk, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect("movip:paper", pk)
        return _file_of(found)
    context = {
        "paper": found,
        "is_infected": found.state == ScanState.INFECTED,
        "is_clean": found.state == ScanState.CLEAN,
        "waits": found.state == ScanState.WAITING,
    }
    return render(request, "movip/paper.html", context)


def _file_of(found: Paper) -> FileResponse:
    """To be saved and not shown: nothing a stranger made runs here, and no cache keeps it."""
    name = f"{found.request.number}-{found.kind}.{documents.ENDINGS[found.content_type]}"
    response = FileResponse(
        found.file.open("rb"), filename=name, as_attachment=True, content_type=found.content_type
    )
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_safe
@for_roles(*DESE_ROLES)
def answer(request: HatRequest, pk: int) -> HttpResponse:
    """An answer as it was written. The code of a transcript stands on the PDF alone."""
    return render(request, "movip/answer.html", {"answer": _answer_of(request.hat, pk)})


@require_safe
@for_roles(*DESE_ROLES)
def answer_pdf(request: HatRequest, pk: int) -> HttpResponseBase:
    return pdf_response(_answer_of(request.hat, pk).letter)


def _answer_of(hat: Membership, pk: int) -> Answer:
    rows = Answer.objects.filter(request__in=TranscriptRequest.objects.visible_to(hat))
    return get_object_or_404(rows.select_related("letter", "request", "recall__by__user"), pk=pk)


def request_of(hat: Membership, pk: int) -> TranscriptRequest:
    """Raises Http404."""
    rows = TranscriptRequest.objects.visible_to(hat)
    return get_object_or_404(rows.select_related("identity_check__by__user", "assigned_to__user"), pk=pk)


def address_of(row: Any) -> str:
    return reverse("movip:request", args=[row.pk])
