"""Dates, times and money as people read them, in Missouri's time and in the reader's language."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, number_format
from django.utils.numberformat import format as format_number
from django.utils.translation import get_language, gettext, pgettext

CENTRAL = ZoneInfo("America/Chicago")


def central_day(value: dt.date | dt.datetime) -> dt.date:
    """The day in Missouri. A datetime must be aware; a date is taken as it is."""
    return value.astimezone(CENTRAL).date() if isinstance(value, dt.datetime) else value


def long_day(value: dt.date | dt.datetime) -> str:
    """Monday, December 7, 2026"""
    return _long_day(central_day(value), get_language())


def short_day(value: dt.date | dt.datetime) -> str:
    """Dec. 7, 2026: for tables, where a column is narrow."""
    return _short_day(central_day(value), get_language())


# A list shows few days many times, and to put one into words takes as long as to find a row.
@functools.lru_cache(maxsize=4096)
def _long_day(day: dt.date, _language: str | None) -> str:
    return date_format(day, pgettext("long date, in Django's date letters", "l, F j, Y"))


@functools.lru_cache(maxsize=4096)
def _short_day(day: dt.date, _language: str | None) -> str:
    return date_format(day, pgettext("short date, in Django's date letters", "M j, Y"))


def moment_words(value: dt.datetime) -> str:
    """December 7, 2026 at 3:05 p.m. Central time"""
    local = value.astimezone(CENTRAL)
    return gettext("%(day)s at %(time)s Central time") % {
        "day": date_format(local, pgettext("date, in Django's date letters", "F j, Y")),
        "time": date_format(local, pgettext("time of day, in Django's date letters", "g:i a")),
    }


def grouped(number: int) -> str:
    """12,345"""
    return number_format(number, force_grouping=True)


def dollars(amount: Decimal | int) -> str:
    """$1,250.00, and $1,250 when there are no cents."""
    places = 0 if amount == int(amount) else 2
    return f"${format_number(amount, '.', decimal_pos=places, grouping=3, thousand_sep=',', force_grouping=True)}"
