"""Texts with which the office begins an answer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.ui.steps import ask_first, take_step

from ... import actions
from ...forms.office import TemplateForm
from ...models import ResponseTemplate
from ...words import category_words


@require_safe
@for_roles(*DESE_ROLES)
def templates(request: HatRequest) -> HttpResponse:
    """All of them; those that are offered no more stand last."""
    categories = category_words()
    rows = [
        {"template": row, "category": categories.get(row.category, row.category)}
        for row in ResponseTemplate.objects.order_by("is_retired", "title", "pk")
    ]
    return render(request, "concerns/office/templates.html", {"rows": rows})


@for_roles(*DESE_ROLES)
def add(request: HatRequest) -> HttpResponse:
    return _edit(request, None)


@for_roles(*DESE_ROLES)
def change(request: HatRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(ResponseTemplate, pk=pk))


@for_roles(*DESE_ROLES)
def retire(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then offers it no more, or again."""
    template = get_object_or_404(ResponseTemplate, pk=pk)
    back, retired = reverse("concerns:templates"), not template.is_retired
    return ask_first(
        request,
        lambda: actions.retire_template(pk, retired=retired, by=request.hat),
        title=(_("Offer “%(title)s” no more?") if retired else _("Offer “%(title)s” again?"))
        % {"title": template.title},
        text=_("What was written with it stays as it is."),
        button=_("Offer it no more") if retired else _("Offer it again"),
        done=_("It is offered no more.") if retired else _("It is offered again."),
        back=back,
    )


def _edit(request: HatRequest, template: ResponseTemplate | None) -> HttpResponse:
    back = reverse("concerns:templates")
    names = ("title", "category", "text_en", "text_es")
    initial = {name: getattr(template, name) for name in names} if template else {}
    form = TemplateForm(request.POST or None, cancel_url=back, initial=initial)
    return take_step(
        request,
        form,
        lambda: actions.save_template(template.pk if template else None, by=request.hat, **form.cleaned_data),
        title=_("Change a template") if template else _("Add a template"),
        intro=_("Whoever writes to a writer can begin with it and change every word before it goes."),
        done=_("The template is kept."),
        back=back,
    )
