"""What came of judging a file: its problems, and how many rows are good."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from mocap_portal.foundation.shared.rules import Severity

from ..checks import Case, Ran, rules, run, run_on
from ..collection import Collection
from ..reading import LINE, Unusable

PROBLEMS = {
    LINE: pl.Int64,
    "column": pl.String,
    "value": pl.String,
    "rule": pl.String,
    "severity": pl.String,
    "message": pl.String,
    "remedy": pl.String,
}

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
class Ready:
    """A file of this name that was read and stands beside the others it is judged by."""

    name: str
    case: Case

    def judge(self) -> Judgement:
        """Run every check."""
        return self.judge_rest(self.judge_rows())

    def judge_rows(self) -> Found:
        """Run the checks that look at one row or the file. Every error of a value is among what they find."""
        return _found(run(self.case, compares=False))

    def judge_rest(self, rows: Found) -> Judgement:
        """Run the checks that compare rows. `rows`: what `judge_rows` found.

        After `ask_ahead`, in any thread.
        """
        return _judged(self.name, self.case, rows, _found(run(self.case, compares=True)))

    def judge_columns(self, fields: Sequence[str]) -> pl.DataFrame:
        """What is wrong in these columns, by field: rows that are to stand in a file, while somebody fills them in.

        A frame with the columns of PROBLEMS. What only the whole file can break is not found.
        """
        names = [self.case.layout.column(field).name for field in fields]
        problems = _found(run_on(self.case, fields)).problems
        return problems.filter(pl.col("column").is_in(names) & pl.col(LINE).is_not_null())


def refused(name: str, problem: Unusable) -> Judgement:
    """What came of a file of which nothing can be used."""
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


def _found(ran: Iterable[Ran]) -> Found:
    frames, not_run = [pl.DataFrame(schema=PROBLEMS)], []
    for rule, findings, needs in ran:
        if needs:
            not_run.append(RuleNotRun(rule.id, needs))
        frames += [_in_words(one, rule.id) for one in findings if not one.is_empty()]
    return Found(pl.concat(frames), tuple(not_run))


def _judged(name: str, case: Case, *found: Found) -> Judgement:
    problems = _without_secrets(pl.concat([part.problems for part in found]))
    problems = problems.sort(LINE, "rule", nulls_last=False, maintain_order=True)
    by_row = (
        problems.filter(pl.col(LINE).is_not_null())
        .group_by(LINE)
        .agg(is_error=(pl.col("severity") == Severity.ERROR).any())
    )
    errors = int(by_row["is_error"].sum())
    return Judgement(
        name=name,
        collection=case.collection,
        rows_read=case.rows.height + len(case.ragged),
        rows_with_warnings=by_row.height - errors,
        rows_with_errors=errors,
        problems=problems,
        not_run=tuple(dict.fromkeys(rule for part in found for rule in part.not_run)),
        case=case,
    )


def _without_secrets(problems: pl.DataFrame) -> pl.DataFrame:
    """The same problems; of a value that must not be repeated (V-89) that one alone."""
    secret = problems.filter(rule="V-89")
    if secret.is_empty():
        return problems
    others = problems.filter(pl.col("rule") != "V-89")
    others = others.join(secret, on=[LINE, "column"], how="anti", maintain_order="left")
    return pl.concat([others, secret])


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
