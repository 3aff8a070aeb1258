"""`./portal manage night [--lea CODE] [--as-of DATE] [--dry-run] [--json]`: compare what was approved and reported."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from coredata.reconcile import actions
from coredata.reconcile.models import RunKind
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = "Compare approvals, October, June and provider reports, and keep every mismatch."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lea", metavar="CODE", help="only the district of these six digits")
        parser.add_argument(
            "--as-of", type=dt.date.fromisoformat, metavar="DATE", help="as on this day, else today"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be found, keep nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, lea: str | None, as_of: dt.date | None, **options: Any) -> None:
        found = Lea.objects.filter(state_district_id=lea).first() if lea else None
        if lea and found is None:
            self.leave(Exit.WRONG_USAGE, _("No district has the code %(code)s.") % {"code": lea})
        day = as_of or central_date(timezone.now())
        years = actions.years_to_compare(day)
        if not years:
            self.leave(Exit.WRONG_USAGE, _("No school year is compared on %(day)s.") % {"day": day})
        leas = [found.pk] if found else None
        outcomes = [self._outcome(year.year, day, leas, is_dry=options["dry_run"]) for year in years]
        outcome = actions.sum_up(outcomes)
        if options["json"]:
            self.answer(outcome.to_json())
            return
        self.stdout.write(
            _("%(leas)d LEAs: %(opened)d opened, %(resolved)d resolved, %(open)d open.")
            % {
                "leas": outcome.leas,
                "opened": outcome.opened,
                "resolved": outcome.resolved,
                "open": outcome.open,
            }
        )
        for code, count in outcome.by_code.items():
            self.stdout.write(f"{code} {count}")

    def _outcome(self, year: int, day: dt.date, leas: list[int] | None, *, is_dry: bool) -> actions.Outcome:
        if is_dry:
            return actions.look(year, as_of=day, leas=leas)
        started = time.monotonic()
        run = actions.compare(year, as_of=day, at=timezone.now(), kind=RunKind.HAND, leas=leas)
        return actions.Outcome.of(run, seconds=time.monotonic() - started)
