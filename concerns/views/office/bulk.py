"""The same for several concerns: a preview, then one step, then a way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.steps import ask_first

from ... import actions
from ...forms.office import AssignManyForm, CloseManyForm, InboxForm
from ...models import BulkKind, BulkStep, Concern, Outcome
from ...tables import ConcernTable
from ...transitions import Act, may
from ...words import category_words
from .inbox import rows_of

TITLES = {
    BulkKind.ASSIGN: gettext_lazy("Give several concerns to a colleague"),
    BulkKind.CLOSE: gettext_lazy("Close several concerns"),
}


@for_roles(*DESE_ROLES)
def together(request: HatRequest, kind: str) -> HttpResponse:
    """A preview of the concerns that were ticked, or of the whole list; then one step for all of them."""
    if kind not in BulkKind.values:
        raise Http404
    bulk, back = BulkKind(kind), reverse("concerns:inbox")
    found = _chosen(request)
    if len(found) > actions.MOST_AT_ONCE:
        messages.error(request, str(actions.TooMany.sentence))
        return redirect(back)
    act = Act.ASSIGN if bulk == BulkKind.ASSIGN else Act.CLOSE
    fitting = [row for row in found if may(act, row) and (act == Act.ASSIGN or actions.fits(act, row))]
    if not fitting:
        messages.error(request, _("None of those can be changed so. Tick others."))
        return redirect(back)
    form_class = AssignManyForm if bulk == BulkKind.ASSIGN else CloseManyForm
    form = form_class(
        request.POST if request.method == "POST" else None,
        cancel_url=back,
        initial={"ones": " ".join(str(row.pk) for row in fitting)},
    )
    if form.is_valid():
        try:
            step = _do(request, bulk, [row.pk for row in fitting], form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            count = step.items.count()
            sentence = ngettext("%(count)d concern is changed.", "%(count)d concerns are changed.", count)
            messages.success(request, sentence % {"count": count})
            return redirect(f"{back}?undo={step.pk}")
    table = ConcernTable(
        fitting, categories=category_words(), today=central_date(timezone.now()), left_out=("one",)
    )
    table.caption = gettext_lazy("What you change together")
    context = {
        "title": TITLES[bulk],
        "form": form,
        "table": table,
        "count": len(fitting),
        "passed_over": len(found) - len(fitting),
    }
    return render(request, "concerns/office/together.html", context)


@for_roles(*DESE_ROLES)
def undo(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then gives back what the step took; what somebody worked on since stays and is named."""
    step = get_object_or_404(BulkStep, pk=pk)
    return ask_first(
        request,
        lambda: actions.undo(pk, by=request.hat, at=timezone.now()),
        title=_("Undo “%(step)s”?") % {"step": step.get_kind_display()},
        text=_(
            "Each concern gets back its state, its reviewer and its clocks. One on which somebody has worked since is "
            "left as it is. Writers who were told that theirs is closed are told that it is open again."
        ),
        button=_("Undo it"),
        done=_what_came_back,
        back=reverse("concerns:inbox"),
    )


def _what_came_back(undone: actions.Undone) -> str:
    count = len(undone.restored)
    sentence = ngettext("%(count)d concern is as before.", "%(count)d concerns are as before.", count) % {
        "count": count
    }
    if undone.left:
        numbers = ", ".join(concern.number for concern in undone.left)
        left = _("Left as they are, for somebody worked on them since: %(numbers)s.") % {"numbers": numbers}
        return f"{sentence} {left}"
    return sentence


def _chosen(request: HatRequest) -> list[Concern]:
    asked = request.POST.get("ones", "").split() if request.method == "POST" else request.GET.getlist("one")
    wanted = {int(one) for one in asked if one.isdecimal() and len(one) < 19}
    visible = Concern.objects.visible_to(request.hat)
    if asked:
        rows = visible.filter(pk__in=wanted).order_by("pk")
    else:
        rows = rows_of(request, InboxForm(request.GET, categories=category_words()))
    return list(rows.select_related(*ConcernTable.RELATED)[: actions.MOST_AT_ONCE + 1])


def _do(request: HatRequest, kind: BulkKind, keys: list[int], said: dict[str, Any]) -> BulkStep:
    at = timezone.now()
    if kind == BulkKind.ASSIGN:
        return actions.assign_many(keys, said["to"], by=request.hat, at=at)
    return actions.close_many(keys, Outcome(said["outcome"]), text=said["text"], by=request.hat, at=at)
