"""A rules file that is right is read whole; one that is wrong is refused with the place and the reason."""

import datetime as dt
from pathlib import Path

import pytest

from mocap_portal.foundation.shared.rules import InvalidRules, Rule, load_rules

GOOD = """
[[rule]]
id = "R-15"
sentence = "A decision is due after ten business days."
source = "Carthage R-9, Regulation 6190"
valid_from = 2024-08-28
valid_to = 2025-06-30

[[rule]]
id = "R-137"
sentence = "Nothing goes to a provider without a data agreement."
source = "State data agreement"
"""


def written(folder: Path, text: str, name: str = "rules.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_rules_are_read_in_the_order_written(tmp_path: Path) -> None:
    more = written(tmp_path, GOOD.replace("R-1", "V-1"), "more.toml")

    rules = load_rules([written(tmp_path, GOOD), more])

    assert list(rules) == ["R-15", "R-137", "V-15", "V-137"]
    assert rules["R-15"] == Rule(
        id="R-15",
        sentence="A decision is due after ten business days.",
        source="Carthage R-9, Regulation 6190",
        valid_from=dt.date(2024, 8, 28),
        valid_to=dt.date(2025, 6, 30),
    )
    assert (rules["R-137"].valid_from, rules["R-137"].valid_to) == (None, None)


def test_a_file_without_rules_is_allowed(tmp_path: Path) -> None:
    assert load_rules([written(tmp_path, "# None yet.\n")]) == {}


def test_a_rule_may_hold_for_one_day(tmp_path: Path) -> None:
    rules = load_rules([written(tmp_path, GOOD.replace("2025-06-30", "2024-08-28"))])

    assert rules["R-15"].valid_to == dt.date(2024, 8, 28)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"R-137"', '"R-15"', "R-15 is there twice."),
        ('"R-15"', '"R-7"', "rule number 1: R-7 is not an id such as R-15."),
        ('"R-137"', '"X-137"', "rule number 2: X-137 is not an id such as R-15."),
        ('"R-15"', '"R-15 "', "rule number 1: R-15  is not an id such as R-15."),
        ('id = "R-15"', "id = 15", "rule number 1: id must be a text."),
        ('source = "State data agreement"', 'source = " "', "rule number 2: source must be a text."),
        ('source = "State data agreement"', "", "rule number 2: source must be a text."),
        ("valid_to", "valid_til", "rule number 1: unknown key valid_til."),
        (
            "2024-08-28",
            '"2024-08-28"',
            "rule number 1: valid_from must be a date such as 2024-08-28, without quotation marks.",
        ),
        (
            "2025-06-30",
            "2025-06-30T00:00:00Z",
            "rule number 1: valid_to must be a date such as 2024-08-28, without quotation marks.",
        ),
        ("2025-06-30", "2024-08-27", "rule number 1: R-15 ends before it starts."),
        ("[[rule]]", "[[rules]]", "holds something other than [[rule]] entries."),
        (GOOD, "[rule]", "holds something other than [[rule]] entries."),
        (GOOD, "rule = [15]", "holds something other than [[rule]] entries."),
        (GOOD, "rule = ", "not TOML: Invalid value (at end of document)."),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    path = written(tmp_path, GOOD.replace(before, after))

    with pytest.raises(InvalidRules) as caught:
        load_rules([path])

    assert str(caught.value) == f"{path}: {message}"


def test_an_id_belongs_to_one_file(tmp_path: Path) -> None:
    first, second = written(tmp_path, GOOD), written(tmp_path, GOOD, "second.toml")

    with pytest.raises(InvalidRules) as caught:
        load_rules([first, second])

    assert str(caught.value) == f"{second}: R-15 is there twice."
