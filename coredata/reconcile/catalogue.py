"""The catalogue of mismatches: what can disagree, what each reader is told about it and who can mend it.

It is data, mismatches.toml. How each is found is the engine's SQL; here it only has its numbers and its words.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.rules import ID

PATH = Path(__file__).with_name("mismatches.toml")
NOTHING = "—"  # where a fact is missing

PLACES = frozenset(["expected", "found", "approved", "reported", "date", "other", "number", "limit"])
# A provider is told what it reported itself, never what else the district or another provider has.
PLACES_OF_PROVIDERS = frozenset(["reported", "date", "number", "limit"])

_TEXTS = ("id", "name", "sentence", "why", "source")
_SENTENCES = ("district", "provider", "dese")
_KEYS = frozenset([*_TEXTS, *_SENTENCES, "family", "severity", "acts", "remedy", "causes", "runs", "numbers"])

_Choice = TypeVar("_Choice", bound=StrEnum)


class InvalidCatalogue(ValueError):
    """mismatches.toml is not as it must be. The message names the file, the entry and what it lacks."""


class Family(models.TextChoices):
    """What a mismatch is about; in this order on pages."""

    PRESENCE = "presence", _("Who is where")
    IDENTITY = "identity", _("Who is who")
    CODES = "codes", _("Codes and delivery")
    COURSE = "course", _("Course and term")
    TIMING = "timing", _("Dates and status")
    RESIDENCE = "residence", _("District and residence")
    LOAD = "load", _("Load and eligibility")
    SUBMISSION = "submission", _("Missing or old files")
    OUTCOME = "outcome", _("Outcomes")
    RECORDS = "records", _("Records and agreements")


class Severity(models.TextChoices):
    MUST = "E", _("Must be fixed")
    REVIEW = "W", _("Needs a look")
    INFORMATION = "I", _("For information")


class Actor(models.TextChoices):
    """Who can mend it."""

    DATA_CLERK = "DC", _("District data clerk")
    COORDINATOR = "MC", _("District MOCAP coordinator")
    HOST = "HD", _("Host district")
    PROVIDER = "VN", _("Provider")
    DESE = "DE", _("MOCAP office")


class Runs(StrEnum):
    """Where it can be found: certified data, or only data that is not certified yet."""

    NIGHT = "night"
    REHEARSAL = "rehearsal"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause. `id` is what the engine writes into Mismatch.cause."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One code. `sentence` says when it is found, for whoever checks the rule.

    `district`, `provider`, `dese`: what each reads; empty for those to whom it is not shown. `remedy`: step by step.
    `causes`: the commonest first. `numbers`: the portal's own limits; days, percent (`share`), rows, credits.
    """

    id: str
    name: str
    family: Family
    severity: Severity
    sentence: str
    district: str
    provider: str
    dese: str
    acts: tuple[Actor, ...]
    remedy: tuple[str, ...]
    causes: tuple[Cause, ...]
    why: str
    source: str
    runs: Runs
    numbers: Mapping[str, int | Decimal]

    def cause(self, cause_id: str) -> Cause | None:
        """The likely cause of this id; None when it has no such."""
        return next((cause for cause in self.causes if cause.id == cause_id), None)

    def fill(self, sentence: str, facts: Mapping[str, Any]) -> str:
        """A sentence (or a step of the remedy) with the facts of a mismatch in their places, days as people write them.

        `limit` is the code's own number unless the facts say otherwise. A missing fact is an em dash.
        """
        own_limit = {"limit": next(iter(self.numbers.values()))} if len(self.numbers) == 1 else {}
        values = {place: _shown({**own_limit, **facts}.get(place)) for place in PLACES}
        return sentence.format_map(values)


