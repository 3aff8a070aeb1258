"""Words that leave the office: to the writer, seen as they will be read before they go; to the other side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.refusals import Refusal

from ... import actions
from ...answers import fill
from ...forms.office import AskForm, ChooseTemplateForm, CloseForm, WordsForm
from ...models import Concern, Contact, Format
from ...naming import may_be_named
from ...sheet import language_words, texts
from .rows import concern_of, keeping_seen, page_of, take_seen_step


@for_roles(*DESE_ROLES)
def write(request: HatRequest, pk: int) -> HttpResponse:
    """To who wrote."""
    concern = concern_of(request, pk)
    form = WordsForm(**_words(request, concern))
    return _to_writer(
        request,
        concern,
        form,
        lambda: actions.write(
            pk, form.cleaned_data["text"], by=request.hat, at=timezone.now(), seen=form.cleaned_data["seen"]
        ),
        title=_("Write about %(number)s") % {"number": concern.number},
        done=_("The writer can read it now."),
    )


@for_roles(*DESE_ROLES)
def ask_writer(request: HatRequest, pk: int) -> HttpResponse:
    """A question to who wrote; the concern waits for the answer."""
    concern = concern_of(request, pk)
    form = WordsForm(**_words(request, concern))
    return _to_writer(
        request,
        concern,
        form,
        lambda: actions.ask_writer(
            pk, form.cleaned_data["text"], by=request.hat, at=timezone.now(), seen=form.cleaned_data["seen"]
        ),
        title=_("Ask who wrote %(number)s") % {"number": concern.number},
        done=_("The writer can read your question now. The concern waits for the answer."),
    )


@for_roles(*DESE_ROLES)
def close(request: HatRequest, pk: int) -> HttpResponse:
    """How it ended, in words to the writer."""
    concern = concern_of(request, pk)
    form = CloseForm(**_words(request, concern))
    return _to_writer(
        request,
        concern,
        form,
        lambda: actions.close(
            pk,
            form.chosen,
            text=form.cleaned_data["text"],
            by=request.hat,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
        ),
        title=_("Close %(number)s") % {"number": concern.number},
        done=_("It is closed. The writer reads why, and can open it again."),
    )


@for_roles(*DESE_ROLES)
def ask(request: HatRequest, pk: int) -> HttpResponse:
    """A district or a provider: what it is about and what is asked, in the office's words."""
    concern = concern_of(request, pk)
    sides = sides_of(concern)
    if not sides:
        messages.error(request, _("Say first which district or provider it is about: sort the concern."))
        return redirect("concerns:sort", pk)
    form = AskForm(
        request.POST or None,
        concern=concern,
        sides=[(key, str(side)) for key, side in sides.items()],
        consents=may_be_named(concern),
        cancel_url=page_of(concern),
        initial={"seen": actions.newest(concern)},
    )
    return take_seen_step(
        request,
        concern,
        form,
        lambda: actions.ask(
            pk,
            sides[form.cleaned_data["whom"]],
            summary=form.cleaned_data["summary"],
            question=form.cleaned_data["question"],
            by=request.hat,
            at=timezone.now(),
            seen=form.cleaned_data["seen"],
        ),
        title=_("Ask the other side about %(number)s") % {"number": concern.number},
        intro=_("The writer lets you say who they are: the other side sees their name beside your question.")
        if may_be_named(concern)
        else _("The writer is not to be named. Nothing of who they are leaves this office: mind your words."),
        done=_("They are asked, and the days for their answer run."),
    )


def sides_of(concern: Concern) -> dict[str, Lea | Provider]:
    """Whom this concern may be about, by the key of a choice: what the writer and the links say."""
    leas = [concern.lea, concern.program.host if concern.program else None]
    if concern.line is not None:
        leas.append(concern.line.request.lea)
    providers = [concern.provider, concern.course.provider if concern.course else None]
    found: dict[str, Lea | Provider] = {f"lea-{lea.pk}": lea for lea in leas if lea is not None}
    return found | {f"provider-{one.pk}": one for one in providers if one is not None}


def _words(request: HatRequest, concern: Concern) -> dict[str, Any]:
    """What a form with words to the writer begins with: a template's text, if the address names one."""
    chosen = ChooseTemplateForm(request.GET, concern=concern)
    template = chosen.cleaned_data["template"] if chosen.is_valid() else None
    return {
        "data": request.POST or None,
        "concern": concern,
        "cancel_url": page_of(concern),
        "initial": {
            "seen": actions.newest(concern),
            "text": fill(template, concern) if template else "",
        },
    }


def _to_writer(
    request: HatRequest,
    concern: Concern,
    form: WordsForm,
    action: Callable[[], object],
    *,
    title: str,
    done: str,
) -> HttpResponse:
    """Show the words as they will be read; sent a second time unchanged, they go."""
    preview = ""
    if form.is_valid():
        if form.is_looked_at:
            try:
                keeping_seen(concern, form, action)()
            except Refusal as refusal:
                form.add_error(None, str(refusal.sentence))
            else:
                messages.success(request, done)
                return redirect(page_of(concern))
        form.show()
        form.submit = _("Send it so")
        preview = form.cleaned_data.get("text", "")
    context = {
        "concern": concern,
        "title": title,
        "form": form,
        "preview": preview,
        "choose": ChooseTemplateForm(request.GET or None, concern=concern),
        "original": texts(concern),
        "language": language_words(concern.language),
        "is_english": concern.language == "en",
        "hints": _hints(concern),
    }
    return render(request, "concerns/office/write.html", context)


def _hints(concern: Concern) -> list[str]:
    """What to mind about how this writer is reached."""
    hints = []
    if concern.is_anonymous:
        hints.append(_("The writer is anonymous: they read this only if they open the status page."))
    elif concern.contact == Contact.NONE:
        hints.append(_("The writer wants no mail: they read this only if they open the status page."))
    elif concern.contact == Contact.PHONE:
        hints.append(_("The writer wants to be called: %(phone)s.") % {"phone": concern.phone})
    if concern.format != Format.USUAL:
        hints.append(
            _("How they can read an answer: %(format)s. This page alone is not enough.")
            % {"format": Format(concern.format).label}
        )
    return hints
