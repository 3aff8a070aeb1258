"""What waits in the state office about transcripts of MoVIP."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concerns.movip.models import TranscriptRequest
from concerns.movip.rules import State
from mocap_portal.foundation.accounts.models import Membership

from .blocks import MOST, Block, Item


def requests(hat: Membership, today: dt.date) -> Block:
    """Open requests that are this person's or nobody's, and how many of all are open and overdue."""
    visible = TranscriptRequest.objects.visible_to(hat)
    found = visible.open().aggregate(count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=today)))
    count, late = found["count"], found["late"]
    own = visible.open().filter(Q(assigned_to=hat) | Q(assigned_to__isnull=True))
    items = [
        Item(
            _todo(request) % {"number": request.number},
            reverse("movip:request", args=[request.pk]),
            about=_("With you") if request.assigned_to_id else _("Nobody looks after it yet"),
            due_on=request.due_on,
        )
        for request in own.order_by("due_on", "pk")[: MOST + 1]
    ]
    title = ngettext(
        "%(count)d transcript request, %(late)d overdue",
        "%(count)d transcript requests, %(late)d overdue",
        count,
    )
    return Block(title % {"count": count, "late": late}, items, "movip:requests")


def to_mail(hat: Membership, today: dt.date) -> Block:
    """Transcripts and letters that are written and have not left yet."""
    rows = TranscriptRequest.objects.visible_to(hat).to_mail().order_by("due_on", "pk")
    items = [
        Item(
            _("Mail the paper of %(number)s") % {"number": request.number},
            reverse("movip:request", args=[request.pk]),
            about=request.get_state_display(),
        )
        for request in rows[: MOST + 1]
    ]
    return Block(_("Transcripts to mail"), items, "movip:requests")


def _todo(request: TranscriptRequest) -> str:
    if request.state == State.REQUESTED:
        return _("Check the identity for %(number)s")
    return _("Look for the records of %(number)s")
