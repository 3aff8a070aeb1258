"""./portal manage due_date START --business-days N [--district CODE] [--explain] [--json]"""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _

from mocap_portal.foundation.clocks.explain import explain_days, words
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.calendar import Due
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = (
        "Count business days from START, which is day 0, past weekends, state holidays and a district's closed days. "
        "Prints the due date; with --explain also every counted and skipped day. --json always has the days, each "
        "with the code of its reason."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("start", help="the day of sending, such as 2026-11-20")
        parser.add_argument("--business-days", type=int, required=True, metavar="N")
        parser.add_argument("--district", metavar="CODE", help="six digits; its closed days are skipped, too")
        parser.add_argument("--explain", action="store_true", help="print every day that led there")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self,
        *args: Any,
        start: str,
        business_days: int,
        district: str | None,
        explain: bool,
        json: bool,
        **options: Any,
    ) -> None:
        due = self.count(start, business_days, district)
        if json:
            self.answer(as_json(due, district))
            return
        self.stdout.write(str(due.on))
        if explain:
            for day in due.days:
                self.stdout.write(f"{day.date}  {'+' if day.counted else '-'}  {words(day)}")

    def count(self, start: str, business_days: int, district: str | None) -> Due:
        """Count; ends the command with a sentence when the arguments make no sense."""
        try:
            first = dt.date.fromisoformat(start)
        except ValueError:
            sentence = _("%(start)s is not a date. Write it as 2026-11-20.") % {"start": start}
            self.leave(Exit.WRONG_USAGE, sentence)
        lea_id = None
        if district is not None:
            lea_id = Lea.objects.filter(state_district_id=district).values_list("pk", flat=True).first()
            if lea_id is None:
                sentence = _("No district has the code %(code)s.") % {"code": district}
                self.leave(Exit.WRONG_USAGE, sentence)
        try:
            return explain_days(first, business_days, lea_id=lea_id)
        except ValueError as error:
            self.leave(Exit.WRONG_USAGE, str(error))


def as_json(due: Due, district: str | None) -> dict[str, Any]:
    """The answer as one object; a reason is a code such as "weekend" or "holiday:Labor Day"."""
    return {
        "start": due.start.isoformat(),
        "business_days": due.business_days,
        "district": district,
        "due": str(due.on),
        "days": [
            {"date": day.date.isoformat(), "counted": day.counted, "reason": day.reason} for day in due.days
        ],
    }
