"""`./portal manage import_catalog FILE.csv [--json]`: take over the state's catalog from a file."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.commands import Exit, PortalCommand
from mocap_portal.foundation.shared.tabular import UnreadableFile
from providers.actions import ImportResult, import_catalog
from providers.catalog import Problem


class Command(PortalCommand):
    help = "Read courses, their prices and providers from a CSV file into the catalog."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: Path, json: bool, **options: Any) -> None:
        result = ImportResult()
        unreadable = False
        try:
            result = import_catalog(self.read_input(file), on=timezone.localdate())
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


def _as_json(result: ImportResult) -> dict[str, Any]:
    return {
        "created": result.created,
        "updated": result.moved,
        "completed": result.completed,
        "unchanged": result.unchanged,
        "new_providers": result.new_providers,
        "authorized": result.authorized,
        "errors": [asdict(problem) for problem in result.problems],
    }


def _as_text(result: ImportResult) -> str:
    lines = [_sentence(problem) for problem in result.problems]
    lines.append(
        _(
            "%(created)d listed, %(moved)d with a new last day, %(completed)d completed, %(unchanged)d unchanged, "
            "%(problems)d problems."
        )
        % {
            "created": result.created,
            "moved": result.moved,
            "completed": result.completed,
            "unchanged": result.unchanged,
            "problems": len(result.problems),
        }
    )
    return "\n".join(lines)


def _sentence(problem: Problem) -> str:
    place = [_("Line %d") % problem.row] if problem.row else []
    place += [f"{problem.column} “{problem.value}”"] if problem.column else []
    return " ".join([", ".join(place) + ":" if place else "", problem.message, problem.remedy]).strip()
