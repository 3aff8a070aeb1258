"""The way in, without an account: what it is about, the form, the receipt (R-117).

Against programs that fill in forms: a box nobody sees, a form the portal has signed that is neither sent within
seconds nor after a day, and a limit for each source. No refusal loses what was typed, and none is logged with it.
"""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

import structlog
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from enrollment.part_time.facts import appeal_route
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.ui.fragments import is_fragment, render_page
from providers.models import Course

from .. import codes, opening, seals
from ..actions.sending import Said, Sent, send, sent_before
from ..forms.public import CategoryForm
from ..forms.writing import ConcernForm
from ..models import Concern
from ..offices import office_of
from ..seals import Problem
from ..story import category_of, to_come, what_was_written

log = structlog.get_logger(__name__)

ABOUT = ("course", "lea", "provider", "program")  # what a link to the form may say
ADDED = {"csrfmiddlewaretoken"}
TOO_MANY = gettext_lazy(
    "Too many concerns came from your network in the last minutes, so this one was not sent. Nothing is lost: leave "
    "this page open, wait five minutes and press Send again."
)
WAIT = dt.timedelta(minutes=5)
SENTENCES = {
    Problem.FORGED: gettext_lazy(
        "This page could not be checked. Nothing is lost: look over what you typed and press Send again."
    ),
    Problem.TOO_FAST: gettext_lazy("That was very fast. Wait a few seconds and press Send again."),
    Problem.TOO_OLD: gettext_lazy(
        "This page was open for a long time. Nothing is lost: look over what you typed and press Send again."
    ),
}
BOX_FILLED = gettext_lazy("Perhaps a program filled in this box. Empty it and press Send again.")


@login_not_required
def start(request: HttpRequest) -> HttpResponse:
    """What this is for, and the ways from here."""
    safety = office_of("safety", on=central_date(timezone.now()))
    return render(request, "concerns/public/start.html", {"query": about_query(request), "safety": safety})


@login_not_required
def choose(request: HttpRequest) -> HttpResponse:
    """What it is about: the questions and the right office follow from it."""
    today = central_date(timezone.now())
    categories = list(CodeMeaning.objects.of(CodeSet.CONCERN_CATEGORY, on=today))
    chosen = request.GET if "category" in request.GET else None
    about = {name: request.GET.get(name, "") for name in ABOUT}
    form = CategoryForm(chosen, initial=about, categories=categories, url=reverse("concerns:choose"))
    code = request.GET.get("category", "")
    group = next((category.group for category in categories if category.code == code), "")
    context = {"form": form, "office": office_of(group, on=today)}
    if form.is_valid() and not is_fragment(request):
        return redirect(f"{reverse('concerns:write', args=[code])}{about_query(request)}")
    return render_page(request, "concerns/public/choose.html", context, fragment="office")


@login_not_required
@never_cache
@sensitive_post_parameters()
def write(request: HttpRequest, category: str) -> HttpResponse:
    """The form, and its answer: a receipt, or one sentence that says why not."""
    now = timezone.now()
    today = central_date(now)
    row = get_object_or_404(CodeMeaning.objects.of(CodeSet.CONCERN_CATEGORY, on=today), code=category)
    context: dict[str, Any] = {"category": row, "office": office_of(row.group, on=today)}
    if request.method != "POST":
        form = ConcernForm(category=row, on=today, initial={**initial_of(request), "form": seals.new(at=now)})
        return render(request, "concerns/public/write.html", {**context, "form": form})
    form = ConcernForm(request.POST, request.FILES, category=row, on=today)
    if form.is_valid():
        seal = seals.read(form.cleaned_data["form"])
        problem = seal.problem(at=now) if seal else Problem.FORGED
        if problem == Problem.TOO_OLD and seal and sent_before(seal.form):
            messages.info(request, _("You sent this before. Open it with its number and your secret."))
            return redirect("concerns:status")
        if form.cleaned_data["website"]:
            log.info("concern_refused", why="box_filled")
            form.add_error("website", str(BOX_FILLED))
        elif seal is None or problem:
            log.info("concern_refused", why=str(problem))
            form.add_error(None, str(SENTENCES[problem or Problem.FORGED]))
            if problem != Problem.TOO_FAST:
                renew(form, at=now)
        elif not ratelimit.consume(request, action="send_concern"):
            return too_many(request)
        else:
            said = form.said()
            sent = send(
                said, form=seal.form, may_be_named=form.consent(), files=form.cleaned_data["attached"], at=now
            )
            return to_receipt(request, sent, said)
    elif "form" in form.errors:
        renew(form, at=now)
    return render(request, "concerns/public/write.html", {**context, "form": form})


