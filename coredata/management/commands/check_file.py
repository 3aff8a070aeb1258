"""`./portal manage check_file FILE… [--district CODE] [--provider CODE] [--json]`: every problem, storing nothing."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from coredata.judging import Judgement, judge
from coredata.reading import LINE
from mocap_portal.foundation.shared.commands import Exit, PortalCommand
from mocap_portal.foundation.shared.tabular import UnreadableFile


class Command(PortalCommand):
    help = (
        "Check core data files (October and June) and provider reports against every rule, without an account and "
        "storing nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument(
            "--district", metavar="CODE", help="the six digits of the district whose files they are"
        )
        parser.add_argument("--provider", metavar="CODE", help="the provider whose reports they are")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(
        self,
        *args: Any,
        files: list[Path],
        district: str | None,
        provider: str | None,
        json: bool,
        **options: Any,
    ) -> None:
        try:
            contents = [(file.name, self.read_input(file)) for file in files]
        except UnreadableFile as error:
            self.leave(Exit.UNREADABLE, str(error))
        key = secrets.token_bytes(32)  # nothing is stored, so nobody needs these hashes again
        judgements = judge(
            contents,
            district_code=district,
            on=timezone.localdate(),
            key_of=lambda year: key,
            provider_code=provider,
        )
        if json:
            self.answer({"files": [_as_json(one) for one in judgements]})
        else:
            self.stdout.write("\n\n".join(map(_as_text, judgements)))
        if any(one.is_refused for one in judgements):
            self.leave(Exit.UNREADABLE, _("A file could not be read."))
        if any(not one.problems.is_empty() for one in judgements):
            self.leave(Exit.PROBLEMS, _("There are problems: errors block, warnings have to be looked at."))


def _as_json(judgement: Judgement) -> dict[str, Any]:
    collection = judgement.collection
    return {
        "file": judgement.name,
        "kind": str(collection.kind) if collection else None,
        "year": collection.year if collection else None,
        "cycle": str(collection.cycle) if collection and collection.cycle else None,
        "rows_read": judgement.rows_read,
        "rows_good": judgement.rows_good,
        "rows_with_warnings": judgement.rows_with_warnings,
        "rows_with_errors": judgement.rows_with_errors,
        "problems": judgement.problems.rename({LINE: "row"}).to_dicts(),
        "rules_not_run": [{"rule": one.rule, "needs": one.needs} for one in judgement.not_run],
    }


def _as_text(judgement: Judgement) -> str:
    collection = judgement.collection
    title = f"{judgement.name}: {collection}" if collection else judgement.name
    counts = _("%(read)d rows: %(good)d good, %(warned)d with warnings, %(wrong)d with errors") % {
        "read": judgement.rows_read,
        "good": judgement.rows_good,
        "warned": judgement.rows_with_warnings,
        "wrong": judgement.rows_with_errors,
    }
    problems = [_sentence(row) for row in judgement.problems.iter_rows(named=True)]
    not_run = [
        _("%(rule)s was not checked: it needs %(needs)s.") % {"rule": one.rule, "needs": one.needs}
        for one in judgement.not_run
    ]
    return "\n".join([title, counts, *problems, *not_run])


def _sentence(row: dict[str, Any]) -> str:
    place = [] if row[LINE] is None else [_("Line %d") % row[LINE]]
    place += [row["column"]] if row["column"] else []
    begin = " ".join(filter(None, [row["severity"], row["rule"]]))
    return " ".join(
        filter(None, [f"{begin}", ", ".join(place) + ":" if place else "", row["message"], row["remedy"]])
    )
