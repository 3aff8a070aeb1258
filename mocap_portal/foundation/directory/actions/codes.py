"""A whole set of codes from a CSV file: too many to type, such as the state's list of courses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.shared.tabular import Row, RowError, read_csv

from .dated import ONE_DAY, AlreadyInForce, succeed

REQUIRED, OPTIONAL = ("code", "label"), ("meaning", "group", "label_es", "meaning_es")
LONGEST = {"code": 30, "label": 120, "group": 20, "label_es": 120}  # characters, as the columns are


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code of a file. Empty Spanish says nothing: what is written stays as long as the English does."""

    code: str
    label: str
    meaning: str
    group: str
    label_es: str = ""
    meaning_es: str = ""


@dataclass(frozen=True)
class CodePlan:
    """What a file changes in a set: codes that are new, that are called or mean something else, that end."""

    added: list[CodeRow]
    changed: list[tuple[CodeMeaning, CodeRow]]
    ended: list[CodeMeaning]
    unchanged: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.ended)


def read_codes(data: bytes, code_set: CodeSet) -> tuple[list[CodeRow], list[RowError]]:
    """The codes of a file with the columns code and label, maybe meaning, group and both in Spanish, and what is wrong.

    Raises UnreadableFile.
    """
    groups = set(
        CodeMeaning.objects.filter(code_set=code_set).exclude(group="").values_list("group", flat=True)
    )
    rows, errors, seen = [], [], set[str]()
    for row in read_csv(data, required=REQUIRED, optional=OPTIONAL):
        problems = [row] if isinstance(row, RowError) else _problems(row, seen, groups)
        errors += problems
        if isinstance(row, Row) and not problems:
            rows.append(CodeRow(**{name: row.values[name] for name in (*REQUIRED, *OPTIONAL)}))
    return rows, errors


def _problems(row: Row, seen: set[str], groups: set[str]) -> list[RowError]:
    found = [
        row.error(name, _("This is empty. Each code has a code and a name."))
        for name in REQUIRED
        if not row.values[name]
    ]
    found += [
        row.error(name, _("This has more than %(most)d characters. Shorten it.") % {"most": most})
        for name, most in LONGEST.items()
        if len(row.values[name]) > most
    ]
    if row.values["code"] in seen:
        found.append(row.error("code", _("This code stands above already. Keep one of the two.")))
    seen.add(row.values["code"])
    if row.values["group"] and row.values["group"] not in groups:
        found.append(
            row.error(
                "group",
                _("The set has no such group. Use one of these: %(groups)s.")
                % {"groups": ", ".join(sorted(groups)) or "–"},
            )
        )
    return found


def plan_codes(code_set: CodeSet, rows: Sequence[CodeRow], *, on: dt.date, is_whole: bool) -> CodePlan:
    """What changes from this day on. `is_whole`: a code that is not in the file ends."""
    now = {meaning.code: meaning for meaning in CodeMeaning.objects.on(on).filter(code_set=code_set)}
    told = {row.code: row for row in rows}
    pairs = [(now[code], row) for code, row in told.items() if code in now]
    changed = [(meaning, row) for meaning, row in pairs if not _says(meaning, row)]
    return CodePlan(
        added=[row for code, row in told.items() if code not in now],
        changed=changed,
        ended=[meaning for code, meaning in now.items() if code not in told] if is_whole else [],
        unchanged=len(pairs) - len(changed),
    )


def _says(meaning: CodeMeaning, row: CodeRow) -> bool:
    is_same = (meaning.label, meaning.meaning, meaning.group) == (row.label, row.meaning, row.group)
    return is_same and (meaning.label_es, meaning.meaning_es) == _spanish(row, meaning)


def _spanish(row: CodeRow, before: CodeMeaning) -> tuple[str, str]:
    """Name and meaning in Spanish once the file holds: its own, or what stood there, unless the English is another."""
    label_es = row.label_es or (before.label_es if before.label == row.label else "")
    meaning_es = row.meaning_es or (before.meaning_es if before.meaning == row.meaning else "")
    return label_es, meaning_es


@transaction.atomic
def change_codes(
    code_set: CodeSet,
    rows: Sequence[CodeRow],
    *,
    valid_from: dt.date,
    source: str,
    is_whole: bool,
    today: dt.date,
) -> CodePlan:
    """Let the codes of a file hold from this day on, all or none.

    A code keeps its place among the others, a new one comes after them. Raises AlreadyInForce or ChangedMeanwhile.
    """
    list(
        CodeMeaning.objects.select_for_update().filter(code_set=code_set).order_by("pk")
    )  # two at once wait here
    plan = plan_codes(code_set, rows, on=valid_from, is_whole=is_whole)
    for meaning in plan.ended:
        if meaning.valid_from >= valid_from:
            raise AlreadyInForce
        meaning.valid_to = valid_from - ONE_DAY
    CodeMeaning.objects.bulk_update(plan.ended, ["valid_to"], batch_size=500)
    known = CodeMeaning.objects.filter(code_set=code_set)
    ever, last = set(known.values_list("code", flat=True)), known.count()

    def meaning_of(row: CodeRow, position: int, before: CodeMeaning | None = None) -> CodeMeaning:
        label_es, meaning_es = _spanish(row, before) if before else (row.label_es, row.meaning_es)
        return CodeMeaning(
            code_set=code_set,
            code=row.code,
            position=position,
            label=row.label,
            meaning=row.meaning,
            label_es=label_es,
            meaning_es=meaning_es,
            group=row.group,
            valid_from=valid_from,
            source=source,
        )

    for meaning, row in plan.changed:
        succeed(known.filter(code=row.code), meaning_of(row, meaning.position, meaning), today)
    new = [meaning_of(row, last + place) for place, row in enumerate(plan.added, start=1)]
    for again in (meaning for meaning in new if meaning.code in ever):
        succeed(known.filter(code=again.code), again, today)
    CodeMeaning.objects.bulk_create([meaning for meaning in new if meaning.code not in ever], batch_size=500)
    return plan
