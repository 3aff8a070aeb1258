"""What is asked besides, by the category of a concern: questions.toml.

    [[question]]
    category = "denial"                 # of CodeSet.CONCERN_CATEGORY
    name = "decided_on"                 # in Concern.answers
    kind = "date"                       # date, text, yes_no or choice
    label = "..."   label_es = "..."
    choices = [["iep", "An IEP", "Un IEP"]]   # of a choice: code, words, words in Spanish

Nobody has to answer. `Concern.answers` holds a date as 2026-11-09, a yes as true, a choice as its code.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mocap_portal.foundation.ui.words import long_day

FILE = Path(__file__).parent / "questions.toml"


class Kind(StrEnum):
    DATE = "date"
    TEXT = "text"
    YES_NO = "yes_no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Question:
    """An entry of questions.toml."""

    category: str
    name: str
    kind: Kind
    label: str
    label_es: str
    choices: tuple[tuple[str, str, str], ...] = ()

    @property
    def local_label(self) -> str:
        return self.label_es if get_language() == "es" else self.label

    @property
    def local_choices(self) -> list[tuple[str, str]]:
        spanish = get_language() == "es"
        return [(code, words_es if spanish else words) for code, words, words_es in self.choices]

    def words(self, answer: Any) -> str:
        """An answer as one reads it, in the language of the page."""
        if self.kind == Kind.DATE:
            return long_day(dt.date.fromisoformat(answer))
        if self.kind == Kind.YES_NO:
            return _("Yes") if answer else _("No")
        return dict(self.local_choices).get(answer, str(answer))


def questions_of(category: str) -> list[Question]:
    """The questions that follow a category, in their order."""
    return [question for question in questions() if question.category == category]


def told(category: str, answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was answered, as pairs of words in the language of the page; unanswered questions are left out."""
    return [
        (question.local_label, question.words(answers[question.name]))
        for question in questions_of(category)
        if answers.get(question.name) not in (None, "")
    ]


@cache
def questions() -> tuple[Question, ...]:
    rows = tomllib.loads(FILE.read_text("utf-8"))["question"]
    return tuple(
        Question(
            **{**row, "kind": Kind(row["kind"]), "choices": tuple(tuple(c) for c in row.get("choices", ()))}
        )
        for row in rows
    )
