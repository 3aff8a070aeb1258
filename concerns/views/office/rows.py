"""Which rows the office's pages begin with, and how they end a step."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.ui.steps import take_step

from ... import actions
from ...forms.office import SeenForm
from ...models import Concern


def concern_of(request: HatRequest, pk: int) -> Concern:
    """The concern with about whom it is. Raises Http404."""
    rows = Concern.objects.visible_to(request.hat).select_related(
        "lea__organization",
        "provider__organization",
        "program__host__organization",
        "course__provider__organization",
        "assigned_to__user",
        "merged_into",
        "student",
        "line__request__lea__organization",
        "application",
        "mismatch",
        "acknowledge_clock",
        "sort_clock",
        "reply_clock",
    )
    found: Concern = get_object_or_404(rows, pk=pk)
    return found


def page_of(concern: Concern) -> str:
    return reverse("concerns:concern", args=[concern.pk])


def take_seen_step(
    request: HttpRequest,
    concern: Concern,
    form: SeenForm,
    action: Callable[[], object],
    *,
    title: str,
    intro: str,
    done: str,
) -> HttpResponse:
    """As `take_step`. After somebody else was quicker, the form is shown with what was typed and may be sent again."""
    return take_step(
        request,
        form,
        keeping_seen(concern, form, action),
        title=title,
        intro=intro,
        done=done,
        back=page_of(concern),
    )


def keeping_seen(concern: Concern, form: SeenForm, action: Callable[[], object]) -> Callable[[], object]:
    """The action; refused because of something newer, the form knows of that from then on."""

    def act() -> object:
        try:
            return action()
        except actions.MovedOn:
            form.data = form.data.copy()  # type: ignore[attr-defined]
            form.data["seen"] = str(actions.newest(concern))  # type: ignore[index]
            raise

    return act
