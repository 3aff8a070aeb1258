"""A concern in its writer's hands, without an account: opened by number and secret, for a while (R-120)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

import structlog
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first, take_step

from .. import opening, story
from ..actions import writing
from ..forms.public import OpenForm, RateForm, ReopenForm, TakeBackForm, WriteOnForm
from ..forms.writing import CONSENT
from ..models import OPEN_STATES, Concern
from ..responses import attachment_response
from ..transitions import Act, may
from .writing import opened_concern, right_office

P = ParamSpec("P")
log = structlog.get_logger(__name__)


def for_its_writer(
    page: Callable[Concatenate[HttpRequest, Concern, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Opens a page to the browser that has opened or sent the concern; anybody else types number and secret."""

    @wraps(page)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        concern = opened_concern(request)
        if concern is None:
            messages.info(
                request, _("Type the number and the secret first. A page stays open for a short time only.")
            )
            return redirect("concerns:status")
        if request.method == "POST" and not ratelimit.consume(request, action="go_on_with_concern"):
            log.info("concern_refused", why="too_many")
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        return page(request, concern, *args, **kwargs)

    return login_not_required(never_cache(guarded))


@login_not_required
@never_cache
@sensitive_post_parameters("secret")
def status(request: HttpRequest) -> HttpResponse:
    """Number and secret by POST, so that neither stands in an address. Whatever is wrong, the answer is the same."""
    form = OpenForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="open_concern"):
            log.info("concern_refused", why="too_many")
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        concern = opening.find(form.cleaned_data["number"], form.cleaned_data["secret"])
        if concern is not None:
            response = redirect("concerns:own")
            opening.remember(response, concern)
            return response
        log.info("concern_not_opened")
        form.add_error(None, _("There is no concern with this number and this secret. Check both."))
    return render(request, "concerns/public/status.html", {"form": form})


@require_safe
@for_its_writer
def own(request: HttpRequest, concern: Concern) -> HttpResponse:
    """Where it stands, what happened, what comes next, and everything that its writer can do."""
    return show(request, concern, WriteOnForm())


def show(request: HttpRequest, concern: Concern, form: WriteOnForm) -> HttpResponse:
    now = timezone.now()
    entries = story.entries_for(concern)
    question = story.open_question(entries)
    kind, words = story.stands(concern, asked=question is not None)
    category = story.category_of(concern)
    latest = concern.consents.order_by("-at", "-pk").first()
    is_open = concern.state in OPEN_STATES
    reopened_until = writing.reopened_until(concern.over_at) if concern.over_at else None
    context: dict[str, Any] = {
        "concern": concern,
        "form": form if may(Act.HEAR, concern) else None,
        "question": question,
        "kind": kind,
        "words": words,
        "timeline": story.timeline(concern, entries),
        "rows": story.what_was_written(concern, category),
        "files": concern.attachments.filter(asked=None).order_by("added_at", "name"),
        "is_open": is_open,
        "may_be_named": latest is not None and latest.is_given,
        "may_reopen": reopened_until is not None and now <= reopened_until,
        "reopened_until": reopened_until,
        **right_office(concern, category, on=central_date(now)),
    }
    return render(request, "concerns/public/own.html", context)


@require_POST
@for_its_writer
def write_on(request: HttpRequest, concern: Concern) -> HttpResponse:
    form = WriteOnForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            said = form.cleaned_data
            writing.write_on(concern.pk, text=said["text"], files=said["attached"], at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The office has what you wrote."))
            return redirect("concerns:own")
    return show(request, concern, form)


@for_its_writer
def consent(request: HttpRequest, concern: Concern) -> HttpResponse:
    """Lets the office name the writer to the other side, or takes that back. Anonymous writers have no such page."""
    if concern.is_anonymous:
        raise Http404
    latest = concern.consents.order_by("-at", "-pk").first()
    is_given = latest is not None and latest.is_given
    words = str(CONSENT)
    text = _("I take this back: “%(sentence)s”") % {"sentence": words} if is_given else words
    return ask_first(
        request,
        lambda: writing.share_identity(concern.pk, is_given=not is_given, text=text, at=timezone.now()),
        title=_("Take back that we may name you?") if is_given else _("May we name you?"),
        text=_("From now on we tell nobody your name. What the other side knows already, it knows.")
        if is_given
        else words,
        button=_("Take it back") if is_given else _("Yes, you may"),
        done=_("From now on we tell nobody who you are.")
        if is_given
        else _("Thank you. You can take this back."),
        back=reverse("concerns:own"),
    )


@for_its_writer
def take_back(request: HttpRequest, concern: Concern) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None  # nothing need be said
    form = TakeBackForm(sent, cancel_url=reverse("concerns:own"))
    return take_step(
        request,
        form,
        lambda: writing.take_back(concern.pk, text=form.cleaned_data["text"], at=timezone.now()),
        title=_("Take back what you wrote?"),
        intro=_("We stop looking into it, and nobody answers it. You can open it again for some time."),
        done=_("You have taken it back. It is closed."),
        back="concerns:own",
    )


@for_its_writer
def reopen(request: HttpRequest, concern: Concern) -> HttpResponse:
    form = ReopenForm(request.POST or None, cancel_url=reverse("concerns:own"))
    return take_step(
        request,
        form,
        lambda: writing.reopen(concern.pk, text=form.cleaned_data["text"], at=timezone.now()),
        title=_("Open it again"),
        intro=_("We look into it once more and reply here."),
        done=_("It is open again."),
        back="concerns:own",
    )


@for_its_writer
def rate(request: HttpRequest, concern: Concern) -> HttpResponse:
    initial = {"rating": concern.rating}
    form = RateForm(request.POST or None, initial=initial, cancel_url=reverse("concerns:own"))
    return take_step(
        request,
        form,
        lambda: writing.rate(concern.pk, at=timezone.now(), **form.cleaned_data),
        title=_("Rate our answer"),
        intro=_("The office reads it, and so it learns what to do better."),
        done=_("Thank you."),
        back="concerns:own",
    )


@require_safe
@for_its_writer
def file(request: HttpRequest, concern: Concern, pk: UUID) -> HttpResponseBase:
    """A file of the writer's own, to be saved. Those of the other side are for the office."""
    attachment = get_object_or_404(concern.attachments.filter(asked=None), pk=pk)
    try:
        return attachment_response(attachment)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("concerns:own")
    except FileNotFoundError as error:
        raise Http404 from error


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Nobody who uses this browser after the writer reads the concern."""
    messages.success(request, _("The page is closed. Number and secret open it again."))
    response = redirect("concerns:status")
    opening.forget(response)
    return response
