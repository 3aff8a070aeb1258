"""When collections take files: DESE reads, its administrators change."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms import WindowForm
from ..models import CollectionWindow
from ..tables import WindowTable


@require_safe
@for_roles(*DESE_ROLES)
def windows(request: HatRequest) -> HttpResponse:
    """The windows of the last school years, of this one and of the next, the latest due first."""
    today = central_date(timezone.now())
    rows = CollectionWindow.objects.filter(
        school_year__year__range=(today.year - 1, today.year + 2)
    ).select_related("school_year")
    table = WindowTable(
        rows.order_by("-due_on", "cycle", "kind"), may_change=request.hat.role == Role.DESE_ADMIN
    )
    return render(request, "coredata/windows.html", {"table": table})


@for_roles(Role.DESE_ADMIN)
def window(request: HatRequest, pk: int) -> HttpResponse:
    """Move the days of one collection."""
    found: CollectionWindow = get_object_or_404(CollectionWindow, pk=pk)
    back = reverse("coredata:windows")
    now = {name: getattr(found, name) for name in ("opens_on", "due_on", "closes_on", "source")}
    form = WindowForm(request.POST or None, cancel_url=back, initial=now)
    if form.is_valid():
        try:
            actions.change_window(pk, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The days of %(what)s are changed.") % {"what": found})
            return redirect(back)
    return render(request, "coredata/window.html", {"form": form, "window": found})
