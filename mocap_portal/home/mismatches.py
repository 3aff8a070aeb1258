"""What waits about mismatches: a line for each cause, the largest first; and the rooms in which somebody is asked."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coredata.reconcile.catalogue import CATALOGUE, Severity
from coredata.reconcile.lists import causes, without_blocks
from coredata.reconcile.models import Side
from coredata.reconcile.silence import asked_at, last_day, waiting
from coredata.reconcile.standing import to_do
from mocap_portal.foundation.accounts.models import Membership

from .blocks import MOST, Block, Item


def to_mend(hat: Membership, today: dt.date) -> Block:
    """What must be fixed or looked at of a district's files, or of a provider's reports."""
    name = "reconcile:of_district" if hat.is_lea else "reconcile:of_provider"
    rows = without_blocks(to_do(hat)) if hat.is_lea else to_do(hat)
    items = [
        Item(
            _("%(code)s: %(name)s") % {"code": cause.kind.id, "name": cause.kind.name},
            f"{reverse(name)}?code={cause.kind.id}",
            about=ngettext("One mismatch", "%(count)d mismatches", cause.count) % {"count": cause.count},
        )
        for cause in causes(rows)
        if cause.kind.severity is not Severity.INFORMATION
    ]
    return Block(_("Mismatches"), items[: MOST + 1], name)


def rooms(hat: Membership, today: dt.date) -> Block:
    """Rooms in which this hat is asked, or that only the state office can move. No item says who the student is."""
    found = waiting(hat).select_related("lea__organization", "provider__organization")
    items = []
    for row in found.order_by("opened_at", "pk")[: MOST + 1]:
        is_own = row.lea_id == hat.organization_id
        side = Side.PROVIDER if hat.is_provider else Side.DISTRICT if is_own else Side.OTHER
        asked = None if hat.is_dese else asked_at(row, side)
        others = [row.provider if hat.is_lea and is_own else row.lea, row.provider if hat.is_dese else None]
        items.append(
            Item(
                _("%(code)s: %(name)s") % {"code": row.code, "name": CATALOGUE[row.code].name},
                reverse("reconcile:room", args=[row.pk]),
                about=", ".join(str(other) for other in others if other),
                due_on=last_day(asked) if asked else None,
            )
        )
    return Block(_("Rooms of mismatches that wait for you"), items, "reconcile:rooms")
