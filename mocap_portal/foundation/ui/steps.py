"""Pages that are one form about one step: one action, one answer."""

from collections.abc import Callable

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
) -> HttpResponse:
    """Show the form; when it is right, act, say `done` and go `back`. A refusal stands above the form."""
    if form.is_valid():
        try:
            action()
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, done)
            return redirect(back)
    return render(request, "components/form_page.html", {"title": title, "intro": intro, "form": form})
