"""The smallest pieces of a page: a day, a moment, a status. Tags of templates, and cells of tables drawn in Python.

Put together here and not in templates, because a list shows two or three in each of its rows.
"""

from __future__ import annotations

import datetime as dt
import functools

from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from mocap_portal.foundation.ui import words

# A status is a word with a picture; its color only helps. The kinds say what it means to the reader.
STATUS_ICONS = {
    "good": "check",  # approved, confirmed, done
    "bad": "cross",  # denied, failed
    "waiting": "clock",  # somebody else is at it
    "todo": "alert",  # you are at it
    "info": "info",  # a fact
    "off": "dash",  # closed, withdrawn, not yet
}
NOTHING = SafeString("")


def day(value: dt.date | dt.datetime | None) -> SafeString:
    """Monday, December 7, 2026 (in Missouri); nothing for None."""
    return NOTHING if value is None else _time(words.central_day(value).isoformat(), words.long_day(value))


def short_day(value: dt.date | dt.datetime | None) -> SafeString:
    """Dec. 7, 2026 (in Missouri); nothing for None."""
    return NOTHING if value is None else _time(words.central_day(value).isoformat(), words.short_day(value))


def moment(value: dt.date | dt.datetime | None) -> SafeString:
    """December 7, 2026 at 3:05 p.m. Central time; a plain date as `day`; nothing for None."""
    if not isinstance(value, dt.datetime):
        return day(value)
    return _time(value.isoformat(timespec="minutes"), words.moment_words(value))


def _time(machine: str, people: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, people)


def status(kind: str, label: str) -> SafeString:
    """A status as icon and words. `kind` is one of STATUS_ICONS; KeyError for any other."""
    return format_html("{}{}</span>", _status_start(kind), label)


@functools.cache
def _status_start(kind: str) -> SafeString:
    return format_html(
        '<span class="portal-status portal-status--{}"><svg class="portal-icon" aria-hidden="true" '
        'focusable="false"><use href="{}#{}"></use></svg>',
        kind,
        static("icons.svg"),
        STATUS_ICONS[kind],
    )


def by_when(due: dt.date | None, today: dt.date) -> SafeString:
    """Dec. 7, 2026, and a status where that is today or over; nothing for None."""
    if not due:
        return NOTHING
    if due > today:
        return short_day(due)
    how = status("bad", gettext("Overdue")) if due < today else status("todo", gettext("Due today"))
    return format_html("{} {}", short_day(due), how)


def filled(sentence: str, **values: str) -> SafeString:
    """A translated sentence with values filled in that may be pieces of a page, as `blocktranslate` does it."""
    return SafeString(sentence % {name: conditional_escape(value) for name, value in values.items()})


def tick(key: int, label: str, *, name: str, form: str = "") -> SafeString:
    """A box that chooses a row: sends its key as `name`. `label` is read out. `form`: its id, if the box is outside."""
    return format_html(
        '<span class="usa-checkbox portal-tick"><input class="usa-checkbox__input" type="checkbox" '
        'id="choose-{key}" name="{name}" value="{key}"{form}><label class="usa-checkbox__label" '
        'for="choose-{key}"><span class="usa-sr-only">{label}</span></label></span>',
        key=key,
        label=label,
        name=name,
        form=format_html(' form="{}"', form) if form else NOTHING,
    )
