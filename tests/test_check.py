"""`./portal check`: the checks of our own making, on invented projects."""

from functools import partial
from pathlib import Path

import pytest

from mocap_portal.command import check, rules

RULES = """\
[[rule]]
id = "R-15"
sentence = "A decision is due ten business days after the request was sent."
source = "Regulation 6190"
valid_from = 2024-08-28

[[rule]]
id = "R-07"
sentence = "More than six courses at once is over full load."
source = "Decision R-07"
"""

TESTS = """\
import pytest

@pytest.mark.rule("R-15")
def test_ten_days(): ...

@pytest.mark.rule("R-07", "R-15")
class TestLoad:
    @pytest.mark.rule("R-99")
    def test_seven(self): ...
"""

DOCUMENT = """\
# Rules

Written by `./portal check --write-rules` from every `rules.toml` and from the tests that name a rule. Do not edit.

## R-07

More than six courses at once is over full load.

Source: Decision R-07

Proved by:

- `tests/test_it.py::TestLoad`

## R-15

A decision is due ten business days after the request was sent.

Source: Regulation 6190 (from 2024-08-28)

Proved by:

- `tests/test_it.py::test_ten_days`
- `tests/test_it.py::TestLoad`
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers" / "rules.toml").write_text(RULES)
    (tmp_path / "tests").mkdir()
    return tmp_path


def test_a_rule_without_a_test_is_a_problem(project: Path) -> None:
    rules.write(project)
    assert rules.problems(project) == [
        "R-15 has no test: A decision is due ten business days after the request was sent.",
        "R-07 has no test: More than six courses at once is over full load.",
    ]


def test_a_test_of_no_rule_is_a_problem(project: Path) -> None:
    (project / "tests" / "test_it.py").write_text(TESTS)
    rules.write(project)
    assert rules.problems(project) == [
        "tests/test_it.py::TestLoad::test_seven proves R-99, which is in no rules.toml."
    ]


def test_the_document_names_every_rule_its_source_and_its_tests(project: Path) -> None:
    (project / "tests" / "test_it.py").write_text(TESTS)
    rules.write(project)
    assert (project / "docs" / "rules.md").read_text() == DOCUMENT


def test_an_old_document_is_a_problem(project: Path) -> None:
    (project / "tests" / "test_it.py").write_text(TESTS.replace('@pytest.mark.rule("R-99")', ""))
    rules.write(project)
    assert rules.problems(project) == []
    (project / "tests" / "test_it.py").write_text(
        TESTS.replace('@pytest.mark.rule("R-99")', "").replace("ten", "10")
    )
    assert rules.problems(project) == ["docs/rules.md is not up to date: run ./portal check --write-rules."]


def test_a_file_of_rules_that_is_wrong_is_a_problem(project: Path) -> None:
    (project / "providers" / "rules.toml").write_text("[[rule]]\n")
    assert rules.problems(project) == [f"{project}/providers/rules.toml: rule number 1: id must be a text."]


def test_the_codes_of_mismatches_are_rules(project: Path) -> None:
    (project / "tests" / "test_it.py").write_text(TESTS.replace("R-99", "M-01"))
    (project / "providers" / "mismatches.toml").write_text(
        '[[mismatch]]\nid = "M-01"\nsentence = "Not in October."\nsource = "portal"\nname = "Other"\n'
        '[[mismatch]]\nid = "M-02"\nsentence = "Not in June."\nsource = "portal"\n'
    )

    rules.write(project)

    assert rules.problems(project) == ["M-02 has no test: Not in June."]


def test_every_rule_of_the_portal_has_a_test() -> None:
    assert rules.problems() == []


def test_every_check_runs_also_after_one_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {"a": "", "b": "wrong", "c": ""}
    three = [check.Check(name, partial(str, answer)) for name, answer in answers.items()]
    monkeypatch.setattr(check, "_checks", lambda: three)
    assert check.main([]) == 1
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines() if line] == [
        ["ok", "a"],
        ["FAILED", "b"],
        ["wrong"],
        ["ok", "c"],
    ]


def test_clean_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_checks", lambda: [check.Check("a", lambda: "")])
    assert check.main([]) == 0
