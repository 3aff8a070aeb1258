"""How many courses stand behind each choice of the catalog's filters, given all the others.

The courses that the words find are counted once, by all columns one can choose by: a few hundred cells instead of
twenty thousand courses. From these cells follow the counts of every choice and of the whole list.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import Count

from mocap_portal.foundation.directory.models import Provider

from .days import CatalogDay
from .models import CourseQuerySet, Word

FACETS = ("subject", "grade", "structure", "instruction", "provider", "ap", "timing")
COLUMNS = (
    "subject",
    "structure",
    "instruction",
    "provider_id",
    "ap",
    "timing",
    "grade_low",
    "grade_high",
)
Kept = TypeVar("Kept")

KEPT_FOR = 60  # seconds: of two changes at once the earlier number may come last
LAST_CHANGES = """
    SELECT (SELECT max(pgh_id) FROM providers_courseevent),
           (SELECT max(pgh_id) FROM providers_authorizationevent),
           (SELECT max(pgh_id) FROM providers_sanctionevent)
"""

# How many courses have these values: per facet, in the order of FACETS, those under which they are found.
Cell = tuple[int, tuple[tuple[str, ...], ...]]


def narrow(courses: CourseQuerySet, chosen: Mapping[str, str]) -> CourseQuerySet:
    """The courses that fit what was chosen: values by the names of FACETS, none of them empty."""
    for facet, value in chosen.items():
        if facet == "grade":
            courses = courses.for_grade(int(value))
        elif facet == "ap":
            courses = courses.filter(ap=True)
        else:
            courses = courses.filter(**{facet: value})
    return courses


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search found: the words as they were understood, how many courses, and how many behind each choice.

    `counts`: per facet, by value. `subjects` and `providers` (names by their ids as text): what the words alone find.
    """

    words: list[Word]
    total: int
    counts: dict[str, dict[str, int]]
    subjects: list[str]
    providers: dict[str, str]


def ask(day: CatalogDay, words: str, chosen: Mapping[str, str]) -> Answer:
    """Count the courses on offer on this day that the words find and that fit what was chosen.

    The same is not counted twice within a minute, unless the catalog changed in between: it is the same for everybody.
    """
    edition = [connection.settings_dict["NAME"], _changes(), day.on.isoformat()]
    question = [*edition, words.casefold().split()]
    return _once(
        [*question, sorted(chosen.items())],
        lambda: _answer(chosen, *_once(question, lambda: _cells(day, words, edition))),
    )


def _answer(chosen: Mapping[str, str], understood: list[Word], cells: list[Cell]) -> Answer:
    total, counts = count(cells, chosen)
    found = count(cells, {})[1] if chosen else counts
    return Answer(
        words=understood,
        total=total,
        counts={facet: dict(values) for facet, values in counts.items()},
        subjects=sorted(found["subject"]),
        providers=provider_names(found["provider"]),
    )


def _once(question: list[Any], find: Callable[[], Kept]) -> Kept:
    key = "catalog-" + hashlib.sha256(json.dumps(question).encode()).hexdigest()
    found: Kept | None = cache.get(key)
    if found is None:
        found = find()
        cache.set(key, found, KEPT_FOR)
    return found


def _cells(day: CatalogDay, words: str, edition: list[Any]) -> tuple[list[Word], list[Cell]]:
    courses = day.courses()
    understood = courses.understand(
        words, vocabulary=lambda: _once([*edition, "vocabulary"], courses.vocabulary)
    )
    return understood, _count(courses.having(understood))


def _changes() -> list[int | None]:
    """The number of the last change of each table the catalog is made of."""
    with connection.cursor() as cursor:
        cursor.execute(LAST_CHANGES)
        return list(cursor.fetchone())


def _count(courses: CourseQuerySet) -> list[Cell]:
    rows = courses.order_by().values(*COLUMNS).annotate(courses=Count("id"))
    return [(row["courses"], _values(row)) for row in rows]


def _values(row: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    return (
        (row["subject"],),
        tuple(str(grade) for grade in range(row["grade_low"], row["grade_high"] + 1)),
        (row["structure"],),
        (row["instruction"],),
        (str(row["provider_id"]),),
        ("yes",) if row["ap"] else (),
        (row["timing"],),
    )


def count(cells: Iterable[Cell], chosen: Mapping[str, str]) -> tuple[int, dict[str, Counter[str]]]:
    """How many courses fit all that was chosen, and per facet and value how many would fit with that choice instead."""
    places = [(FACETS.index(facet), value) for facet, value in chosen.items()]
    total = 0
    counts: list[Counter[str]] = [Counter() for _facet in FACETS]
    for courses, values in cells:
        missed = [place for place, value in places if value not in values[place]]
        if len(missed) > 1:
            continue
        total += 0 if missed else courses
        for place in missed or range(len(FACETS)):
            for value in values[place]:
                counts[place][value] += courses
    return total, dict(zip(FACETS, counts, strict=True))


def provider_names(ids: Iterable[str]) -> dict[str, str]:
    """The names of these providers by their ids as text, in the order of the alphabet."""
    found: Any = Provider.objects.filter(pk__in=[int(text) for text in ids]).order_by("organization__name")
    return {str(pk): name for pk, name in found.values_list("pk", "organization__name")}
