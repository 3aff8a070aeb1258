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
class Found:
    """What some of the checks found: a frame with the columns of PROBLEMS, and the rules that could not be checked."""

    problems: pl.DataFrame
    not_run: tuple[RuleNotRun, ...]

    @property
    def errors(self) -> pl.DataFrame:
        return self.problems.filter(pl.col("severity") == Severity.ERROR)


@dataclass(frozen=True)
class _Read:
    """A file as far as it could be read."""

    name: str
    sheet: Sheet
    collection: Collection
    district_code: str


@dataclass(frozen=True)
class Ready:
    """A file that was read and stands beside the others it is judged by."""

    found: _Read
    case: Case

    def judge(self) -> Judgement:
        """Run every check."""
        return self.judge_rest(self.judge_rows())

    def judge_rows(self) -> Found:
        """Run the checks that look at one row or the file. Every error of a value is among what they find."""
        return _found(self.case, compares=False)

    def judge_rest(self, rows: Found) -> Judgement:
        """Run the checks that compare rows. `rows`: what `judge_rows` found.

        Once `case.known` is loaded, in any thread.
        """
        return _judged(self.found, self.case, rows, _found(self.case, compares=True))


def judge(
    files: Iterable[tuple[str, bytes]],
    *,
    district_code: str | None,
    on: dt.date,
    key_of: Callable[[int], bytes],
    limits: Limits | None = None,
) -> list[Judgement]:
    """Judge files, each a name and its bytes, in their order; files of one district and year also beside each other.

    `district_code`: whose files they are, None to take what the files say. `on`: the day. `key_of`: what educators'
    numbers of a school year are hashed with, 32 bytes; the same key makes the same hashes.
    """
    prepared = read_files(files, district_code=district_code, on=on, key_of=key_of, limits=limits)
    return [one.judge() if isinstance(one, Ready) else one for one in prepared]


def read_files(
    files: Iterable[tuple[str, bytes]],
    *,
    district_code: str | None,
    on: dt.date,
    key_of: Callable[[int], bytes],
    stored: Callable[[Known], Mapping[Kind, Case]] | None = None,
    when_read: Callable[[Collection, int], None] = lambda collection, rows: None,
    limits: Limits | None = None,
) -> list[Judgement | Ready]:
    """The files in their order, ready to be judged; of one that cannot be used the judgement.

    The rest is as for `judge`. `stored`: for a file that will be kept, what the portal has of the same district and
    year, for kinds that are not among the files. `when_read` is told what each file is, and how many rows it has, as
    soon as that is known.
    """
    read: list[Judgement | tuple[_Read, Case]] = []
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
            if stored is not None and known.state.school_year is None:
                raise _no_such_year(found.collection)
        except Unusable as problem:
            read.append(_refused(name, problem))
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
        read.append((found, case))
    cases = [one[1] for one in read if isinstance(one, tuple)]
    return [_beside_others(*one, cases, stored) if isinstance(one, tuple) else one for one in read]


def _beside_others(
    found: _Read,
    case: Case,
    cases: Sequence[Case],
    stored: Callable[[Known], Mapping[Kind, Case]] | None,
) -> Ready:
    kept = stored(case.known) if stored else {}
    return Ready(found, replace(case, others={**kept, **_beside(case, cases)}))


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


def _found(case: Case, *, compares: bool) -> Found:
    frames, not_run = [pl.DataFrame(schema=PROBLEMS)], []
    for rule, findings, needs in run(case, compares=compares):
        if findings is None:
            not_run.append(RuleNotRun(rule.id, needs or ""))
        elif not findings.is_empty():
            frames.append(_in_words(findings, rule.id))
    return Found(pl.concat(frames), tuple(not_run))


def _judged(read: _Read, case: Case, *found: Found) -> Judgement:
    problems = pl.concat([part.problems for part in found])
    problems = problems.sort(LINE, "rule", nulls_last=False, maintain_order=True)
    by_row = (
        problems.filter(pl.col(LINE).is_not_null())
        .group_by(LINE)
        .agg(is_error=(pl.col("severity") == Severity.ERROR).any())
    )
    errors = int(by_row["is_error"].sum())
    return Judgement(
        name=read.name,
        collection=read.collection,
        rows_read=case.rows.height + len(case.ragged),
        rows_with_warnings=by_row.height - errors,
        rows_with_errors=errors,
        problems=problems,
        not_run=tuple(dict.fromkeys(rule for part in found for rule in part.not_run)),
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
