"""What waits about mismatches: a line for each cause, the largest first."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coredata.reconcile.catalogue import Severity
from coredata.reconcile.lists import causes, without_blocks
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
