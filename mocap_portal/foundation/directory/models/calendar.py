"""School years, terms and the days on which nothing counts."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.history import tracked

from .organizations import Lea


class SchoolYear(models.Model):
    """A school year by the calendar year in which it ends: 2027 is 2026-27 (MOSIS CurrentSchoolYear)."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="school_year_starts_before_it_ends", condition=Q(ends_on__gt=F("starts_on"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.year - 1}-{self.year % 100:02d}"


class TermCode(models.TextChoices):
    S1 = "S1", _("First semester")
    S2 = "S2", _("Second semester")
    YL = "YL", _("Whole year")
    SU = "SU", _("Summer")


class TermQuerySet(models.QuerySet["Term"]):
    def open_to_requests(self, day: dt.date) -> Self:
        """Terms that a family may ask for on this day: not over, and never summer (R-09)."""
        return self.filter(ends_on__gt=day).exclude(code=TermCode.SU)


class Term(models.Model):
    """When a course is taken. The dates are the state's usual ones; a provider may start inside them."""

    school_year = models.ForeignKey(SchoolYear, on_delete=models.CASCADE, related_name="terms")
    code = models.CharField(max_length=2, choices=TermCode.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_year", "code"], name="term_once_per_year"),
            models.CheckConstraint(
                name="term_starts_before_it_ends", condition=Q(ends_on__gt=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.school_year}"


class ClosedDayQuerySet(models.QuerySet["ClosedDay"]):
    def for_lea(self, lea_id: int | None) -> Self:
        """State holidays, and this LEA's own closed days."""
        return self.filter(Q(lea__isnull=True) | Q(lea=lea_id))


@tracked()
class ClosedDay(models.Model):
    """A day that is not a business day: statewide (lea is None) or for one LEA."""

    lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.CASCADE, related_name="closed_days")
    date = models.DateField()
    reason = models.CharField(max_length=120)
    source = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    emergency_asked_at = models.DateTimeField(null=True, blank=True)
    emergency_confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = ClosedDayQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lea", "date"], nulls_distinct=False, name="closed_once_per_lea"),
        ]
        indexes = [models.Index(fields=["date"], name="closed_day_by_date")]

    def __str__(self) -> str:
        return f"{self.date} {self.reason}"


@tracked()
class RequestWindow(models.Model):
    """When an LEA would like to get requests for a term. Guidance, unless its policy lets it block (R-14, D-04)."""

    lea = models.ForeignKey(Lea, on_delete=models.CASCADE, related_name="request_windows")
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="request_windows")
    opens_on = models.DateField()
    closes_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lea", "term"], name="one_window_per_lea_and_term"),
            models.CheckConstraint(
                name="window_opens_before_it_closes", condition=Q(closes_on__gte=F("opens_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens_on} to {self.closes_on}"
