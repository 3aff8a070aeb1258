"""./portal manage import_movip FILE.csv [--json]"""

from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from concerns.movip.actions import ImportReport, import_archive
from mocap_portal.foundation.shared.commands import Exit, PortalCommand
from mocap_portal.foundation.shared.tabular import UnreadableFile


class Command(PortalCommand):
    help = "Store the archive of MoVIP from a CSV file. Running it twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file, one course of one student per row")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, file: Path, json: bool, **options: Any) -> None:
        unreadable = False
        try:
            report = import_archive(self.read_input(file))
        except UnreadableFile as error:
            report = ImportReport(errors=[error.error])
            unreadable = True
        if json:
            self.answer(asdict(report))
        else:
            self.tell(report)
        if unreadable:
            self.leave(Exit.UNREADABLE, _("Nothing was stored."))
        if report.errors:
            self.leave(Exit.PROBLEMS, _("Rows with problems were left out. The others are stored."))

    def tell(self, report: ImportReport) -> None:
        """Print the report for a person. What stands in a row is not printed: it may name a student."""
        for error in report.errors:
            where = (
                _("Line %(line)d, %(column)s.") % {"line": error.row, "column": error.column}
                if error.column
                else _("Line %(line)d.") % {"line": error.row}
                if error.row
                else ""
            )
            self.stdout.write(f"{where} {error.message}".strip())
        self.stdout.write(
            _("Courses: %(created)d new, %(updated)d changed, %(unchanged)d as before.")
            % {"created": report.created, "updated": report.updated, "unchanged": report.unchanged}
        )
