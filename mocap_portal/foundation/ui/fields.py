"""Form fields that the portal asks more than once and Django does not have."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape  # Django's own looks at each text for whether it is one
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import BaseRenderer
from django.forms.utils import flatatt
from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.ui.words import long_day


def whatever_is_wrong(sentence: Any) -> dict[str, Any]:
    """The error messages of a box for a number: missing, no number, too small or too large, one sentence mends it."""
    return dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)


class MemorableDateWidget(forms.MultiWidget):
    """Month, day and year in three boxes.

    A date that people know by heart is typed faster than it is found in a calendar. The month is
    picked by name, so that nobody has to know which number comes first.
    """

    use_fieldset = True
    part_labels: Sequence[tuple[str, str | Promise]] = (
        ("month", _("Month")),
        ("day", _("Day")),
        ("year", _("Year")),
    )

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        digits = {"inputmode": "numeric", "autocomplete": "off"}
        months = [("", _("Choose")), *((str(number), name) for number, name in MONTHS.items())]
        super().__init__(
            {
                "month": forms.Select(choices=months, attrs={"autocomplete": "off"}),
                "day": forms.TextInput(attrs={**digits, "maxlength": "2"}),
                "year": forms.TextInput(attrs={**digits, "maxlength": "4"}),
            },
            attrs,
        )

    def decompress(self, value: dt.date | None) -> list[str | None]:
        return [str(value.month), str(value.day), str(value.year)] if value else [None, None, None]


class CopiedField(forms.CharField):
    """A number, secret or code that is copied off a paper: no browser completes it or finds its spelling wrong.

    `missing`: the sentence for who left it empty.
    """

    def __init__(self, *, missing: Any, max_length: int = 30, **more: Any) -> None:
        widget = forms.TextInput({"autocomplete": "off", "spellcheck": "false"})
        super().__init__(widget=widget, max_length=max_length, error_messages={"required": missing}, **more)


class LongSelect(forms.Select):
    """A select whose options are drawn together: Django opens a template for each, which a hundred of them make felt.

    For choices without groups, in plain words: none is taken for markup.
    """

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        chosen = set(self.format_value(value))
        options = "\n".join(
            f'<option value="{escape(key)}"{" selected" if key in chosen else ""}>{escape(label)}</option>'
            for key, label in ((str(key), str(label)) for key, label in self.choices)
        )
        around = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return mark_safe(f"<select{around}>\n{options}\n</select>")  # noqa: S308  # each part is escaped


class _Names(forms.models.ModelChoiceIterator):  # type: ignore[type-arg]
    """Keys and names alone: five hundred rows of districts made into objects cost more than the page around them."""

    field: NameField

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield ("", self.field.empty_label)
        yield from self.queryset.values_list("pk", self.field.name)


class NameField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of many rows by a name, which is all that is read of them. `name`: the path to it, as in a query."""

    widget = LongSelect
    iterator = _Names

    def __init__(self, *, name: str = "name", **more: Any) -> None:
        self.name = name
        super().__init__(**more)


class PartyField(NameField):
    """One of many districts or providers, by the name of its organization."""

    def __init__(self, **more: Any) -> None:
        super().__init__(name="organization__name", **more)


# Beyond these a year is mistyped: 0202, 9999. Adding days to the last of all dates would fail besides.
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


class MemorableDateField(forms.MultiValueField):
    """A date in three boxes, cleaned to datetime.date, or to None when it is not required and all three are empty.

    Every mistake is said in one sentence: which box is empty, that a year needs four digits, that the day doesn't
    exist. `earliest` and `latest` bound it; a form that must know today's date sets them on its own field.
    """

    widget = MemorableDateWidget
    default_error_messages = {
        "required": _("Enter the month, the day and the year."),
        "missing": _("The date is not complete. Add the %(parts)s."),
        "digits": _("Use digits only for the day and the year, for example 9 and 2011."),
        "year": _("Enter the year with four digits, for example 2011."),
        "unknown": _("This day does not exist. Check the month and the day."),
        "early": _("The date must be %(limit)s or later."),
        "late": _("The date must be %(limit)s or earlier."),
    }
    part_names = (_("month"), _("day"), _("year"))

    def __init__(self, *, earliest: dt.date = FIRST_DAY, latest: dt.date = LAST_DAY, **kwargs: Any) -> None:
        self.earliest = earliest
        self.latest = latest
        # The parts are never required on their own: compress() says what is missing in one sentence.
        parts = [forms.CharField(required=False) for _part in self.part_names]
        super().__init__(fields=parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> dt.date | None:
        """`data_list`: the three texts, or nothing when all boxes are empty. Raises ValidationError."""
        if not data_list:
            return None
        missing = [str(name) for name, text in zip(self.part_names, data_list, strict=True) if not text]
        if missing:
            raise self._error("missing", parts=", ".join(missing))
        if not all(text.isascii() and text.isdigit() for text in data_list):
            raise self._error("digits")
        month, day, year = (int(text) for text in data_list)
        if len(data_list[2]) != 4:
            raise self._error("year")
        try:
            date = dt.date(year, month, day)
        except ValueError as error:
            raise self._error("unknown") from error
        if date < self.earliest:
            raise self._error("early", limit=long_day(self.earliest))
        if date > self.latest:
            raise self._error("late", limit=long_day(self.latest))
        return date

    def _error(self, code: str, **params: str) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)
