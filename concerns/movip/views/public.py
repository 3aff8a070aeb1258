"""Pages without an account: ask, the receipt, the page of one's request, and the check of a transcript."""

from __future__ import annotations

import structlog
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.papers.responses import pdf_response
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import take_step

from .. import actions, opening
from ..actions.asking import is_waiting_for_proof, secret_of
from ..forms.public import AddPaperForm, AskForm, OpenForm, VerifyForm, new_key
from ..models import AnswerKind, Delivery, PaperKind, TranscriptRequest
from ..rules import MOVES, State, Step
from ..verifying import find
from . import words

log = structlog.get_logger(__name__)


@login_not_required
@never_cache
@sensitive_post_parameters()
def ask(request: HttpRequest) -> HttpResponse:
    """The form. Sent twice with the same answers it is one request, and leads to the same receipt."""
    now = timezone.now()
    if request.method == "POST" and not ratelimit.consume(request, action="ask_transcript"):
        return _too_many(request, "ask_transcript")
    today = central_date(now)
    if request.method == "POST":
        form = AskForm(request.POST, request.FILES, today=today)
    else:
        form = AskForm(today=today, initial={"key": new_key()})
    if form.is_valid():
        language = "es" if get_language() == "es" else "en"
        try:
            kept = actions.ask(
                form.asked(), key=form.cleaned_data["key"], papers=form.papers(), language=language, at=now
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            response = redirect("movip:receipt")
            opening.remember(response, kept, just_sent=True)
            return response
    context = {"form": form, "had_files": bool(form.errors and request.FILES)}
    return render(request, "movip/ask.html", context)


@login_not_required
@never_cache
@require_safe
def receipt(request: HttpRequest) -> HttpResponse:
    """Number and secret, for the browser that has just sent the request."""
    mine = opening.opened(request)
    if mine is None or not opening.is_just_sent(request):
        return redirect("movip:status")
    return render(request, "movip/receipt.html", {"mine": mine, "secret": secret_of(mine)})


@login_not_required
@never_cache
@sensitive_post_parameters("secret")
def status(request: HttpRequest) -> HttpResponse:
    """The page of a request, opened with number and secret by POST, so that neither stands in an address."""
    mine = opening.opened(request)
    if mine is not None and request.method != "POST":
        return _shown(request, mine)
    form = OpenForm(request.POST or None)
    if request.method == "POST" and not ratelimit.consume(request, action="open_transcript"):
        return _too_many(request, "open_transcript")
    if form.is_valid():
        found = opening.find(form.cleaned_data["number"], form.cleaned_data["secret"])
        if found is not None:
            response = redirect("movip:status")
            opening.remember(response, found)
            return response
        log.warning("transcript_not_opened")
        form.add_error(
            None, _("No request has this number and this secret. Check both; they stand on your receipt.")
        )
    return render(request, "movip/open.html", {"form": form})


def _shown(request: HttpRequest, mine: TranscriptRequest) -> HttpResponse:
    answer = words.answer_for_person(mine)
    context = {
        "mine": mine,
        "kind": words.STATUS[State(mine.state)],
        "entries": words.story(mine, of_office=False),
        "disclosures": words.disclosures_of(mine),
        "papers": mine.papers.order_by("added_at", "pk"),
        "may_add": (State(mine.state), Step.ADD_PAPER) in MOVES,
        "needs_proof": is_waiting_for_proof(mine),
        "answer": answer,
        "may_save": mine.state == State.SENT and mine.delivery == Delivery.SELF,
        "may_read": answer is not None and answer.kind != AnswerKind.TRANSCRIPT,
    }
    return render(request, "movip/mine.html", context)


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Close the page of the request in this browser."""
    messages.success(request, _("The request is closed in this browser."))
    response = redirect("movip:status")
    opening.forget(response)
    return response


@login_not_required
@never_cache
@sensitive_post_parameters()
def add_paper(request: HttpRequest) -> HttpResponse:
    """One more paper, while the identity is not checked."""
    mine = opening.opened(request)
    if mine is None:
        return redirect("movip:status")
    if request.method == "POST" and not ratelimit.consume(request, action="ask_transcript"):
        return _too_many(request, "ask_transcript")
    here = reverse("movip:status")
    sent = request.method == "POST"
    form = AddPaperForm(request.POST if sent else None, request.FILES if sent else None, cancel_url=here)
    return take_step(
        request,
        form,
        lambda: actions.add_paper(
            mine.pk,
            kind=PaperKind(form.cleaned_data["kind"]),
            kept=form.cleaned_data["paper"],
            at=timezone.now(),
        ),
        title=_("Add a paper"),
        intro=_(
            "Only people of the MOCAP office open it. Pictures are kept without the place where they were taken."
        ),
        done=_("The paper is added to your request."),
        back=here,
    )


@login_not_required
@never_cache
@require_POST
def save(request: HttpRequest) -> HttpResponseBase:
    """The transcript as PDF, for the person it goes to; each time is logged."""
    mine = opening.opened(request)
    if mine is None:
        return redirect("movip:status")
    try:
        answer = actions.save_own(mine.pk, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("movip:status")
    return pdf_response(answer.letter)


@login_not_required
@never_cache
@require_safe
def letter(request: HttpRequest) -> HttpResponse:
    """The letter with which the office answered: nothing was found, or the request was sent on."""
    mine = opening.opened(request)
    answer = words.answer_for_person(mine) if mine else None
    if answer is None or answer.kind == AnswerKind.TRANSCRIPT:
        return redirect("movip:status")
    return render(request, "movip/letter.html", {"mine": mine, "answer": answer})


@login_not_required
@never_cache
@sensitive_post_parameters("code")
def verify(request: HttpRequest) -> HttpResponse:
    """Whether a transcript is genuine. By POST, so that the code stands in no address; the answer names nobody."""
    form = VerifyForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and not ratelimit.consume(request, action="check_transcript"):
        return _too_many(request, "check_transcript")
    if form.is_valid():
        context |= {"asked": True, "answer": find(form.cleaned_data["number"], form.cleaned_data["code"])}
        if context["answer"] is None:
            log.warning("transcript_not_verified")
    return render(request, "movip/verify.html", context)


def _too_many(request: HttpRequest, action: str) -> HttpResponse:
    log.warning("too_many_requests", task=action)
    refused: HttpResponse = ratelimit.respond_429(request)
    return refused
