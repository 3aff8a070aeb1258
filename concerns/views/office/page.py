"""One concern with everything about it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.clocks.why import why
from mocap_portal.foundation.shared.calendar import central_date

from ... import sheet
from ...known import cards_of, suggestions
from ...models import Asked, Attachment, Concern, ConcernState, ScanState
from ...naming import may_be_named
from ...responses import NotHandedOut, attachment_response
from ...transitions import Act, may
from ...words import KIND_OF_STATUS, category_words
from .rows import concern_of


@require_safe
@for_roles(*DESE_ROLES)
def concern(request: HatRequest, pk: int) -> HttpResponse:
    """All that was written, said, asked and linked, and what can be done now."""
    row = concern_of(request, pk)
    context = everything(row, hat=request.hat, now=timezone.now())
    return render(request, "concerns/office/concern.html", context)


def everything(row: Concern, *, hat: Membership, now: dt.datetime) -> dict[str, Any]:
    """What the page shows."""
    today = central_date(now)
    category = category_words().get(row.category, row.category)
    asked = Asked.objects.filter(concern=row).select_related(
        "lea__organization", "provider__organization", "clock", "answered_by__user"
    )
    return {
        "concern": row,
        "category": category,
        "kind": KIND_OF_STATUS[ConcernState(row.state)],
        "may": {act.value: may(act, row) for act in Act},
        "is_mine": row.assigned_to_id == hat.pk,
        "clocks": clocks(row, today=today),
        "written": sheet.written(row),
        "texts": sheet.texts(row),
        "person": sheet.person(row),
        "may_be_named": may_be_named(row),
        "files": Attachment.objects.filter(concern=row, asked__isnull=True).order_by("added_at", "pk"),
        "questions": [
            {
                "asked": one,
                "files": one.attachments.order_by("added_at", "pk"),
                "is_late": _is_late(one, today),
            }
            for one in asked.order_by("asked_at", "pk")
        ],
        "cards": cards_of(row, hat, today=today),
        "suggestions": suggestions(row, hat) if not (row.line_id or row.application_id) else [],
        "story": sheet.story(row),
        "joined": Concern.objects.filter(merged_into=row).order_by("pk"),
        "tags": list(row.tags.order_by("name")),
        "today": today,
    }


def clocks(row: Concern, *, today: dt.date) -> list[dict[str, Any]]:
    """Each clock with why it is due when it is, the next one first."""
    asked = Q(concern_asked__concern=row)
    own = Q(pk__in=[row.acknowledge_clock_id, row.sort_clock_id, row.reply_clock_id])
    found = Clock.objects.filter(own | asked).select_related("lea").order_by("first_due_on", "pk")
    return [
        {
            "clock": clock,
            "label": clock.get_kind_display(),
            "why": why(clock),
            "is_late": clock.stopped_at is None and clock.due_on is not None and clock.due_on < today,
            "was_late": clock.stopped_at is not None
            and clock.due_on is not None
            and central_date(clock.stopped_at) > clock.due_on,
        }
        for clock in found
    ]


@require_POST
@for_roles(*DESE_ROLES)
def file(request: HatRequest, pk: Any) -> HttpResponse | FileResponse:
    """A file of the writer or of an answer. One that nobody has scanned is asked about first; an infected one stays."""
    visible = Attachment.objects.filter(concern__in=Concern.objects.visible_to(request.hat))
    attachment = get_object_or_404(visible, pk=pk)
    if attachment.state in (ScanState.WAITING, ScanState.UNSCANNED) and "sure" not in request.POST:
        context = {"file": attachment, "title": _("Open a file that nobody has scanned?")}
        return render(request, "concerns/office/unscanned.html", context)
    try:
        return attachment_response(attachment)
    except (NotHandedOut, FileNotFoundError) as refusal:
        raise Http404 from refusal


def _is_late(asked: Asked, today: dt.date) -> bool:
    is_waiting = asked.answered_at is None and asked.taken_back_at is None
    return is_waiting and asked.clock.due_on is not None and asked.clock.due_on < today
