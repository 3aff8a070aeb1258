"""`./portal manage import_paper_decisions FILE.csv --lea CODE --by EMAIL [--json]`: decisions made on paper."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from enrollment.part_time.actions.paper_import import PaperImport, import_paper_decisions
from enrollment.part_time.paper_file import PERSONAL
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.commands import Exit, PortalCommand
from mocap_portal.foundation.shared.tabular import UnreadableFile
from providers.catalog import Problem


class Command(PortalCommand):
    help = "Read decisions that a district made on paper from a CSV file. docs/paper-decisions.md explains its columns."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--lea", required=True, metavar="CODE", help="six-digit code of the district")
        parser.add_argument(
            "--by", required=True, metavar="EMAIL", help="a MOCAP coordinator of the district"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: Path, lea: str, by: str, json: bool, **options: Any) -> None:
        result, unreadable = PaperImport(), False
        try:
            result = import_paper_decisions(
                self.read_input(file), by=self._coordinator(lea, by), at=timezone.now()
            )
        except UnreadableFile as error:
            result.problems.append(
                Problem(None, None, None, str(error), _("Correct the file and import it again."))
            )
            unreadable = True
        if json:
            self.answer(_as_json(result))
        else:
            self.stdout.write(_as_text(result))
        if unreadable:
            self.leave(Exit.UNREADABLE, _("Nothing was stored."))
        if result.problems:
            self.leave(Exit.PROBLEMS, _("Rows with problems were left out. The others are stored."))

    def _coordinator(self, code: str, email: str) -> Membership:
        lea = Lea.objects.filter(state_district_id=code).first()
        if lea is None:
            self.leave(Exit.WRONG_USAGE, _("No district has the code %(code)s.") % {"code": code})
        hats = Membership.objects.in_organization(lea.pk, Role.COORDINATOR)
        hat = hats.filter(user__email=email.lower()).first()
        if hat is None:
            self.leave(Exit.WRONG_USAGE, _("This person is no MOCAP coordinator of the district."))
        return hat


def _as_json(result: PaperImport) -> dict[str, Any]:
    return {
        "requests": result.requests,
        "decisions": result.decisions,
        "already_there": result.there,
        "errors": [asdict(_without_people(problem)) for problem in result.problems],
    }


def _as_text(result: PaperImport) -> str:
    lines = [_sentence(_without_people(problem)) for problem in result.problems]
    lines.append(
        _(
            "%(requests)d requests with %(decisions)d decisions stored, %(there)d rows already there, %(problems)d "
            "problems."
        )
        % {
            "requests": result.requests,
            "decisions": result.decisions,
            "there": result.there,
            "problems": len(result.problems),
        }
    )
    return "\n".join(lines)


def _without_people(problem: Problem) -> Problem:
    """The output of a command may end up in a log, which names nobody: the line says whom it is about."""
    if problem.column not in PERSONAL:
        return problem
    return Problem(problem.row, problem.column, None, problem.message, problem.remedy)


def _sentence(problem: Problem) -> str:
    place = [_("Line %d") % problem.row] if problem.row else []
    if problem.column:
        place.append(f"{problem.column} “{problem.value}”" if problem.value is not None else problem.column)
    return " ".join([", ".join(place) + ":" if place else "", problem.message, problem.remedy]).strip()
