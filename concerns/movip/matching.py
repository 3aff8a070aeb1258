"""Who in the archive may be the student that a request names, each with the reasons. A suggestion: a person chooses.

The database finds the rows that are near; `likeness` says why a name and a birth date fit, or that they do not.
"""

from __future__ import annotations

import datetime as dt
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, Self

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from .models import ArchiveRow
from .models.archive import ArchiveRowQuerySet

MOST_ROWS = 400  # of the archive that are judged for one search; the nearest
MOST_PEOPLE = 20  # that are shown
_ALIKE = 0.78  # how much of two names must agree to be one name spelled in two ways
_SHORTEST = 3  # letters: below it a part of a name is an initial or a particle
_NICKNAMES = Path(__file__).with_name("nicknames.toml")


class Reason(IntEnum):
    """Why somebody of the archive may be meant. Its number is how much it weighs."""

    BIRTH_DATE = 50
    LAST_NAME = 30
    FIRST_NAME = 20
    BIRTH_DATE_TURNED = 35  # month and day stand in each other's place
    BIRTH_DATE_NEAR = 25  # one of day, month and year differs
    PART_OF_LAST_NAME = 24  # one of two names, joined by a hyphen or not
    LAST_NAME_ALIKE = 21
    NICKNAME = 16
    FIRST_NAME_ALIKE = 14
    NAMES_TURNED = 40  # the first name stands where the last name belongs
    INITIAL = 6


_LEAST = 46  # a last name alone, a first name with a birth date that is near: they suggest nobody


@dataclass(frozen=True, slots=True)
class Terms:
    """What is looked for: every last and first name that the student may stand under, and the birth date."""

    last_names: tuple[str, ...]
    first_names: tuple[str, ...]
    birth_date: dt.date

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"birth_date": self.birth_date.isoformat()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            tuple(data["last_names"]),
            tuple(data["first_names"]),
            dt.date.fromisoformat(data["birth_date"]),
        )


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A person of the archive: name and birth date as they stand there, the courses, and why they may be meant."""

    last_name: str
    first_name: str
    birth_date: dt.date
    rows: tuple[ArchiveRow, ...]
    reasons: tuple[Reason, ...]

    @property
    def weight(self) -> int:
        return sum(self.reasons)


def plain(name: str) -> str:
    """A name as it is compared: without accents, hyphens, apostrophes, spaces and capitals. García-Peña is garciapena.

    Letters that are no Latin ones with something on them stay: Ł, Ø, ß and their like are spelled out.
    """
    # Apart before and after: a capital can stand in a sign that is one only when taken apart (𝕊), and small letters
    # can come together.
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    return "".join(_SPELLED.get(sign, sign) for sign in apart if sign.isalnum())


_SPELLED = {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"}


def spaced(name: str) -> str:
    """A name as the archive keeps it to be searched by: its plain pieces with blanks. García-Peña is garcia pena."""
    apart = "".join(
        sign if sign.isalnum() or sign in "'’" else " " for sign in unicodedata.normalize("NFC", name)
    )
    return " ".join(piece for piece in map(plain, apart.split()) if piece)


def parts(name: str) -> tuple[str, ...]:
    """The names in a name of several, plain, with the whole one first: García-Peña is garciapena, garcia, pena."""
    found = [plain(name), *spaced(name).split()]
    return tuple(dict.fromkeys(piece for piece in found if len(piece) >= _SHORTEST or piece == found[0]))


def turned(birth_date: dt.date) -> dt.date | None:
    """The day with its month and day exchanged; None where there is no such day, or it is the same."""
    if birth_date.day > 12 or birth_date.day == birth_date.month:
        return None
    return birth_date.replace(month=birth_date.day, day=birth_date.month)


def suggestions(terms: Terms) -> list[Suggestion]:
    """The people of the archive who may be meant, the likeliest first, at most MOST_PEOPLE; never one chosen."""
    people: dict[tuple[str, str, dt.date], list[ArchiveRow]] = defaultdict(list)
    for row in _near(terms):
        people[row.former_last_name, row.former_first_name, row.birth_date].append(row)
    found = [
        Suggestion(*person, rows=tuple(sorted(rows, key=_by_term)), reasons=reasons)
        for person, rows in people.items()
        if (reasons := likeness(terms, *person))
    ]
    found.sort(key=lambda one: (-one.weight, one.last_name, one.first_name, one.birth_date))
    return found[:MOST_PEOPLE]


def _by_term(row: ArchiveRow) -> tuple[int, str, str, int]:
    return row.school_year, row.term, row.course_title, row.pk


def likeness(terms: Terms, last_name: str, first_name: str, birth_date: dt.date) -> tuple[Reason, ...]:
    """Why a person of the archive may be the one that is looked for; nothing where too little agrees."""
    last, first = parts(last_name), parts(first_name)
    asked_last = [piece for name in terms.last_names for piece in parts(name)]
    asked_first = [piece for name in terms.first_names for piece in parts(name)]
    whole_last = {plain(name) for name in terms.last_names}
    names = list(_of_names(last, first, asked_last, asked_first, whole_last))
    day = _of_birth_date(terms.birth_date, birth_date)
    reasons = tuple(sorted([*names, *([day] if day else [])], reverse=True))
    is_named = any(reason in _OF_LAST_NAME for reason in names) or Reason.FIRST_NAME in names
    return reasons if is_named and sum(reasons) >= _LEAST else ()


_OF_LAST_NAME = {
    Reason.LAST_NAME,
    Reason.PART_OF_LAST_NAME,
    Reason.LAST_NAME_ALIKE,
    Reason.NAMES_TURNED,
}


def _of_names(
    last: Sequence[str],
    first: Sequence[str],
    asked_last: Collection[str],
    asked_first: Collection[str],
    whole_last: Collection[str],
) -> Iterator[Reason]:
    is_turned = last[0] in asked_first and first[0] in asked_last
    if is_turned and last[0] not in asked_last:
        yield Reason.NAMES_TURNED
        return
    if last[0] in whole_last:
        yield Reason.LAST_NAME
    elif set(last) & set(asked_last):
        yield Reason.PART_OF_LAST_NAME
    elif _is_alike(last, asked_last):
        yield Reason.LAST_NAME_ALIKE
    if set(first) & set(asked_first):
        yield Reason.FIRST_NAME
    elif any(_is_nickname(one, other) for one in first for other in asked_first):
        yield Reason.NICKNAME
    elif _is_alike(first, asked_first):
        yield Reason.FIRST_NAME_ALIKE
    elif any(
        one[:1] == other[:1] for one in first for other in asked_first if min(len(one), len(other)) == 1
    ):
        yield Reason.INITIAL


def _of_birth_date(asked: dt.date, found: dt.date) -> Reason | None:
    if asked == found:
        return Reason.BIRTH_DATE
    if turned(asked) == found:
        return Reason.BIRTH_DATE_TURNED
    same = (asked.year == found.year) + (asked.month == found.month) + (asked.day == found.day)
    return Reason.BIRTH_DATE_NEAR if same == 2 else None


def _is_alike(names: Iterable[str], asked: Iterable[str]) -> bool:
    return any(
        SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
        for one in names
        for other in asked
        if min(len(one), len(other)) >= _SHORTEST
    )


@cache
def _groups() -> dict[str, set[int]]:
    """Each name with the numbers of its groups."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, group in enumerate(tomllib.loads(_NICKNAMES.read_text(encoding="utf-8"))["groups"]):
        for name in group:
            found[name].add(number)
    return dict(found)


