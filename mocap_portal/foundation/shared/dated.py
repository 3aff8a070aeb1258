"""Rows that hold for a span of days: legal values, code meanings, agreements, terms.

A dated row has `valid_from` (first day) and `valid_to` (last day, None = still holds). Both ends count.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

Row = TypeVar("Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[Row]):
    def on(self, day: dt.date) -> Self:
        """The rows that hold on this day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


def starts_before_it_ends(name: str) -> models.CheckConstraint:
    """Refuses a span that ends before it starts."""
    return models.CheckConstraint(
        name=name, condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
    )


def one_at_a_time(name: str, same: Sequence[str], condition: Q | None = None) -> ExclusionConstraint:
    """Refuses two rows that agree in the columns `same` and hold on a common day."""
    span = Func(
        F("valid_from"), F("valid_to"), Value("[]"), function="daterange", output_field=DateRangeField()
    )
    return ExclusionConstraint(
        name=name,
        expressions=[*((column, RangeOperators.EQUAL) for column in same), (span, RangeOperators.OVERLAPS)],
        condition=condition,
    )
