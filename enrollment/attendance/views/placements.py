"""Disenrolled students whom the resident district places again (R-59)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.ui.steps import take_step

from .. import actions
from ..forms.engagement import ChoiceForm, OptionsForm, PlaceForm
from ..models import PLACING_ROLES, Placement, PlacementQuerySet, PlacementState
from ..tables import PlacementTable
from .engagement import Step

ROWS_PER_PAGE = 25


@require_safe
@for_roles(*PLACING_ROLES)
def placements(request: HatRequest) -> HttpResponse:
    """Whom the district has to place, due soonest first; then those who are placed."""
    rows = placements_for(request.hat)
    table = PlacementTable(rows.order_by("placed_at", "clock__due_on", "pk"))
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, "attendance/placements.html", {"table": table})


@require_safe
@for_roles(*PLACING_ROLES)
def placement(request: HatRequest, pk: int) -> HttpResponse:
    """One student: the notice, what was done, the next step."""
    row = get_object_or_404(placements_for(request.hat), pk=pk)
    steps = {
        PlacementState.OPEN: [Step(_("Send options"), reverse("attendance:options", args=[pk]))],
        PlacementState.OPTIONS_SENT: [
            Step(_("Record the family's choice"), reverse("attendance:choice", args=[pk])),
            *(
                [Step(_("Record the first day"), reverse("attendance:place", args=[pk]))]
                if row.choice
                else []
            ),
        ],
        PlacementState.PLACED: [],
    }[PlacementState(row.state)]
    return render(request, "attendance/placement.html", {"placement": row, "steps": steps})


@for_roles(*PLACING_ROLES)
def options(request: HatRequest, pk: int) -> HttpResponse:
    """A list of options to the family."""
    row = get_object_or_404(placements_for(request.hat), pk=pk)
    here = reverse("attendance:placement", args=[pk])
    if row.state != PlacementState.OPEN:
        messages.info(request, str(actions.OptionsSent.sentence))
        return redirect(here)
    form = OptionsForm(request.POST or None, cancel_url=here)
    return take_step(
        request,
        form,
        lambda: actions.send_options(pk, by=request.hat, at=timezone.now(), **form.cleaned_data),
        title=_("Options for %(student)s") % {"student": row.enrollment.student},
        intro=_("The family reads this list in the portal and gets a mail about it."),
        done=_("The options are with the family."),
        back=here,
    )


@for_roles(*PLACING_ROLES)
def choice(request: HatRequest, pk: int) -> HttpResponse:
    """What the family chose."""
    now = timezone.now()
    row = get_object_or_404(placements_for(request.hat), pk=pk)
    here = reverse("attendance:placement", args=[pk])
    if row.state != PlacementState.OPTIONS_SENT or row.options_sent_at is None:
        is_open = row.state == PlacementState.OPEN
        messages.info(request, str((actions.OptionsMissing if is_open else actions.AlreadyPlaced).sentence))
        return redirect(here)
    form = ChoiceForm(
        request.POST or None,
        cancel_url=here,
        earliest=central_date(row.options_sent_at),
        latest=central_date(now),
        initial={"choice": row.choice, "chosen_on": row.chosen_on},
    )
    return take_step(
        request,
        form,
        lambda: actions.record_choice(pk, by=request.hat, at=now, **form.cleaned_data),
        title=_("Choice for %(student)s") % {"student": row.enrollment.student},
        intro=_("What the family told you, and when."),
        done=_("The choice is saved."),
        back=here,
    )


@for_roles(*PLACING_ROLES)
def place(request: HatRequest, pk: int) -> HttpResponse:
    """The student is enrolled again."""
    now = timezone.now()
    row = get_object_or_404(placements_for(request.hat), pk=pk)
    here, ended_on = reverse("attendance:placement", args=[pk]), row.enrollment.ended_on
    if row.state == PlacementState.PLACED or not row.choice or ended_on is None:
        refusal = actions.AlreadyPlaced if row.state == PlacementState.PLACED else actions.ChoiceMissing
        messages.info(request, str(refusal.sentence))
        return redirect(here)
    form = PlaceForm(request.POST or None, cancel_url=here, earliest=ended_on, latest=central_date(now))
    return take_step(
        request,
        form,
        lambda: actions.place(pk, by=request.hat, at=now, **form.cleaned_data),
        title=_("First day of %(student)s") % {"student": row.enrollment.student},
        intro=_("From this day on the student is your district's again, at the school it came from."),
        done=_("The student is enrolled in your district."),
        back=here,
    )


def placements_for(hat: Membership) -> PlacementQuerySet:
    return Placement.objects.run_by(hat).select_related(
        "clock",
        "enrollment__student",
        "enrollment__program__host__organization",
        "options_sent_by__user",
        "chosen_by__user",
        "placed_by__user",
    )
