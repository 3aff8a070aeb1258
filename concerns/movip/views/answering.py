"""The office looks for records, chooses them, and answers."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.papers.letters import LetterText, lay_out
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import take_step

from .. import actions, letters
from ..forms.office import LookForm, OfficialForm, SearchForm, SendOnForm
from ..letters import Official
from ..matching import Reason, Suggestion, Terms, suggestions
from ..models import Look, Place, TranscriptRequest
from ..not_found_letter import look_words, not_found
from ..rules import Step, after
from .office import address_of, request_of


@for_roles(*DESE_ROLES)
def search(request: HatRequest, pk: int) -> HttpResponse:
    """Say what to search the archive for. Each search is kept (R-122)."""
    row = request_of(request.hat, pk)
    form = SearchForm(request.POST or None, initial=SearchForm.of(row), cancel_url=address_of(row))
    if form.is_valid():
        try:
            look = actions.search_archive(pk, form.terms, by=request.hat, at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            return redirect("movip:found", pk, look.pk)
    context = {
        "title": _("Search the archive for request %(number)s") % {"number": row.number},
        "intro": _(
            "Names then and now are filled in. That you searched, and for what, is kept with the request, also when "
            "nothing is found."
        ),
        "form": form,
    }
    return render(request, "components/form_page.html", context)


@for_roles(*DESE_ROLES)
def found(request: HatRequest, pk: int, look_pk: int) -> HttpResponse:
    """Who in the archive may be meant, and why; ticked is what a person ticked. Nothing is chosen by itself."""
    row = request_of(request.hat, pk)
    look = get_object_or_404(Look.objects.filter(request=row, place=Place.ARCHIVE), pk=look_pk)
    if request.method == "POST":
        try:
            actions.choose(
                pk,
                look_pk,
                rows=_keys(request.POST.getlist("rows")),
                before=_keys(request.POST.get("before", "").split(",")),
                by=request.hat,
                at=timezone.now(),
            )
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect("movip:found", pk, look_pk)
        messages.success(request, _("The choice is kept. Look at the transcript before you issue it."))
        return redirect(address_of(row))
    terms = Terms.from_json(look.terms)
    chosen = sorted(row.chosen.values_list("row", flat=True))
    context = {
        "row": row,
        "look": look_words(look),
        "people": [{"person": one, "reasons": reasons_of(one)} for one in suggestions(terms)],
        "chosen": set(chosen),
        "before": ",".join(str(key) for key in chosen),
        "may_choose": after(row.state, Step.CHOOSE) is not None,
    }
    return render(request, "movip/found.html", context)


def _keys(texts: list[str]) -> set[int]:
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19}


def reasons_of(person: Suggestion) -> list[str]:
    """Why somebody may be meant, in words; what does not agree stands first in none of them."""
    said = {
        Reason.BIRTH_DATE: _("Same birth date"),
        Reason.LAST_NAME: _("Same last name"),
        Reason.FIRST_NAME: _("Same first name"),
        Reason.BIRTH_DATE_TURNED: _("Birth date with month and day exchanged"),
        Reason.BIRTH_DATE_NEAR: _("Birth date differs in one place"),
        Reason.PART_OF_LAST_NAME: _("One part of the last name agrees"),
        Reason.LAST_NAME_ALIKE: _("Last name spelled in another way"),
        Reason.NICKNAME: _("First name is a short form"),
        Reason.FIRST_NAME_ALIKE: _("First name spelled in another way"),
        Reason.NAMES_TURNED: _("First and last name exchanged"),
        Reason.INITIAL: _("First name is an initial"),
    }
    return [said[reason] for reason in person.reasons]


@for_roles(*DESE_ROLES)
def look(request: HatRequest, pk: int) -> HttpResponse:
    """Record that somebody looked elsewhere (R-122)."""
    row = request_of(request.hat, pk)
    form = LookForm(request.POST or None, cancel_url=address_of(row))
    return take_step(
        request,
        form,
        lambda: actions.look_elsewhere(
            pk,
            place=Place(form.cleaned_data["place"]),
            what=form.cleaned_data["what"],
            found=form.cleaned_data["found"],
            by=request.hat,
            at=timezone.now(),
        ),
        title=_("Record where else you looked"),
        intro=_("For places that this portal cannot search: paper files, microfilm, a school."),
        done=_("It is recorded where you looked."),
        back=address_of(row),
    )


@for_roles(*DESE_ROLES)
def issue(request: HatRequest, pk: int) -> HttpResponse:
    """The transcript to look at, then issued if its facts are still those."""
    row = request_of(request.hat, pk)
    facts = letters.facts_of(row)
    day = central_date(timezone.now())
    form = _official_form(request, row, submit=_("Issue the transcript"), seen=facts.digest)
    return _preview_and_sign(
        request,
        row,
        form,
        lambda official: letters.transcript(facts, official=official, day=day),
        lambda: actions.issue(
            pk, official=form.official, seen=form.cleaned_data["seen"], by=request.hat, at=timezone.now()
        ),
        step=Step.ISSUE,
        title=_("Issue the transcript of %(number)s") % {"number": row.number},
        intro=_("The PDF also gets a code by which anybody can check that it is genuine."),
        done=_("The transcript is issued."),
    )


@for_roles(*DESE_ROLES)
def miss(request: HatRequest, pk: int) -> HttpResponse:
    """The letter that nothing was found: where was looked, and the school of credit."""
    row = request_of(request.hat, pk)
    looks = list(row.looks.order_by("at", "pk"))
    day = central_date(timezone.now())
    form = _official_form(request, row, submit=_("Answer that nothing was found"))
    return _preview_and_sign(
        request,
        row,
        form,
        lambda official: not_found(row, looks, official=official, day=day),
        lambda: actions.miss(pk, official=form.official, by=request.hat, at=timezone.now()),
        step=Step.MISS,
        title=_("Answer that nothing was found for %(number)s") % {"number": row.number},
        intro=_("The person reads this letter on the page of the request."),
        done=_("The person can read the letter now."),
    )


@for_roles(*DESE_ROLES)
def send_on(request: HatRequest, pk: int) -> HttpResponse:
    """The letter that sends the request on to the school of credit."""
    row = request_of(request.hat, pk)
    day = central_date(timezone.now())
    credited = row.chosen.values_list("row__school_of_credit", flat=True).order_by("row_id").first()
    form = SendOnForm(
        request.POST or None,
        initial={"school": credited or row.school_then, **_signs(request)},
        submit=_("Send it on"),
        cancel_url=address_of(row),
    )
    typed = form.cleaned_data if form.is_valid() else {}
    return _preview_and_sign(
        request,
        row,
        form,
        lambda official: letters.sent_on(
            row,
            school=typed.get("school") or form["school"].value() or "",
            address=typed.get("address") or form["address"].value() or _("(the address)"),
            official=official,
            day=day,
        ),
        lambda: actions.send_on(
            pk,
            school=form.cleaned_data["school"],
            address=form.cleaned_data["address"],
            official=form.official,
            by=request.hat,
            at=timezone.now(),
        ),
        step=Step.SEND_ON,
        title=_("Send request %(number)s on to the school of credit") % {"number": row.number},
        intro=_("The school gets this letter and answers the person itself."),
        done=_("The letter is written. Print it, mail it, and record on which day it left."),
    )


def _signs(request: HatRequest) -> dict[str, str]:
    return {"official_name": request.hat.user.name, "official_title": _("MOCAP office")}


def _official_form(
    request: HatRequest, row: TranscriptRequest, *, submit: str, seen: str = ""
) -> OfficialForm:
    return OfficialForm(
        request.POST or None,
        initial={**_signs(request), "seen": seen},
        submit=submit,
        cancel_url=address_of(row),
    )


def _preview_and_sign(
    request: HatRequest,
    row: TranscriptRequest,
    form: OfficialForm,
    text: Callable[[Official], LetterText],
    action: Callable[[], object],
    *,
    step: Step,
    title: str,
    intro: str,
    done: str,
) -> HttpResponse:
    """The paper as it would be, and who signs it below. A request that stands elsewhere by now says so."""
    if after(row.state, step) is None:
        messages.error(request, str(actions.NotPossibleNow(row.state).sentence))
        return redirect(address_of(row))
    if form.is_valid():
        try:
            action()
        except actions.FactsChanged as refusal:
            messages.warning(request, str(refusal.sentence))  # the page shows it as it would be now
            return redirect(request.path)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done)
            return redirect(address_of(row))
    signs = _signs(request)
    official = form.official if form.is_valid() else Official(signs["official_name"], signs["official_title"])
    context = {
        "row": row,
        "form": form,
        "title": title,
        "intro": intro,
        "preview": lay_out(text(official)),
        "nothing_chosen": step == Step.ISSUE and not row.chosen.exists(),
        "search_url": reverse("movip:search", args=[row.pk]),
    }
    return render(request, "movip/sign.html", context)
