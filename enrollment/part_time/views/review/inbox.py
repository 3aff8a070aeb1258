"""What waits, and handing many requests over at once."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, Prefetch, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, Role
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from ... import actions
from ...filters import RequestFilter, find
from ...forms.review import FindForm, HandOverForm, UndoForm
from ...models import REVIEWING_ROLES, CourseLine, CourseRequest, CourseRequestQuerySet, RequestState
from ...suspicions import suspicions
from ...tables import InboxTable
from .scope import requests_for, roles_that_decide

ROWS_PER_PAGE = 25
LAST_HANDOVER = "part_time:handover"  # in the session: what was handed over last, to be undone


@for_roles(*REVIEWING_ROLES, *DESE_ROLES)
def inbox(request: HatRequest) -> HttpResponse:
    """What waits for a decision, due soonest first. Words to look for come by POST, for they may be a name."""
    now = timezone.now()
    hat, today = request.hat, central_date(now)
    requests = requests_for(hat)
    form = FindForm(request.POST or None)
    filters = RequestFilter(
        request.GET, queryset=requests, hat=hat, reserved=is_reserved(hat, on=today), today=today
    )
    words = form.cleaned_data["words"] if form.is_valid() else ""
    found: list[CourseRequest] = []
    if words:
        found = list(with_rows(newest_first(find(requests, words)))[: ROWS_PER_PAGE + 1])
        table = InboxTable(found[:ROWS_PER_PAGE], today=today, exclude=hidden_columns(hat))
        table.empty_text = _("No request has this number or this student's name.")
    else:
        ordered = due_first(filters.qs) if filters.shows_waiting else newest_first(filters.qs)
        table = InboxTable(with_rows(ordered), today=today, exclude=hidden_columns(hat))
        sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    shown = [row.record for row in table.paginated_rows]
    table.suspicions = suspicions(shown, at=now) if hat.is_lea else {}
    can_hand_over = hat.is_lea and any(row.state == RequestState.SUBMITTED for row in shown)
    if not can_hand_over:
        table.columns.hide("chosen")
    context = {
        "table": table,
        "filter_form": filters.form,
        "form": form,
        "words": words,
        "more": len(found) > ROWS_PER_PAGE,
        "counts": counts(requests, hat=hat, today=today),
        "hand_over_form": HandOverForm(hat=hat) if can_hand_over else None,
        "last_handover": last_handover(request, now=now),
    }
    return render(request, "part_time/review/inbox.html", context)


def is_reserved(hat: Membership, *, on: dt.date) -> bool:
    """Whether counselors only advise in this hat's district (R-19)."""
    if not hat.is_lea or hat.organization_id is None:
        return False
    return Role.COUNSELOR not in roles_that_decide(hat.organization_id, on=on)


def hidden_columns(hat: Membership) -> tuple[str, ...]:
    """The state office sees districts, a district its schools."""
    return ("school",) if hat.is_dese else ("lea",)


def with_rows(requests: CourseRequestQuerySet) -> CourseRequestQuerySet:
    """Requests with what a row of the inbox shows, in as many queries for one row as for a page of them."""
    lines = CourseLine.objects.only("pk", "request", "state")
    related = requests.select_related(*InboxTable.RELATED).only(*InboxTable.FIELDS)
    return related.prefetch_related(Prefetch("lines", lines))


def due_first(requests: CourseRequestQuerySet) -> CourseRequestQuerySet:
    """Due soonest first, paused ones after."""
    return requests.order_by(F("clock__due_on").asc(nulls_last=True), "submitted_at", "pk")


def newest_first(requests: CourseRequestQuerySet) -> CourseRequestQuerySet:
    return requests.order_by("-submitted_at", "-pk")


