"""An app's rules.toml: what law and policy ask of it, each rule with its source and the dates it held.

    [[rule]]
    id = "R-15"
    sentence = "A decision is due ten business days after the request was sent."
    source = "Carthage R-9, Regulation 6190"
    valid_from = 2024-08-28

Without `valid_from` the rule has held as long as anyone needs to know, without `valid_to` it still holds;
both days are included. The sentence says what the portal does, for whoever checks it against the source.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ID = re.compile(r"[RVM]-[0-9]{2,3}")
TEXTS = ("id", "sentence", "source")
DATES = ("valid_from", "valid_to")


class InvalidRules(ValueError):
    """A rules.toml is not as it must be. The message names the file and the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `id` is R- (the program), V- (a value in a file) or M- (a mismatch), then 2 or 3 digits."""

    id: str
    sentence: str
    source: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def load_rules(paths: Iterable[Path]) -> dict[str, Rule]:
    """All rules of these files by their id, in the order written.

    Raises InvalidRules for a file that is not TOML or holds anything but rules, a rule with a bad or repeated
    id (also across files), a key missing, unknown or of the wrong type, or an end before its start.
    """
    rules: dict[str, Rule] = {}
    for path in paths:
        for rule in _rules_in(path):
            if rule.id in rules:
                raise InvalidRules(f"{path}: {rule.id} is there twice.")
            rules[rule.id] = rule
    return rules


def _rules_in(path: Path) -> Iterator[Rule]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidRules(f"{path}: not TOML: {error}.") from error
    entries = content.pop("rule", [])
    if content or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidRules(f"{path}: holds something other than [[rule]] entries.")
    for number, entry in enumerate(entries, start=1):
        try:
            yield _rule(entry)
        except InvalidRules as error:
            raise InvalidRules(f"{path}: rule number {number}: {error}") from error


def _rule(entry: Mapping[str, object]) -> Rule:
    if unknown := [key for key in entry if key not in (*TEXTS, *DATES)]:
        raise InvalidRules(f"unknown key {unknown[0]}.")
    rule_id, sentence, source = (_text(entry, key) for key in TEXTS)
    if not ID.fullmatch(rule_id):
        raise InvalidRules(f"{rule_id} is not an id such as R-15.")
    valid_from, valid_to = (_date(entry, key) for key in DATES)
    if valid_from and valid_to and valid_to < valid_from:
        raise InvalidRules(f"{rule_id} ends before it starts.")
    return Rule(rule_id, sentence, source, valid_from, valid_to)


def _text(entry: Mapping[str, object], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidRules(f"{key} must be a text.")
    return value


def _date(entry: Mapping[str, object], key: str) -> dt.date | None:
    value = entry.get(key)
    # TOML also has dates with a time of day, which Python would take for dates.
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | None):
        raise InvalidRules(f"{key} must be a date such as 2024-08-28, without quotation marks.")
    return value
