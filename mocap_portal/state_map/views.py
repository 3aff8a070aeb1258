"""Pages of the state's map. DESE's staff read its numbers and codes, its administrators change them; districts keep
their closed days, policy and contact."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tables2 import RequestConfig

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.directory import actions as directory
from mocap_portal.foundation.directory.models import (
    ClosedDay,
    CodeMeaning,
    CodeSet,
    LeaPolicy,
    LegalKey,
    LegalValue,
    Term,
)
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal
from mocap_portal.foundation.ui.tables import PortalTable
from mocap_portal.foundation.ui.words import long_day

from .forms import (
    LONGEST_AHEAD,
    LONGEST_BACK,
    ClosedDayForm,
    CodeMeaningForm,
    ContactForm,
    LegalValueForm,
    MapForm,
    PolicyForm,
    StateClosedDayForm,
    TermForm,
)
from .queries import closed_days_kept_by, closed_days_visible_to, own_lea
from .tables import (
    ClosedDayTable,
    CodeHistory,
    CodeTable,
    LegalValueHistory,
    LegalValueTable,
    PolicyHistory,
    TermTable,
    plain,
)

ROWS_PER_PAGE = 50

CALENDAR_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN, Role.DESE_ADMIN)
DISTRICT_ROLES = (Role.COORDINATOR, Role.LEA_ADMIN)


# Legal values -------------------------------------------------------------------------------------


@for_roles(*DESE_ROLES)
def legal_values(request: HatRequest) -> HttpResponse:
    """What law and policy set, as it holds today."""
    rows = LegalValue.objects.on(_today()).order_by("key")
    return _list(
        request,
        LegalValueTable(rows),
        title=_("Legal values"),
        intro=_("Numbers that law or policy sets. Each holds from a day on and names its source."),
    )


@for_roles(*DESE_ROLES)
def legal_value(request: HatRequest, key: str) -> HttpResponse:
    """Every value of one key, the newest first."""
    legal_key = _legal_key(key)
    return _list(
        request,
        LegalValueHistory(LegalValue.objects.filter(key=legal_key).order_by("-valid_from")),
        title=legal_key.label,
        intro=_("What was decided under an older value keeps it."),
        change=reverse("state_map:change_legal_value", args=[key]),
    )


@for_roles(Role.DESE_ADMIN)
def change_legal_value(request: HatRequest, key: str) -> HttpResponse:
    """A new value from a day on."""
    legal_key = _legal_key(key)
    back = reverse("state_map:legal_value", args=[key])
    now = LegalValue.objects.on(_today()).filter(key=legal_key).first()
    form = LegalValueForm(
        request.POST or None, cancel_url=back, initial={"number": plain(now.number)} if now else None
    )
    return _save(
        request,
        form,
        lambda: directory.change_legal_value(legal_key, **form.cleaned_data, today=_today()),
        title=legal_key.label,
        intro=_("The value that holds until then ends the day before. It stays in the history."),
        back=back,
    )


def _legal_key(key: str) -> LegalKey:
    if key not in LegalKey:
        raise Http404
    return LegalKey(key)


# Codes --------------------------------------------------------------------------------------------


@for_roles(*DESE_ROLES)
def codes(request: HatRequest) -> HttpResponse:
    """The codes of every set, as they hold today."""
    rows = list(CodeMeaning.objects.on(_today()).order_by("position", "code"))
    tables = [
        CodeTable([row for row in rows if row.code_set == code_set], caption=str(code_set.label))
        for code_set in CodeSet
    ]
    return _list(
        request,
        *tables,
        title=_("Codes and their meanings"),
        intro=_("What forms, letters and reports call things."),
    )


@for_roles(*DESE_ROLES)
def code(request: HatRequest, code_set: str, code: str) -> HttpResponse:
    """Every meaning of one code, the newest first."""
    newest = _newest_meaning(code_set, code)
    rows = CodeMeaning.objects.filter(code_set=code_set, code=code).order_by("-valid_from")
    return _list(
        request,
        CodeHistory(rows),
        title=newest.label,
        intro=_("Letters and requests keep the words that held on their day."),
        change=reverse("state_map:change_code", args=[code_set, code]),
    )


@for_roles(Role.DESE_ADMIN)
def change_code(request: HatRequest, code_set: str, code: str) -> HttpResponse:
    """Another name or meaning from a day on."""
    newest = _newest_meaning(code_set, code)
    back = reverse("state_map:code", args=[code_set, code])
    form = CodeMeaningForm(
        request.POST or None, cancel_url=back, initial={"label": newest.label, "meaning": newest.meaning}
    )
    return _save(
        request,
        form,
        lambda: directory.change_code_meaning(CodeSet(code_set), code, **form.cleaned_data, today=_today()),
        title=newest.label,
        intro=_("The meaning that holds until then ends the day before. It stays in the history."),
        back=back,
    )


def _newest_meaning(code_set: str, code: str) -> CodeMeaning:
    rows = CodeMeaning.objects.filter(code_set=code_set, code=code).order_by("-valid_from")
    newest = rows.first()
    if newest is None:
        raise Http404
    return newest


# Terms --------------------------------------------------------------------------------------------


@for_roles(*DESE_ROLES)
def terms(request: HatRequest) -> HttpResponse:
    """The terms of every school year."""
    rows = Term.objects.select_related("school_year").order_by("-school_year", "starts_on", "code")
    hidden = () if request.hat.role == Role.DESE_ADMIN else ("change",)
    return _list(
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
    return _save(
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
        .filter(date__range=(_today() - LONGEST_BACK, _today() + LONGEST_AHEAD))
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
    return _list(
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
    form = form_class(request.POST or None, cancel_url=back, today=_today())
    lea_id = None if is_state else get_object_or_404(own_lea(request.hat)).pk
    return _save(
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
    return _confirm(
        request,
        lambda: clocks.open_day(pk, at=timezone.now()),
        done=_("The day is open again."),
        title=_("Open this day again?"),
        text=_("It then counts as a business day: %(day)s.") % {"day": _named(day)},
        action=_("Open the day"),
    )


@for_roles(*DISTRICT_ROLES)
def ask_emergency(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then tells DESE that a day closed without warning."""
    day = get_object_or_404(closed_days_kept_by(request.hat), pk=pk)
    return _confirm(
        request,
        lambda: clocks.ask_emergency(pk, at=timezone.now()),
        done=_("DESE sees your request now."),
        title=_("Ask DESE to confirm an emergency?"),
        text=_("If DESE confirms, due dates that are not past skip this day: %(day)s.")
        % {"day": _named(day)},
        action=_("Ask DESE"),
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
    return _confirm(
        request,
        lambda: clocks.confirm_emergency(pk, at=timezone.now()),
        done=_("The emergency is confirmed."),
        title=_("Confirm this emergency?"),
        text=text % {"whose": whose, "day": _named(day), "count": count},
        action=_("Confirm the emergency"),
        danger=True,
    )


def _named(day: ClosedDay) -> str:
    """A closed day in words."""
    return _("%(day)s (%(reason)s)") % {"day": long_day(day.date), "reason": day.reason}


# A district's own page ----------------------------------------------------------------------------


@for_roles(*DISTRICT_ROLES)
def district(request: HatRequest) -> HttpResponse:
    """The district as families, providers and DESE know it."""
    lea = get_object_or_404(own_lea(request.hat))
    policies = LeaPolicy.objects.filter(lea=lea)
    history = PolicyHistory(policies.order_by("-valid_from"))
    RequestConfig(request, paginate=False).configure(history)
    context = {
        "lea": lea,
        "policy": policies.on(_today()).first(),
        "history": history,
        "may_change": request.hat.role == Role.LEA_ADMIN,
    }
    return render(request, "state_map/district.html", context)


@for_roles(Role.LEA_ADMIN)
def change_policy(request: HatRequest) -> HttpResponse:
    """A new policy from a day on."""
    lea = get_object_or_404(own_lea(request.hat))
    newest = LeaPolicy.objects.filter(lea=lea).order_by("-valid_from").first()
    names = [name for name in PolicyForm.base_fields if name not in {"valid_from", "source"}]
    back = reverse("state_map:district")
    form = PolicyForm(
        request.POST or None,
        cancel_url=back,
        initial={name: getattr(newest, name) for name in names} if newest else None,
    )
    return _save(
        request,
        form,
        lambda: directory.change_lea_policy(lea.pk, **form.cleaned_data, today=_today()),
        title=_("Your district's policy"),
        intro=_("The policy that holds until then ends the day before. It stays in the history."),
        back=back,
    )


@for_roles(Role.LEA_ADMIN)
def change_contact(request: HatRequest) -> HttpResponse:
    """Whom to turn to."""
    lea = get_object_or_404(own_lea(request.hat))
    back = reverse("state_map:district")
    form = ContactForm(
        request.POST or None,
        cancel_url=back,
        initial={"name": lea.contact_name, "email": lea.contact_email, "phone": lea.contact_phone},
    )
    return _save(
        request,
        form,
        lambda: directory.change_contact(lea.pk, **form.cleaned_data),
        title=_("Your district's contact"),
        intro=_("Families, providers and DESE turn to this person about MOCAP."),
        back=back,
    )


# What the pages share -----------------------------------------------------------------------------


def _today() -> dt.date:
    return central_date(timezone.now())


def _list(
    request: HatRequest,
    *tables: PortalTable,
    title: str | Promise,
    intro: str,
    change: str = "",
    add: str = "",
) -> HttpResponse:
    """A page of tables. `change` and `add` are addresses; only DESE's administrators are offered the first."""
    for table in tables:
        sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {
        "title": title,
        "intro": intro,
        "tables": tables,
        "change": change if request.hat.role == Role.DESE_ADMIN else "",
        "add": add,
        "today": _today(),
        "lately": timezone.now() - LONGEST_BACK,
    }
    return render(request, "state_map/list.html", context)


def _save(
    request: HatRequest,
    form: MapForm,
    action: Callable[[], Any],
    *,
    title: str | Promise,
    intro: str,
    back: str,
) -> HttpResponse:
    """A page with a form: clean it, do the one thing, go back; or say what is wrong."""
    if form.is_valid():
        try:
            action()
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("Saved."))
            return redirect(back)
    return render(request, "state_map/form.html", {"form": form, "title": title, "intro": intro})


def _confirm(
    request: HatRequest, change: Callable[[], Any], *, done: str, **words: str | bool
) -> HttpResponse:
    """A page that asks before it changes a closed day. `words` are what components/confirm.html takes."""
    back = reverse("state_map:closed_days")
    if request.method == "POST":
        try:
            change()
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, done)
        return redirect(back)
    return render(request, "state_map/confirm.html", {**words, "cancel_url": back})
