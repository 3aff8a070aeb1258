"""How long what is kept, what must stay longer, who let go of what, and what is left of it."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership, User
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked


class Table(models.TextChoices):
    """What there is a rule for. `kinds.py` says how each is found and let go."""

    CONCERNS = "concerns", _("Concerns")
    TRANSCRIPTS = "transcripts", _("Requests for MoVIP transcripts")


class RetentionRuleQuerySet(DatedQuerySet["RetentionRule"]):
    """`on(day)`: the rules that hold that day, one per table at most."""


@tracked()
class RetentionRule(models.Model):
    """For how many years after its last day a record is kept at least."""

    table = models.CharField(max_length=20, choices=Table.choices)
    years = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=300)
    note = models.CharField(max_length=300, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("retention_rule_starts_before_it_ends"),
            one_at_a_time("one_retention_rule_at_a_time", ["table"]),
            models.CheckConstraint(name="records_are_kept_for_a_year", condition=Q(years__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.table}: {self.years}"


class HoldKind(models.TextChoices):
    LITIGATION = "litigation", _("A lawsuit, or one that is likely")
    INSPECTION = "inspection", _("Somebody has asked to inspect the record")
    AUDIT = "audit", _("An audit or an inquiry")


class HoldQuerySet(models.QuerySet["Hold"]):
    def visible_to(self, hat: Membership) -> Self:
        return self if hat.role in DESE_ROLES else self.none()

    def standing(self) -> Self:
        """A hold has no last day: somebody lifts it, or it stays."""
        return self.filter(lifted_at__isnull=True)


@tracked(exclude=["why", "why_lifted"])
class Hold(models.Model):
    """What it is about stays, whatever its age, until somebody lifts it.

    `number`: one record, by its number; without it, every record that meets the other conditions. An empty condition
    is met by every record, so a hold without any holds the whole table. A request for a transcript has neither
    category nor district nor provider.
    """

    table = models.CharField(max_length=20, choices=Table.choices)
    kind = models.CharField(max_length=10, choices=HoldKind.choices)
    why = models.TextField(max_length=1000)
    number = models.BigIntegerField(null=True, blank=True)
    category = models.CharField(max_length=30, blank=True)
    lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    received_from = models.DateField(null=True, blank=True)
    received_to = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True, help_text=_("When to ask whether it is still needed"))
    placed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    why_lifted = models.CharField(max_length=500, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="holds_say_why", condition=~Q(why="")),
            models.CheckConstraint(
                name="a_hold_is_on_one_record_or_on_a_kind",
                condition=Q(number__isnull=True)
                | Q(
                    category="",
                    lea__isnull=True,
                    provider__isnull=True,
                    received_from__isnull=True,
                    received_to__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="transcripts_are_held_by_number_or_by_day",
                condition=~Q(table=Table.TRANSCRIPTS)
                | Q(category="", lea__isnull=True, provider__isnull=True),
            ),
            models.CheckConstraint(
                name="what_is_held_begins_before_it_ends",
                condition=Q(received_from__isnull=True)
                | Q(received_to__isnull=True)
                | Q(received_to__gte=F("received_from")),
            ),
            models.CheckConstraint(
                name="lifted_holds_have_a_person_and_a_reason",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, why_lifted="")
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(why_lifted=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} from {self.placed_at:%Y-%m-%d}"


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def visible_to(self, hat: Membership) -> Self:
        return self if hat.role in DESE_ROLES else self.none()

    def proposed(self) -> Self:
        """One person wants it, nobody has confirmed it."""
        return self.filter(confirmed_at__isnull=True, withdrawn_at__isnull=True)

    def to_do(self) -> Self:
        """Confirmed, and not done with."""
        return self.filter(confirmed_at__isnull=False, finished_at__isnull=True)


@tracked()
class Disposal(models.Model):
    """Records that one person proposes to let go, and another confirms. People, not hats: nobody does both."""

    table = models.CharField(max_length=20, choices=Table.choices)
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="two_people_let_go",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="confirmed_disposals_have_a_person_and_a_time",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawn_disposals_were_not_confirmed",
                condition=Q(withdrawn_by__isnull=True, withdrawn_at__isnull=True)
                | Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False, confirmed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="only_what_is_confirmed_is_finished",
                condition=Q(finished_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["table"],
                condition=Q(confirmed_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_proposal_per_table",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} as of {self.as_of}"


class ItemState(models.TextChoices):
    LISTED = "listed", _("On the list")
    GONE = "gone", _("Let go")
    KEPT = "kept", _("Kept after all")


class Reason(models.TextChoices):
    """Why a record that was on the list stays."""

    HELD = "held", _("It is under a hold")
    NOT_DUE = "not_due", _("It is not old enough, or it was opened again")


@tracked(exclude=["files"])
class DisposalItem(models.Model):
    """One record of a disposal. `files`: names in the storage that are still to be removed, once its rows are gone."""

    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="items")
    number = models.BigIntegerField()
    state = models.CharField(max_length=6, choices=ItemState.choices, default=ItemState.LISTED)
    reason = models.CharField(max_length=8, choices=Reason.choices, blank=True)
    files = models.JSONField(default=list, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disposal", "number"], name="a_record_is_listed_once"),
            models.CheckConstraint(
                name="items_are_done_at_a_time",
                condition=Q(state="listed", done_at__isnull=True)
                | ~Q(state="listed") & Q(done_at__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_kept_says_why",
                condition=Q(state="kept") & ~Q(reason="") | ~Q(state="kept") & Q(reason=""),
            ),
            models.CheckConstraint(
                name="only_what_is_gone_has_files_left", condition=Q(state="gone") | Q(files=[])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.state}"


class StubQuerySet(models.QuerySet["Stub"]):
    def visible_to(self, hat: Membership) -> Self:
        return self if hat.role in DESE_ROLES else self.none()


class Stub(models.Model):
    """That there was a record, and no more. `joined_to`: the number of the record with which it was joined.

    `outcome`: how it ended, of a transcript request its last state. `category`: of concerns alone.
    """

    table = models.CharField(max_length=20, choices=Table.choices)
    number = models.BigIntegerField()
    category = models.CharField(max_length=30, blank=True)
    received_on = models.DateField()
    closed_on = models.DateField()
    outcome = models.CharField(max_length=13)
    joined_to = models.BigIntegerField(null=True, blank=True)
    disposal = models.ForeignKey(Disposal, on_delete=models.PROTECT, related_name="stubs")
    disposed_at = models.DateTimeField()

    objects = StubQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["table", "number"], name="one_stub_per_record"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.number}"


def same_day_after(day: dt.date, years: int) -> dt.date:
    """The day so many years later; 28 February for the 29th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