def _is_nickname(one: str, other: str) -> bool:
    groups = _groups()
    return bool(groups.get(one, set()) & groups.get(other, set()))


def _short_forms(names: Iterable[str]) -> set[str]:
    """These names and all that stand in a group with one of them."""
    groups = _groups()
    numbers = set[int]().union(*(groups.get(name, set()) for name in names))
    return {*names, *(other for other, own in groups.items() if own & numbers)}


def _near(terms: Terms) -> ArchiveRowQuerySet:
    """The rows whose name is like one asked for, or whose birth date is near; the nearest of them."""
    last = _to_search(terms.last_names)
    first = _to_search(terms.first_names)
    days = {terms.birth_date, turned(terms.birth_date) or terms.birth_date}
    same_last = Q(plain_last__in=last)
    like_last, like_first = Q(), Q()
    for name in last:
        like_last |= Q(plain_last__trigram_similar=name) | Q(plain_last__trigram_word_similar=name)
    for name in first:
        like_first |= Q(plain_first__trigram_similar=name) | Q(plain_first__trigram_word_similar=name)
    like_first |= Q(plain_first__in=_short_forms(first))
    exchanged = Q(plain_last__in=first, plain_first__in=last)
    rows = ArchiveRow.objects.filter(
        Q(birth_date__in=days) | same_last | (like_last & like_first) | exchanged
    )
    return rows.annotate(
        day=Case(When(birth_date__in=days, then=Value(0)), default=Value(1), output_field=IntegerField()),
        named=Case(When(same_last, then=Value(0)), default=Value(1), output_field=IntegerField()),
        like=_most("plain_last", last) + _most("plain_first", sorted(_short_forms(first))),
    ).order_by(F("day") + F("named"), "-like", "day", "pk")[:MOST_ROWS]


def _to_search(names: Iterable[str]) -> list[str]:
    """Whole names and their pieces, as the archive has them."""
    found = {spaced(name) for name in names} | {piece for name in names for piece in parts(name)}
    return sorted(found - {""})


def _most(column: str, names: Sequence[str]) -> Combinable:
    """How like the likest of these names is."""
    likenesses = [TrigramSimilarity(column, name) for name in names]
    return Greatest(*likenesses, Value(0.0)) if likenesses else Value(0.0)
