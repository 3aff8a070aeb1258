"""Texts of the office with what belongs to one concern filled in."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import translation
from django.utils.formats import date_format

from .models import Concern, ResponseTemplate
from .notices import language_of

PLACES = ("number", "due", "name")
_PLACE = re.compile(r"\{(\w+)\}")


def fill(template: ResponseTemplate, concern: Concern) -> str:
    """The template in the writer's language with number, due day and name in their places; other braces stay."""
    language = language_of(concern)
    text = template.text_es if language == "es" else template.text_en
    return fill_text(text, concern, language=language)


def fill_text(text: str, concern: Concern, *, language: str) -> str:
    with translation.override(language):
        due_on = _due_on(concern)
        values = {
            "number": concern.number,
            "due": date_format(due_on, "DATE_FORMAT") if due_on else "",
            "name": concern.name,
        }
    # One pass: a name that looks like a place is not filled in itself.
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), text)


def left_open(text: str) -> list[str]:
    """Words in braces that nobody filled in."""
    return [found[0] for found in _PLACE.finditer(text)]


def _due_on(concern: Concern) -> dt.date | None:
    return concern.reply_clock.due_on if concern.reply_clock else None
