"""`./portal manage synthesize OUT --lea N --students N --year Y --seed S`: core data files of a made-up state.

With `--plant all` or `--plant M-01,M-07` also requests, full-time records, agreements and provider reports, and in them
mismatches of these codes; truth.json names each.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from coredata.layouts import FIRST_YEAR, LAST_YEAR
from coredata.synthesis import TRUTH, State, districts, write
from coredata.synthesis.planting import PLANTABLE, Planting, TooSmall
from coredata.synthesis.planting import write as write_planted
from mocap_portal.foundation.shared.commands import Exit, PortalCommand

ALL = "all"
TIMES = 3  # each code is planted, unless another number is given


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
        parser.add_argument(
            "--plant", type=_codes, metavar="CODES", help="mismatches to plant: all, or such as M-01,M-07"
        )
        parser.add_argument(
            "--plant-times", type=_whole, default=TIMES, metavar="N", help="how often each, at least"
        )

    def handle(self, *args: Any, folder: Path, only_district: str | None, **options: Any) -> None:
        if options["students"] < options["lea"]:
            self.leave(
                Exit.WRONG_USAGE, _("Each district needs a student: give at least as many as districts.")
            )
        planting = self._planting(options, only_district)
        state = State(
            leas=options["lea"],
            students=options["students"],
            year=options["year"],
            seed=options["seed"],
            problems=options["problems"],
        )
        started = time.monotonic()
        try:
            if planting:
                made = (district for district, _truth in districts(state))
                rows = write_planted(made, state.year, planting, folder, truth=TRUTH)
            else:
                rows = write(state, folder, only=only_district)
        except TooSmall as error:
            self.leave(
                Exit.WRONG_USAGE,
                _("The state is too small to plant all that in it: give it %(more)s.") % {"more": error},
            )
        except OSError as error:
            self.leave(Exit.UNREADABLE, _("The folder %(folder)s cannot be written.") % {"folder": folder})
            raise AssertionError from error
        seconds = time.monotonic() - started
        self.stderr.write(
            _("%(rows)d rows in %(seconds).1f s: %(speed)d a second.")
            % {"rows": rows, "seconds": seconds, "speed": rows / max(seconds, 0.001)}
        )

    def _planting(self, options: dict[str, Any], only_district: str | None) -> Planting | None:
        """What to plant, if anything. Leaves where a code cannot be planted or another option does not go with it."""
        codes: list[str] | None = options["plant"]
        if codes is None:
            return None
        unknown = [code for code in codes if code not in PLANTABLE]
        if unknown:
            self.leave(
                Exit.WRONG_USAGE,
                _("%(codes)s cannot be planted: certified files and accepted reports never show it.")
                % {"codes": ", ".join(unknown)},
            )
        if options["problems"] or only_district:
            self.leave(
                Exit.WRONG_USAGE,
                _(
                    "--plant goes with whole states without mistakes: leave out --problems and --only-district."
                ),
            )
        return Planting(codes, options["plant_times"])


def _codes(text: str) -> list[str]:
    return list(PLANTABLE) if text == ALL else [code.strip() for code in text.split(",") if code.strip()]


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
