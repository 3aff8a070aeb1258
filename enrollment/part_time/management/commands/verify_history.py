"""`./portal manage verify_history [--json]`: whether every request's history is what the portal wrote."""

from argparse import ArgumentParser
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.part_time import history
from enrollment.part_time.models import CourseRequest
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = (
        "Follow the chain of seals through the history of every request, and name each step that was altered or taken "
        "away. Ends with 1 when there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:
        found = history.breaks()
        requests = CourseRequest.objects.in_bulk({broken.request_id for broken in found})
        numbers = {key: request.number for key, request in requests.items()}
        if json:
            rows = [
                {"request": numbers[broken.request_id], "step": broken.place, "damage": broken.damage.value}
                for broken in found
            ]
            self.answer({"requests": CourseRequest.objects.count(), "breaks": rows})
        else:
            for broken in found:
                names = {
                    "request": numbers[broken.request_id],
                    "place": broken.place,
                    "what": broken.damage.label,
                }
                self.stdout.write(_("%(request)s: step %(place)d %(what)s.") % names)
        if found:
            count = len(found)
            self.leave(
                Exit.PROBLEMS,
                ngettext(
                    "%(count)d step is not what the portal wrote. docs/operations.md says what to do.",
                    "%(count)d steps are not what the portal wrote. docs/operations.md says what to do.",
                    count,
                )
                % {"count": count},
            )
        if not json:
            self.stdout.write(_("Every history is what the portal wrote."))
