"""`./portal manage remove_collections [--yes] [--json]`: the collections whose retention is over, and removing them.

What was typed on June lists leaves with them.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coredata import actions
from coredata.june.actions import forget_drafts
from coredata.models import StoredCollection
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.commands import PortalCommand


class Command(PortalCommand):
    help = "List the core data collections whose retention is over; with --yes remove their rows."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="remove them; without it they are only listed")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, yes: bool, json: bool, **options: Any) -> None:
        now = timezone.now()
        over = StoredCollection.objects.filter(removed_at=None, keep_until__lt=central_date(now))
        found = [
            {
                "collection": str(stored),
                "purpose": stored.purpose,
                "keep_until": stored.keep_until.isoformat(),
                "rows_removed": actions.remove_collection(stored.pk, at=now) if yes else None,
            }
            for stored in over.order_by("keep_until", "pk")
        ]
        typed = forget_drafts() if yes else None
        if json:
            self.answer({"collections": found, "typed_outcomes_removed": typed})
            return
        if not found:
            self.stdout.write(_("No collection is over."))
        for one in found:
            words = (
                _("%(collection)s was kept until %(keep_until)s: %(rows_removed)s rows are removed.")
                if yes
                else _("%(collection)s was kept until %(keep_until)s. Remove it with --yes.")
            )
            self.stdout.write(words % one)
        if typed:
            self.stdout.write(
                ngettext(
                    "%(count)s outcome that was typed for June is removed.",
                    "%(count)s outcomes that were typed for June are removed.",
                    typed,
                )
                % {"count": typed}
            )
