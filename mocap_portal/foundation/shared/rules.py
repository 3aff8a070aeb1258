"""An app's rules.toml: what law and policy ask of it, each rule with its source and the dates it held.

    [[rule]]
    id = "R-15"
    sentence = "A decision is due ten business days after the request was sent."
    source = "Carthage R-9, Regulation 6190"
    valid_from = 2024-08-28

Without `valid_from` the rule has held as long as anyone needs to know, without `valid_to` it still holds;
both days are included. The sentence says what the portal does, for whoever checks it against the source.

A rule about files (V-) also says what the sender of a file reads:

    severity = "E"                     # E blocks, W asks to be acknowledged; none: what is accepted
    message = "“{value}” is not ten digits."
    remedy = "Export the column as text."
    numbers = { most = 3000 }          # limits of the portal's own, named for its check
    why = "Spreadsheets drop zeros."   # for the rule's own page: what it is good for, how it comes to be broken
    never_waived = true                # not even for one district
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

ID = re.compile(r"[RVM]-[0-9]{2,3}")
TEXTS = ("id", "sentence", "source")
DATES = ("valid_from", "valid_to")
WORDS_OF_FILES = ("severity", "message", "remedy")
NUMBERS, WHY, NEVER_WAIVED = "numbers", "why", "never_waived"

KEYS = (*TEXTS, *DATES, *WORDS_OF_FILES, NUMBERS, WHY, NEVER_WAIVED)


class InvalidRules(ValueError):
    """A rules.toml is not as it must be. The message names the file and the rule."""


class Severity(StrEnum):
    """How much a broken rule about files weighs: an error blocks, a warning asks to be acknowledged."""

    ERROR = "E"
    WARNING = "W"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `id` is R- (the program), V- (a value in a file) or M- (a mismatch), then 2 or 3 digits.

    `severity` is None where a rule says what is accepted; then there is no message and no remedy.
    """

    id: str
    sentence: str
    source: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    severity: Severity | None = None
    message: str = ""
    remedy: str = ""
    numbers: Mapping[str, Decimal | int] = field(default_factory=dict)
    why: str = ""
    never_waived: bool = False

    def held_in(self, first: dt.date, last: dt.date) -> bool:
        """Whether the rule held on any of these days."""
        return not (self.valid_from and self.valid_from > last) and not (
            self.valid_to and self.valid_to < first
        )


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
        content = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
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
    if unknown := [key for key in entry if key not in KEYS]:
        raise InvalidRules(f"unknown key {unknown[0]}.")
    rule_id, sentence, source = (_text(entry, key) for key in TEXTS)
    if not ID.fullmatch(rule_id):
        raise InvalidRules(f"{rule_id} is not an id such as R-15.")
    valid_from, valid_to = (_date(entry, key) for key in DATES)
    if valid_from and valid_to and valid_to < valid_from:
        raise InvalidRules(f"{rule_id} ends before it starts.")
    why = _text(entry, WHY) if WHY in entry else ""
    never_waived = entry.get(NEVER_WAIVED, False)
    if not isinstance(never_waived, bool):
        raise InvalidRules("never_waived must be true or false.")
    return Rule(
        rule_id, sentence, source, valid_from, valid_to, *_words(entry), _numbers(entry), why, never_waived
    )


def _words(entry: Mapping[str, object]) -> tuple[Severity | None, str, str]:
    """Severity, message and remedy: all three or none."""
    if not any(key in entry for key in WORDS_OF_FILES):
        return None, "", ""
    severity, message, remedy = (_text(entry, key) for key in WORDS_OF_FILES)
    if severity not in list(Severity):
        raise InvalidRules(f"severity is {severity}, not E or W.")
    return Severity(severity), message, remedy


def _numbers(entry: Mapping[str, object]) -> dict[str, Decimal | int]:
    numbers = entry.get(NUMBERS, {})
    if not isinstance(numbers, dict) or not all(
        isinstance(value, int | Decimal) for value in numbers.values()
    ):
        raise InvalidRules("numbers must be a table of numbers.")
    return numbers


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