def too_many(request: HttpRequest) -> HttpResponse:
    """One sentence, and all that was typed behind a button that sends it again."""
    log.info("concern_refused", why="too_many")
    typed = [
        (name, text) for name in request.POST if name not in ADDED for text in request.POST.getlist(name)
    ]
    context = {"sentence": TOO_MANY, "typed": typed, "had_files": bool(request.FILES)}
    response = render(request, "concerns/public/too_many.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response.headers["Retry-After"] = str(int(WAIT.total_seconds()))
    return response


@login_not_required
@never_cache
def receipt(request: HttpRequest) -> HttpResponse:
    """Number and secret, for whoever has just sent the form in this browser, and what happens next, with its days."""
    concern = opened_concern(request)
    if concern is None or not opening.is_just_sent(request):
        return redirect("concerns:status")
    category = category_of(concern)
    context = {
        "concern": concern,
        "secret": codes.secret_of(concern.form, stored=concern.secret_hash),
        "steps": to_come(concern),
        "rows": what_was_written(concern, category),
        **right_office(concern, category, on=central_date(timezone.now())),
    }
    return render(request, "concerns/public/receipt.html", context)


def opened_concern(request: HttpRequest) -> Concern | None:
    """The concern that this browser may read now, with what its pages show."""
    key = opening.opened(request)
    if key is None:
        return None
    rows = Concern.objects.select_related(
        "lea__organization",
        "provider__organization",
        "program",
        "acknowledge_clock",
        "sort_clock",
        "reply_clock",
    )
    return rows.filter(pk=key).first()


def right_office(concern: Concern, category: CodeMeaning | None, *, on: dt.date) -> dict[str, Any]:
    """The other office, and for a denial the district's own way to appeal (R-118)."""
    group = category.group if category else ""
    route = appeal_route(concern.lea_id, on=on) if group == "appeal" and concern.lea_id else None
    return {"office": office_of(group, on=on), "route": route, "lea": concern.lea}


def to_receipt(request: HttpRequest, sent: Sent, said: Said) -> HttpResponse:
    concern = sent.concern
    if not sent.is_new and (concern.what_happened, concern.tried, concern.wanted) != (
        said.what_happened,
        said.tried,
        said.wanted,
    ):
        messages.warning(
            request,
            _(
                "You sent this form before. What you have changed since was not added: write it on the page below."
            ),
        )
    response = redirect("concerns:receipt")
    opening.remember(response, concern, just_sent=True)
    return response


def renew(form: ConcernForm, *, at: dt.datetime) -> None:
    """The same answers on a form that can be sent now."""
    data = cast("QueryDict", form.data).copy()
    data["form"] = seals.new(at=at)
    form.data = data


def about_query(request: HttpRequest) -> str:
    """What a link said it is about, to be passed on."""
    about = {name: request.GET[name] for name in ABOUT if request.GET.get(name, "").isdecimal()}
    return f"?{urlencode(about)}" if about else ""


def initial_of(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the language of the page, and what a link said it is about."""
    about = {name: int(request.GET[name]) for name in ABOUT if is_key(request.GET.get(name, ""))}
    course = Course.objects.filter(pk=about["course"]).first() if "course" in about else None
    if course is not None:
        about |= {"provider": course.provider_id}
    return {
        **about,
        "course": course.pk if course else None,
        "course_title": course.title if course else "",
        "language": get_language() or "en",
    }


def is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
