"""How the state office sorts concerns and what it answers again and again. The office edits both."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.dated import DatedQuerySet, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked

from .concerns import Track, Writer


class RoutingRuleQuerySet(DatedQuerySet["RoutingRule"]):
    """`on(day)`: the rules that hold that day. The first in order whose every condition is met wins."""


@tracked()
class RoutingRule(models.Model):
    """To whom a concern goes. An empty condition is met by every concern.

    `position`: the lower comes first. `to` None: nobody; it stays in the common inbox. `days`: business days for the
    first reply if fewer than usual.
    """

    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=30, blank=True)
    track = models.CharField(max_length=9, choices=Track.choices, blank=True)
    writer = models.CharField(max_length=8, choices=Writer.choices, blank=True)
    lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text=_("Why the office sorts it so"))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("routing_rule_starts_before_it_ends"),
            models.CheckConstraint(
                name="a_reply_takes_a_day", condition=Q(days__isnull=True) | Q(days__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.category or '*'}"


@tracked()
class ResponseTemplate(models.Model):
    """A text to begin an answer with, in both languages. Words in braces are filled in: {number}, {due}, {name}."""

    title = models.CharField(max_length=80)
    category = models.CharField(max_length=30, blank=True, help_text=_("Empty: for every category"))
    text_en = models.TextField(max_length=4000)
    text_es = models.TextField(max_length=4000)
    is_retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.UniqueConstraint(
                fields=["title"], condition=Q(is_retired=False), name="one_template_of_a_title"
            ),
            models.CheckConstraint(
                name="templates_have_both_languages", condition=~Q(text_en="") & ~Q(text_es="")
            ),
        ]

    def __str__(self) -> str:
        return self.title
