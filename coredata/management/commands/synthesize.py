"""`./portal manage synthesize OUT --lea N --students N --year Y --seed S`: core data files of a made-up state."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from coredata.layouts import FIRST_YEAR, LAST_YEAR
from coredata.synthesis import State, write
from mocap_portal.foundation.shared.commands import Exit, PortalCommand


class Command(PortalCommand):
    help = "Write the October and June files of a made-up state, and truth.json with every mistake in them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="OUT")
        parser.add_argument("--lea", type=_whole, required=True, metavar="N", help="how many districts")
        parser.add_argument("--students", type=_whole, required=True, metavar="N", help="how many, in all")
        parser.add_argument(
            "--year", type=_year, required=True, metavar="Y", help="in which the school year ends"
        )
        parser.add_argument(
            "--seed", type=int, required=True, metavar="S", help="the same seed, the same bytes"
        )
        parser.add_argument(
            "--problems", type=_share, default=0.0, metavar="RATE", help="share of rows, 0 to 1"
        )
        parser.add_argument("--only-district", metavar="CODE", help="write this one alone")

    def handle(self, *args: Any, folder: Path, only_district: str | None, **options: Any) -> None:
        if options["students"] < options["lea"]:
            self.leave(
                Exit.WRONG_USAGE, _("Each district needs a student: give at least as many as districts.")
            )
        state = State(
            leas=options["lea"],
            students=options["students"],
            year=options["year"],
            seed=options["seed"],
            problems=options["problems"],
        )
        started = time.monotonic()
        try:
            rows = write(state, folder, only=only_district)
        except OSError as error:
            self.leave(Exit.UNREADABLE, _("The folder %(folder)s cannot be written.") % {"folder": folder})
            raise AssertionError from error
        seconds = time.monotonic() - started
        self.stderr.write(
            _("%(rows)d rows in %(seconds).1f s: %(speed)d a second.")
            % {"rows": rows, "seconds": seconds, "speed": rows / max(seconds, 0.001)}
        )


def _whole(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(_("must be 1 or more"))
    return number


def _year(text: str) -> int:
    year = int(text)
    if not FIRST_YEAR < year <= LAST_YEAR:
        raise argparse.ArgumentTypeError(_("must be a year such as 2027"))
    return year


def _share(text: str) -> float:
    share = float(text)
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(_("must be between 0 and 1"))
    return share
