"""What waits about concerns: in the state office, and where it asks. No item says who wrote."""

import datetime as dt

from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from concerns.models import Asked, Concern, ConcernState
from concerns.patterns.models import Note
from concerns.patterns.words import about
from concerns.words import category_words
from mocap_portal.foundation.accounts.models import Membership

from .blocks import MOST, Block, Item


def to_handle(hat: Membership, today: dt.date) -> Block:
    """Concerns of this reviewer and of nobody yet, due soonest; none that wait for somebody else's answer."""
    rows = Concern.objects.visible_to(hat).open().exclude(state=ConcernState.AWAITING)
    rows = rows.filter(Q(assigned_to__user=hat.user_id) | Q(assigned_to__isnull=True))
    found = list(rows.order_by(F("due_on").asc(nulls_last=True), "received_at", "pk")[: MOST + 1])
    words = category_words() if found else {}
    items = [
        Item(
            _("Concern %(number)s") % {"number": row.number}
            if row.assigned_to_id
            else _("Concern %(number)s, nobody's yet") % {"number": row.number},
            reverse("concerns:concern", args=[row.pk]),
            about=words.get(row.category, row.category),
            due_on=row.due_on,
        )
        for row in found
    ]
    return Block(_("Concerns"), items, "concerns:inbox")


def rising(hat: Membership, today: dt.date) -> Block:
    """What has become more than it was and nobody has looked at yet, the newest first."""
    rows = (
        Note.objects.visible_to(hat).waiting().select_related("provider__organization", "lea__organization")
    )
    found = list(rows.order_by("-found_on", "pk")[: MOST + 1])
    words = category_words() if found else {}
    items = [
        Item(
            _("Look at why these are more than before"),
            reverse("patterns:note", args=[note.pk]),
            about=about(note, words),
        )
        for note in found
    ]
    return Block(_("Concerns that rise"), items, "patterns:notes")


def asked(hat: Membership, today: dt.date) -> Block:
    """What the state office asks this organization and nobody has answered."""
    rows = Asked.objects.visible_to(hat).waiting().select_related("clock")
    items = [
        Item(
            _("Answer the state office"),
            reverse("concerns:question", args=[row.pk]),
            about=_("Somebody wrote to it about your organization."),
            due_on=row.clock.due_on,
        )
        for row in rows.order_by("clock__due_on", "pk")[: MOST + 1]
    ]
    return Block(_("The state office asks you"), items, "concerns:questions")
