"""Judging core data files: what they are, every problem in them, and how many rows are good.

`judge` is the one way in, for the command and for an upload alike. It stores nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.rules import Severity

from .checks import Case, prepare, rules, run
from .collection import Collection
from .known import Known
from .layouts import Kind, layout
from .reading import LINE, Limits, Sheet, Unusable, read

PROBLEMS = {
    LINE: pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "message": pl.String,
    "remedy": pl.String,
}

SHOWN = 60  # characters of a value in a sentence about the whole file
PLACE = re.compile(r"\{(value|expected|column)\}")  # in the message of a rule


@dataclass(frozen=True, slots=True)
class RuleNotRun:
    """A rule that could not be checked, and what it needs, in words."""

    rule: str
    needs: str


@dataclass(frozen=True)
class Judgement:
    """What came of one file.

    `problems`: a frame with the columns of PROBLEMS, in the order of the file; `line` is null for a problem of the
    whole file, `value` for one of a column whose values are not kept. A row with an error counts as one with errors
    however many warnings it has. `is_refused`: nothing of the file can be used. `case`: its rows, None when refused.
    """

    name: str
    collection: Collection | None = None
    rows_read: int = 0
    rows_with_warnings: int = 0
    rows_with_errors: int = 0
    problems: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=PROBLEMS))
    not_run: tuple[RuleNotRun, ...] = ()
    is_refused: bool = False
    case: Case | None = None

    @property
    def rows_good(self) -> int:
        return self.rows_read - self.rows_with_warnings - self.rows_with_errors


@dataclass(frozen=True)
class _Read:
    """A file as far as it could be read."""

    name: str
    sheet: Sheet
    collection: Collection
    district_code: str


def judge(
    files: Iterable[tuple[str, bytes]],
    *,
    district_code: str | None,
    on: dt.date,
    key_of: Callable[[int], bytes],
    stored: Callable[[Known], Mapping[Kind, Case]] | None = None,
    when_read: Callable[[Collection, int], None] = lambda collection, rows: None,
    limits: Limits | None = None,
) -> list[Judgement]:
    """Judge files, each a name and its bytes, in their order; files of one district and year also beside each other.

    `district_code`: whose files they are, None to take what the files say. `on`: the day. `key_of`: what educators'
    numbers of a school year are hashed with, 32 bytes; the same key makes the same hashes. `stored`: for a file that
    will be kept, what the portal has of the same district and year, for kinds that are not among the files.
    `when_read` is told what each file is, and how many rows it has, as soon as that is known.
    """
    judgements: list[Judgement] = []
    cases: list[tuple[int, _Read, Case]] = []
    for name, data in files:
        try:
            found = _read(name, data, district_code, limits)
            known = Known(
                found.collection,
                found.district_code,
                on,
                is_told=district_code is not None,
                is_upload=stored is not None,
            )
            if stored is not None and known.school_year is None:
                raise _no_such_year(found.collection)
        except Unusable as problem:
            judgements.append(_refused(name, problem))
            continue
        when_read(found.collection, found.sheet.records.rows.height + len(found.sheet.records.ragged))
        year = found.collection.year
        case = prepare(
            found.sheet,
            found.collection,
            layout(found.collection.kind, year),
            known=known,
            key=key_of(year),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        cases.append((len(judgements), found, case))
        judgements.append(Judgement(name))
    for number, found, case in cases:
        beside = _beside(case, [other for _number, _found, other in cases])
        kept = stored(case.known) if stored else {}
        judgements[number] = _judged(found, replace(case, others={**kept, **beside}))
    return judgements


def _no_such_year(collection: Collection) -> Unusable:
    return Unusable(
        _(
            "The portal has no school year that ends in %(year)d. Correct CollectionVersion and export the file again."
        )
        % {"year": collection.year},
        rule="V-03",
    )


def _read(name: str, data: bytes, district_code: str | None, limits: Limits | None) -> _Read:
    """Raises Unusable also for a file of which every row belongs to another collection or district."""
    sheet = read(data, name=name, limits=limits)
    versions = _values(sheet, "CollectionVersion")
    known = [(version, collection) for version in versions if (collection := Collection.read(version))]
    if not known:
        raise Unusable(
            _(
                "No row names a collection that the portal knows: CollectionVersion is “%(value)s”. It is written as "
                "in 2027Oct1.0CrsAssign."
            )
            % {"value": versions[0][:SHOWN] if versions else ""},
            rule="V-01",
            column="CollectionVersion",
        )
    _literal, collection = known[0]
    districts = _values(sheet, "ReportingDistrictCode")
    if district_code is not None and districts and district_code not in districts:
        raise Unusable(
            _("Every row is of district %(theirs)s, none of %(district)s. Send your own district's file.")
            % {"theirs": districts[0][:SHOWN], "district": district_code},
            rule="V-10",
            column="ReportingDistrictCode",
        )
    return _Read(name, sheet, collection, district_code or (districts[0] if districts else ""))


def _values(sheet: Sheet, name: str) -> list[str]:
    """The values of a column, the most frequent first; of equally frequent ones the one that stands first."""
    kind_of_any = layout(Kind.CRS_ASSIGN, 2000)
    wanted = kind_of_any.named(name)
    places = [
        str(place)
        for place, header in enumerate(sheet.records.header)
        if kind_of_any.named(header) is wanted and str(place) in sheet.records.rows.columns
    ]
    if not places:
        return []
    counts = sheet.records.rows.group_by(pl.col(places[0]).alias("value"), maintain_order=True).len()
    return counts.sort("len", descending=True, maintain_order=True)["value"].to_list()


def _beside(case: Case, cases: Sequence[Case]) -> Mapping[Kind, Case]:
    """The other files of the same district and year, the last of each kind."""
    return {
        other.kind: other
        for other in cases
        if other.kind is not case.kind
        and other.known.district_code == case.known.district_code
        and other.collection.year == case.collection.year
    }


def _refused(name: str, problem: Unusable) -> Judgement:
    row = {
        LINE: None,
        "column": problem.column,
        "value": None,
        "rule": problem.rule,
        "severity": Severity.ERROR,
        "message": str(problem),
        "remedy": "",
    }
    return Judgement(name, problems=pl.DataFrame([row], schema=PROBLEMS), is_refused=True)


def _judged(found: _Read, case: Case) -> Judgement:
    frames, not_run = [pl.DataFrame(schema=PROBLEMS)], []
    for rule, findings, needs in run(case):
        if findings is None:
            not_run.append(RuleNotRun(rule.id, needs or ""))
        elif not findings.is_empty():
            frames.append(_in_words(findings, rule.id))
    problems = pl.concat(frames).sort(LINE, "rule", nulls_last=False, maintain_order=True)
    by_row = (
        problems.filter(pl.col(LINE).is_not_null())
        .group_by(LINE)
        .agg(is_error=(pl.col("severity") == Severity.ERROR).any())
    )
    errors = int(by_row["is_error"].sum())
    return Judgement(
        name=found.name,
        collection=found.collection,
        rows_read=case.rows.height + len(case.ragged),
        rows_with_warnings=by_row.height - errors,
        rows_with_errors=errors,
        problems=problems,
        not_run=tuple(dict.fromkeys(not_run)),
        case=case,
    )


def _in_words(findings: pl.DataFrame, rule_id: str) -> pl.DataFrame:
    """Findings as problems, with the sentences of their rule."""
    rule = rules()[rule_id]
    named = [pl.col(name).fill_null("") for name in PLACE.findall(rule.message)]
    # In one piece: polars 2.1 panics when it formats texts that lie in several, one of them empty.
    return findings.rechunk().select(
        LINE,
        "column",
        "value",
        pl.lit(rule.id).alias("rule"),
        pl.col("severity").fill_null(str(rule.severity)).alias("severity"),
        pl.format(PLACE.sub("{}", rule.message), *named).alias("message"),
        pl.lit(rule.remedy).alias("remedy"),
    )
