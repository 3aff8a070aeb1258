"""Terms, and the days on which no clock counts."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.directory import actions as directory
from mocap_portal.foundation.directory.models import ClosedDay, Term
from mocap_portal.foundation.ui.steps import ask_first
from mocap_portal.foundation.ui.words import long_day

from ..forms import LONGEST_AHEAD, LONGEST_BACK, ClosedDayForm, StateClosedDayForm, TermForm
from ..queries import closed_days_kept_by, closed_days_visible_to, own_lea
from ..tables import ClosedDayTable, TermTable
from .kinds import DISTRICT_ROLES, form_page, list_page, today

CALENDAR_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN, Role.DESE_ADMIN)


# Terms --------------------------------------------------------------------------------------------


@for_roles(*DESE_ROLES)
def terms(request: HatRequest) -> HttpResponse:
    """The terms of every school year."""
    rows = Term.objects.select_related("school_year").order_by("-school_year", "starts_on", "code")
    hidden = () if request.hat.role == Role.DESE_ADMIN else ("change",)
    return list_page(
        request,
        TermTable(rows, exclude=hidden),
        title=_("Terms"),
        intro=_("Families choose a term by these dates. A provider may start inside them."),
    )


@for_roles(Role.DESE_ADMIN)
def change_term(request: HatRequest, pk: int) -> HttpResponse:
    """Other usual dates of a term."""
    term = get_object_or_404(Term.objects.select_related("school_year"), pk=pk)
    back = reverse("state_map:terms")
    form = TermForm(
        request.POST or None,
        cancel_url=back,
        initial={"starts_on": term.starts_on, "ends_on": term.ends_on},
    )
    return form_page(
        request,
        form,
        lambda: directory.change_term(pk, **form.cleaned_data),
        title=str(term),
        intro=_("Requests that were sent keep their term."),
        back=back,
    )


# Closed days --------------------------------------------------------------------------------------


@for_roles(*DISTRICT_ROLES, *DESE_ROLES)
def closed_days(request: HatRequest) -> HttpResponse:
    """The closed days in sight, and for DESE the emergencies that wait."""
    hat = request.hat
    in_sight = (
        closed_days_visible_to(hat)
        .filter(date__range=(today() - LONGEST_BACK, today() + LONGEST_AHEAD))
        .select_related("lea__organization")
        .order_by("date", "pk")
    )
    if hat.is_dese:
        waiting = in_sight.filter(emergency_asked_at__isnull=False, emergency_confirmed_at=None)
        tables = [
            ClosedDayTable(waiting, caption=_("Emergencies that wait for DESE"), prefix="waiting-"),
            ClosedDayTable(in_sight.filter(lea=None), caption=_("Closed in the whole state")),
        ]
    else:
        tables = [ClosedDayTable(in_sight, caption=_("Closed days"))]
    return list_page(
        request,
        *tables,
        title=_("Closed days"),
        intro=_(
            "Due dates skip these days. A new one counts only for requests that come after it is entered."
        ),
        add=reverse("state_map:close_day") if hat.role in CALENDAR_ROLES else "",
    )


@for_roles(*CALENDAR_ROLES)
def close_day(request: HatRequest) -> HttpResponse:
    """An LEA closes a day for itself, DESE for the whole state."""
    is_state = request.hat.role == Role.DESE_ADMIN
    form_class = StateClosedDayForm if is_state else ClosedDayForm
    back = reverse("state_map:closed_days")
    form = form_class(request.POST or None, cancel_url=back, today=today())
    lea_id = None if is_state else get_object_or_404(own_lea(request.hat)).pk
    return form_page(
        request,
        form,
        lambda: clocks.close_day(lea_id=lea_id, **form.cleaned_data, at=timezone.now()),
        title=_("Close a day"),
        intro=_(
            "Due dates that were set before stay as they are. If the day closed without warning, DESE can confirm "
            "it as an emergency."
        ),
        back=back,
    )


@for_roles(*CALENDAR_ROLES)
def open_day(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then takes back a closed day."""
    day = get_object_or_404(closed_days_kept_by(request.hat), pk=pk)
    return ask_first(
        request,
        lambda: clocks.open_day(pk, at=timezone.now()),
        done=_("The day is open again."),
        title=_("Open this day again?"),
        text=_("It then counts as a business day: %(day)s.") % {"day": _named(day)},
        button=_("Open the day"),
        back=reverse("state_map:closed_days"),
    )


@for_roles(*DISTRICT_ROLES)
def ask_emergency(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then tells DESE that a day closed without warning."""
    day = get_object_or_404(closed_days_kept_by(request.hat), pk=pk)
    return ask_first(
        request,
        lambda: clocks.ask_emergency(pk, at=timezone.now()),
        done=_("DESE sees your request now."),
        title=_("Ask DESE to confirm an emergency?"),
        text=_("If DESE confirms, due dates that are not past skip this day: %(day)s.")
        % {"day": _named(day)},
        button=_("Ask DESE"),
        back=reverse("state_map:closed_days"),
    )


@for_roles(Role.DESE_ADMIN)
def confirm_emergency(request: HatRequest, pk: int) -> HttpResponse:
    """Says how many due dates would move, then moves them."""
    days = closed_days_visible_to(request.hat).filter(emergency_confirmed_at=None)
    day = get_object_or_404(
        days.exclude(lea__isnull=False, emergency_asked_at=None).select_related("lea__organization"), pk=pk
    )
    count = clocks.count_moves(day, at=timezone.now())
    text = ngettext(
        "%(whose)s: %(day)s. %(count)d due date moves. Dates that are past stay. This cannot be undone.",
        "%(whose)s: %(day)s. %(count)d due dates move. Dates that are past stay. This cannot be undone.",
        count,
    )
    whose = str(day.lea or _("The whole state"))
    return ask_first(
        request,
        lambda: clocks.confirm_emergency(pk, at=timezone.now()),
        done=_("The emergency is confirmed."),
        title=_("Confirm this emergency?"),
        text=text % {"whose": whose, "day": _named(day), "count": count},
        button=_("Confirm the emergency"),
        back=reverse("state_map:closed_days"),
        danger=True,
    )


def _named(day: ClosedDay) -> str:
    """A closed day in words."""
    return _("%(day)s (%(reason)s)") % {"day": long_day(day.date), "reason": day.reason}