def load(path: Path = PATH) -> Mapping[str, Kind]:
    """Every code of the file, in the order written. Raises InvalidCatalogue."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidCatalogue(f"{path.name}: not TOML: {error}.") from error
    entries = content.pop("mismatch", [])
    if content or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InvalidCatalogue(f"{path.name}: holds something other than [[mismatch]] entries.")
    kinds: dict[str, Kind] = {}
    for number, entry in enumerate(entries, start=1):
        name = entry.get("id") or f"entry number {number}"
        try:
            kind = _kind(entry)
        except InvalidCatalogue as error:
            raise InvalidCatalogue(f"{path.name}: {name}: {error}") from error
        if kind.id in kinds:
            raise InvalidCatalogue(f"{path.name}: {name} is there twice.")
        kinds[kind.id] = kind
    return MappingProxyType(kinds)


def _kind(entry: Mapping[str, Any]) -> Kind:
    if unknown := sorted(entry.keys() - _KEYS):
        raise InvalidCatalogue(f"unknown key {unknown[0]}.")
    texts = {key: _text(entry, key) for key in _TEXTS}
    if not (ID.fullmatch(texts["id"]) and texts["id"].startswith("M-")):
        raise InvalidCatalogue("the id is not one such as M-01.")
    sentences = {key: _sentence(entry, key) for key in _SENTENCES}
    if not any(sentences.values()):
        raise InvalidCatalogue("is shown to nobody: district, provider and dese are all empty.")
    remedy = _list(entry, "remedy")
    for step in remedy:
        _check_places("remedy", step, PLACES)
    return Kind(
        **texts,
        **sentences,
        family=_choice(entry, "family", Family),
        severity=_choice(entry, "severity", Severity),
        acts=tuple(_chosen("acts", value, Actor) for value in _list(entry, "acts", may_be_empty=True)),
        remedy=remedy,
        causes=_causes(entry),
        runs=_choice(entry, "runs", Runs),
        numbers=_numbers(entry),
    )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidCatalogue(f"{key} must be a text.")
    return value


def _sentence(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise InvalidCatalogue(f"{key} must be a text, an empty one where it is not shown.")
    _check_places(key, value, PLACES_OF_PROVIDERS if key == "provider" else PLACES)
    return value


def _check_places(key: str, sentence: str, allowed: frozenset[str]) -> None:
    for _literal, place, spec, conversion in Formatter().parse(sentence):
        if place is not None and (place not in allowed or spec or conversion):
            raise InvalidCatalogue(f"{key} has no place for {{{place}}}.")


def _list(entry: Mapping[str, Any], key: str, *, may_be_empty: bool = False) -> tuple[str, ...]:
    value = entry.get(key)
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise InvalidCatalogue(f"{key} must be a list of texts.")
    if not value and not may_be_empty:
        raise InvalidCatalogue(f"{key} is empty.")
    return tuple(value)


def _choice(entry: Mapping[str, Any], key: str, choices: type[_Choice]) -> _Choice:
    return _chosen(key, _text(entry, key), choices)


def _chosen(key: str, value: str, choices: type[_Choice]) -> _Choice:
    if value not in list(choices):
        raise InvalidCatalogue(f"{key} is {value}, not one of {', '.join(choices)}.")
    return choices(value)


def _causes(entry: Mapping[str, Any]) -> tuple[Cause, ...]:
    values = entry.get("causes")
    if not isinstance(values, list) or not values:
        raise InvalidCatalogue("causes must be a list of { id, text }.")
    causes = []
    for value in values:
        if not isinstance(value, dict) or value.keys() != {"id", "text"}:
            raise InvalidCatalogue("causes must be a list of { id, text }.")
        causes.append(Cause(_text(value, "id"), _text(value, "text")))
    if len({cause.id for cause in causes}) < len(causes):
        raise InvalidCatalogue("a cause is there twice.")
    return tuple(causes)


def _numbers(entry: Mapping[str, Any]) -> Mapping[str, int | Decimal]:
    numbers = entry.get("numbers", {})
    if not isinstance(numbers, dict) or not all(
        isinstance(value, int | Decimal) and not isinstance(value, bool) for value in numbers.values()
    ):
        raise InvalidCatalogue("numbers must be a table of numbers.")
    return MappingProxyType(numbers)


def _shown(value: object) -> str:
    """A fact as people read it. Facts are JSON: a day is a text such as 2026-10-15."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, str) and len(value) == len("2026-10-15"):
        try:
            return date_format(dt.date.fromisoformat(value))
        except ValueError:
            return value
    return str(value)


CATALOGUE: Mapping[str, Kind] = load()
