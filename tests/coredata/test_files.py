"""Every file in tests/files: a good one has no problem, a bad one exactly those that its first line names.

The first line of a bad file is a title above its header: `V-50: 4 5; V-36: 5` are rules with the lines they fire on,
`file` is a problem of the whole file, `refused` one for which nothing of it can be used. Files in one folder are judged
beside each other. The district is 991101, the school year 2026-27, the day 10 June 2027.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coredata.checks import rules
from coredata.judging import Judgement, judge
from mocap_portal.foundation.directory.models import Lea

from .kit import DAY, FILES

TITLE = re.compile(r"V-\d\d: [^,]*$")
ACCEPTANCES = {"V-45", "V-57"}
# They compare with what was certified before: test_loading.py
OF_CERTIFIED = {"V-12", "V-13", "V-14", "V-15", "V-16", "V-17"}
# With the report that was accepted before: test_reports.py
OF_ACCEPTED = {"V-88", "V-91"}


def cases(folder: str) -> list[Path]:
    return sorted((FILES / folder).iterdir())


def paths(case: Path) -> list[Path]:
    return sorted(case.iterdir()) if case.is_dir() else [case]


def judged(case: Path) -> list[Judgement]:
    return judge(
        [(path.name, path.read_bytes()) for path in paths(case)],
        district_code="991101",
        on=DAY,
        key_of=lambda year: b"x" * 32,
    )


def told(path: Path) -> set[tuple[str, str]]:
    """What the title of a file says: pairs of a rule and a line, `file` or `refused`."""
    title = path.read_bytes().split(b"\n")[0].decode("latin-1")
    if not TITLE.match(title):
        return set()
    entries = [entry.split(": ") for entry in title.split("; ")]
    return {(rule, place) for rule, places in entries for place in places.split()}


def found(judgement: Judgement) -> set[tuple[str, str]]:
    whole = "refused" if judgement.is_refused else "file"
    return {
        (row["rule"], whole if row["line"] is None else str(row["line"]))
        for row in judgement.problems.iter_rows(named=True)
    }


@pytest.mark.rule("V-45", "V-57")
@pytest.mark.parametrize("case", cases("good"), ids=lambda case: case.stem)
def test_good_files_have_no_problem(case: Path, lea: Lea) -> None:
    for judgement in judged(case):
        assert judgement.problems.to_dicts() == []
        assert judgement.rows_good == judgement.rows_read > 0


# fmt: off
@pytest.mark.rule(
    "V-01", "V-02", "V-03", "V-04", "V-05", "V-06", "V-07", "V-08", "V-09", "V-10", "V-11", "V-18", "V-20", "V-21",
    "V-22", "V-23", "V-24", "V-25", "V-26", "V-27", "V-28", "V-29", "V-30", "V-31", "V-32", "V-33", "V-34", "V-35",
    "V-36", "V-37", "V-38", "V-39", "V-40", "V-41", "V-42", "V-43", "V-44", "V-50", "V-51", "V-52", "V-53", "V-54",
    "V-55", "V-56", "V-58", "V-60", "V-61", "V-62", "V-63", "V-64", "V-65", "V-66", "V-67", "V-68", "V-69", "V-70",
    "V-71", "V-72", "V-73", "V-74", "V-75", "V-76", "V-77", "V-78", "V-80", "V-81", "V-82", "V-83", "V-84", "V-85",
    "V-86", "V-87", "V-89", "V-90", "V-92",
)

@pytest.mark.parametrize("case", cases("bad"), ids=lambda case: case.stem)
def test_bad_files_have_the_problems_of_their_title(case: Path, lea: Lea) -> None:
    judgements = judged(case)
    for path, judgement in zip(paths(case), judgements, strict=True):
        assert found(judgement) == told(path)
        assert judgement.rows_read == (
            judgement.rows_good + judgement.rows_with_warnings + judgement.rows_with_errors
        )
    assert case.stem in {rule for path in paths(case) for rule, _place in told(path)}


def test_each_rule_has_a_bad_file() -> None:
    assert {case.stem for case in cases("bad")} == set(rules()) - ACCEPTANCES - OF_CERTIFIED - OF_ACCEPTED


def test_every_problem_is_said_in_full(lea: Lea) -> None:
    """No blank is left in a sentence, and what the rule says about weight holds unless the check knows better."""
    for case in cases("bad"):
        for judgement in judged(case):
            for row in judgement.problems.iter_rows(named=True):
                assert not re.search(r"[{}]", row["message"])
                assert row["severity"] in {"E", "W"}
                assert row["message"].endswith((".", "”"))
