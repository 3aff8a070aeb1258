"""When a student's rights are their own (34 CFR 99.5): in a query, by the dated age that holds on a day."""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Cast

from mocap_portal.foundation.directory.models import LegalKey, LegalValue


def age_on(birth_date: dt.date, day: dt.date) -> int:
    """Full years. Someone born on 29 February has a birthday on 1 March of a common year."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


class YearsBefore(models.Func):
    """`YearsBefore(day, years)`: the date so many years before. Before 29 February in a common year is the 28th."""

    template = "(%(expressions)s))::date"
    arg_joiner = " - make_interval(years => "
    output_field = models.DateField()


def of_age(birth_date: str, *, on: dt.date) -> Q:
    """Whether whoever was born on the date in this column is of age on this day.

    Someone born on 29 February comes of age on 1 March of a common year. Without a dated age nobody is a minor, so
    that a gap in the state's values opens nothing.
    """
    return ~Q(**{f"{birth_date}__gt": born_by(on)})


def born_by(on: dt.date) -> Any:
    """The birth date of whoever comes of age on this day, as an expression."""
    age = LegalValue.objects.on(on).filter(key=LegalKey.ADULT_AGE).values("number")[:1]
    return YearsBefore(Cast(Value(on), models.DateField()), Cast(Subquery(age), models.IntegerField()))
