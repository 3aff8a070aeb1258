"""`./portal manage import_attendance FILE --program ID --by EMAIL [--json]`.

What the page does, from the command line: the file is stored as a whole, or nothing of it is.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.attendance import actions
from enrollment.attendance.models import AttendanceFile, FileState, ProblemKind
from enrollment.full_time.models import Program
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.shared.commands import Exit, PortalCommand
from mocap_portal.foundation.shared.tabular import UnreadableFile

MOST_TOLD = 100  # problems; the page has the others


class Command(PortalCommand):
    help = "Store what students of a full-time program did, from a CSV file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--program", required=True, type=int, metavar="ID", help="the program's number")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="of somebody of the host's staff")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: Path, program: int, by: str, json: bool, **options: Any) -> None:
        host = Program.objects.filter(pk=program).values_list("host", flat=True).first()
        if host is None:
            self.leave(Exit.WRONG_USAGE, _("No program has the number %(number)d.") % {"number": program})
        hats = Membership.objects.in_organization(host, *sorted(HOST_ROLES)).filter(user__email__iexact=by)
        hat = hats.select_related("user").order_by("pk").first()
        if hat is None:
            self.leave(
                Exit.WRONG_USAGE, _("%(email)s is not of the staff of this program's host.") % {"email": by}
            )
        try:
            data = self.read_input(file)
        except UnreadableFile as error:
            self.leave(Exit.UNREADABLE, str(error))
        started = time.monotonic()
        received = actions.receive_file(data, name=file.name, program_id=program, by=hat, at=timezone.now())
        answer = _as_json(received, time.monotonic() - started)
        if json:
            self.answer(answer)
        else:
            self.stdout.write(_as_text(received, answer["problems_told"]))
        if received.refusal:
            self.leave(Exit.UNREADABLE, _("The file was refused; nothing of it is stored."))
        if received.state == FileState.REFUSED:
            self.leave(Exit.PROBLEMS, _("The file has problems; nothing of it is stored."))


def _as_json(received: AttendanceFile, seconds: float) -> dict[str, Any]:
    problems = received.found.order_by("line", "pk")[:MOST_TOLD]
    return {
        "file": received.pk,
        "state": received.state,
        "refusal": received.refusal,
        "rows": received.rows,
        "added": received.added,
        "changed": received.changed,
        "same": received.same,
        "problems": received.problems,
        "problems_told": [
            {
                "line": problem.line,
                "column": problem.column,
                "value": problem.value,
                "problem": str(ProblemKind(problem.kind).sentence),
            }
            for problem in problems
        ],
        "seconds": round(seconds, 3),
    }


def _as_text(received: AttendanceFile, problems: list[dict[str, Any]]) -> str:
    if received.refusal:
        return received.refusal
    if problems:
        return "\n".join(f"{told['line']}: {told['column']}: {told['problem']}" for told in problems)
    return _(
        "%(rows)d lines: %(added)d student-days are new, %(changed)d have other entries now, %(same)d stood there "
        "already."
    ) % {
        "rows": received.rows,
        "added": received.added,
        "changed": received.changed,
        "same": received.same,
    }
