"""Pages about one step: one action, one answer."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mocap_portal.foundation.shared.refusals import Refusal

from .forms import StepForm


def take_step(
    request: HttpRequest,
    form: StepForm,
    action: Callable[[], object],
    *,
    title: str,
    intro: str,
    done: str,
    back: str,
    rows: list[dict[str, str]] | None = None,
) -> HttpResponse:
    """Show the form; when it is right, act, say `done` and go `back`. A refusal stands above the form.

    `rows`: facts to look at first.
    """
    if form.is_valid():
        try:
            action()
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done)
            return redirect(back)
    words = {"title": title, "intro": intro, "rows": rows, "form": form}
    return render(request, "components/form_page.html", words)


def ask_first(
    request: HttpRequest,
    action: Callable[[], Any],
    *,
    title: str,
    text: str,
    button: str,
    done: str | Callable[[Any], str],
    back: str,
    after: str = "",
    danger: bool = False,
) -> HttpResponse:
    """Ask before something is done: a question, what happens then, and the way `back`. Sent, act, say `done` and go on.

    `done`: a sentence, or what makes one of the action's answer. `after`: where it goes on to, unless that is `back`,
    which is also where a refusal leads. `danger`: it cannot be undone.
    """
    if request.method == "POST":
        try:
            answer = action()
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
            return redirect(back)
        messages.success(request, done if isinstance(done, str) else done(answer))
        return redirect(after or back)
    words = {"title": title, "text": text, "action": button, "cancel_url": back, "danger": danger}
    return render(request, "components/confirm_page.html", words)
