"""By which numbers it is decided that concerns rise, each night's look, and the notes that it raised."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked

from .method import NoteKind


class NoMethod(LookupError):
    """No row of numbers holds on this day: the state office has to enter one."""


class MethodQuerySet(DatedQuerySet["Method"]):
    def at(self, day: dt.date) -> Method:
        """The numbers of this day. Raises NoMethod."""
        found = self.on(day).first()
        if found is None:
            raise NoMethod(str(day))
        return found


@tracked()
class Method(models.Model):
    """The numbers that hold for a span of days; docs/decisions/0026 says what they do and what was measured.

    `weight`: how many concerns elsewhere the calendar counts for, when it is asked how the others went. `night_budget`:
    how many notes a quiet night may raise, counted over all cells.
    """

    version = models.PositiveSmallIntegerField(help_text=_("Of the way of counting, as the notes name it"))
    window_days = models.PositiveSmallIntegerField(help_text=_("The last days, which are looked at"))
    past_days = models.PositiveSmallIntegerField(
        help_text=_("The days before them, with which they are compared")
    )
    least_past_days = models.PositiveSmallIntegerField(
        help_text=_("With fewer days of past nothing is compared")
    )
    least_count = models.PositiveSmallIntegerField(help_text=_("Fewer concerns than this never raise a note"))
    night_budget = models.DecimalField(max_digits=5, decimal_places=4)
    weight = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = MethodQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("method_starts_before_it_ends"),
            one_at_a_time("one_method_at_a_time", []),
            models.CheckConstraint(
                name="methods_look_at_something",
                condition=Q(window_days__gte=1, past_days__gte=1, least_count__gte=1, weight__gte=1),
            ),
            models.CheckConstraint(
                name="a_budget_is_a_chance", condition=Q(night_budget__gt=0, night_budget__lt=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} from {self.valid_from}"


class Look(models.Model):
    """One day that was looked at, after it was over. `cells`: how many had a concern, now or in the past."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="+")
    cells = models.PositiveIntegerField()
    rising = models.PositiveIntegerField(help_text=_("Cells that were rising, known ones too"))
    raised = models.PositiveIntegerField(help_text=_("New notes"))
    past_days = models.PositiveSmallIntegerField(help_text=_("How much past there was"))

    def __str__(self) -> str:
        return str(self.day)


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, hat: Membership) -> Self:
        return self if hat.role in DESE_ROLES else self.none()

    def waiting(self) -> Self:
        """What somebody has to look at: neither seen nor dismissed, whether or not it goes on."""
        return self.filter(seen_at__isnull=True, dismissed_at__isnull=True)

    def undismissed(self) -> Self:
        return self.filter(dismissed_at__isnull=True)


@tracked()
class Note(models.Model):
    """That concerns of one cell are more than they were, and the numbers of the night that found it.

    `recent`: concerns of the `window_days` that end with `found_on`; `past`: of the `past_days` before; the same of the
    others, with which the season goes out. `chance`: of so many or more, were nothing the matter; `threshold`: what it
    had to stay below, the night's budget divided by `cells`. An episode ends when nothing was found for a whole window.
    """

    kind = models.CharField(max_length=8, choices=NoteKind.choices)
    category = models.CharField(max_length=30, blank=True)
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=6, blank=True)

    found_on = models.DateField()
    recent = models.PositiveIntegerField()
    past = models.PositiveIntegerField()
    others_recent = models.PositiveIntegerField()
    others_past = models.PositiveIntegerField()
    past_days = models.PositiveSmallIntegerField()
    expected = models.FloatField()
    chance = models.FloatField()
    threshold = models.FloatField()
    cells = models.PositiveIntegerField()
    method = models.ForeignKey(Method, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    last_on = models.DateField(help_text=_("The last day of which it was still found"))
    last_recent = models.PositiveIntegerField()
    ended_on = models.DateField(null=True, blank=True)

    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "category", "provider", "lea", "rule"],
                condition=Q(ended_on__isnull=True),
                nulls_distinct=False,
                name="one_note_per_pattern_and_episode",
            ),
            models.CheckConstraint(
                name="notes_are_about_what_they_say",
                condition=Q(kind="provider", provider__isnull=False, lea__isnull=True, rule="")
                & ~Q(category="")
                | Q(kind="district", provider__isnull=True, lea__isnull=False, rule="") & ~Q(category="")
                | Q(kind="rule", provider__isnull=True, lea__isnull=True, category="") & ~Q(rule=""),
            ),
            models.CheckConstraint(
                name="who_has_seen_a_note_has_a_time",
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dismissed_notes_have_a_person_and_a_reason",
                condition=Q(dismissed_at__isnull=True, dismissed_by__isnull=True, reason="")
                | Q(dismissed_at__isnull=False, dismissed_by__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="episodes_end_after_they_were_seen_last",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gt=models.F("last_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.category or self.rule} from {self.found_on}"

    @property
    def first_day(self) -> dt.date:
        """The first day of the window that raised it."""
        return self.found_on - dt.timedelta(days=self.method.window_days - 1)