def counts(requests: CourseRequestQuerySet, *, hat: Membership, today: dt.date) -> list[dict[str, Any]]:
    """How many wait, of which kind, each with the filter that shows them."""
    kinds = {
        "waiting": ("", Q()),
        "overdue": ("state=overdue", Q(clock__due_on__lt=today)),
        "paused": ("state=paused", Q(clock__due_on__isnull=True)),
    }
    if not hat.is_dese:
        kinds["mine"] = ("whose=mine", Q(assigned_to__user=hat.user_id))
        kinds["unassigned"] = ("whose=unassigned", Q(assigned_to__isnull=True))
    labels = {
        "waiting": _("wait for a decision"),
        "overdue": _("overdue"),
        "paused": _("clock paused"),
        "mine": _("mine"),
        "unassigned": _("nobody's yet"),
    }
    numbers = requests.filter(state=RequestState.SUBMITTED).aggregate(
        **{kind: Count("pk", filter=condition) for kind, (_query, condition) in kinds.items()}
    )
    return [
        {"kind": kind, "number": numbers[kind], "label": labels[kind], "query": query}
        for kind, (query, _condition) in kinds.items()
    ]


# Many at once -------------------------------------------------------------------------------------


@require_POST
@for_roles(*REVIEWING_ROLES)
def hand_over(request: HatRequest) -> HttpResponse:
    """The ticked requests, or all of the page, to a colleague or to nobody; the inbox then offers to undo it."""
    now = timezone.now()
    form = HandOverForm(request.POST, hat=request.hat)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return back_to_inbox(request)
    to = form.cleaned_data["to"]
    try:
        done = actions.assign_many(form.chosen(most=ROWS_PER_PAGE), to=to, by=request.hat, at=now)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return back_to_inbox(request)
    if done.moved:
        until = now + actions.UNDO_WITHIN
        request.session[LAST_HANDOVER] = {
            "sentence": handed_over(len(done.moved), to),
            "token": done.undo,
            "hat": request.hat.pk,
            "until": until.timestamp(),
        }
    else:
        messages.info(request, _("Nothing changed: the requests were in these hands already."))
    name = to.user.name if to else ""
    for numbers, sentence in (
        (done.own_child, _("Left out, because %(name)s is family of the child: %(numbers)s.")),
        (done.settled, _("Left out, because nobody has to decide them any more: %(numbers)s.")),
    ):
        if numbers:
            messages.warning(request, sentence % {"name": name, "numbers": ", ".join(numbers)})
    return back_to_inbox(request)


def handed_over(count: int, to: Membership | None) -> str:
    if to is None:
        sentence = ngettext(
            "%(count)d request is now nobody's.", "%(count)d requests are now nobody's.", count
        )
        return sentence % {"count": count}
    sentence = ngettext(
        "%(count)d request is now the request of %(name)s.",
        "%(count)d requests are now the requests of %(name)s.",
        count,
    )
    return sentence % {"count": count, "name": to.user.name}


@require_POST
@for_roles(*REVIEWING_ROLES)
def undo_hand_over(request: HatRequest) -> HttpResponse:
    """Each request goes back to whose it was; those that changed since are named."""
    form = UndoForm(request.POST)
    request.session.pop(LAST_HANDOVER, None)
    token = form.cleaned_data["token"] if form.is_valid() else ""
    try:
        undone = actions.undo_assign_many(token, by=request.hat, at=timezone.now())
    except actions.UndoTooLate as refusal:
        messages.error(request, str(refusal.sentence))
        return back_to_inbox(request)
    if undone.restored:
        sentence = ngettext(
            "Undone: %(count)d request is again whose it was.",
            "Undone: %(count)d requests are again whose they were.",
            len(undone.restored),
        )
        messages.success(request, sentence % {"count": len(undone.restored)})
    if undone.kept:
        kept = _("Not undone, because they were handed on or decided since: %(numbers)s.")
        messages.warning(request, kept % {"numbers": ", ".join(undone.kept)})
    return back_to_inbox(request)


def last_handover(request: HatRequest, *, now: dt.datetime) -> dict[str, Any] | None:
    """What this hat handed over last, as long as it can be undone."""
    last: dict[str, Any] | None = request.session.get(LAST_HANDOVER)
    if last is None or last["hat"] != request.hat.pk or last["until"] < now.timestamp():
        return None
    return last


def back_to_inbox(request: HatRequest) -> HttpResponseRedirect:
    """To the same filters and the same page."""
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("part_time:inbox") + (f"?{query}" if query else ""))
