"""A counselor's advice about a course (R-20)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.shared.refusals import Refusal

from ... import actions
from ...forms.review import AdviceForm
from ...models import LineState
from .scope import lines_to_decide


@for_roles(Role.COUNSELOR)
def advise(request: HatRequest, pk: int) -> HttpResponse:
    """For, against or open, with words. The decider reads it beside the form; nothing waits for it."""
    line = get_object_or_404(lines_to_decide(request.hat), pk=pk)
    page = reverse("part_time:review", args=[line.request_id])
    if line.state != LineState.REQUESTED:
        messages.info(request, _("This course needs no advice any more: it was decided or taken back."))
        return redirect(page)
    form = AdviceForm(request.POST or None, cancel_url=page)
    if form.is_valid():
        try:
            actions.recommend(pk, by=request.hat, at=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Your advice is kept. Whoever decides reads it beside the form."))
            return redirect(page)
    return render(request, "part_time/review/advise.html", {"line": line, "form": form})
