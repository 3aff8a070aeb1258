"""What the office asks who is complained of, in that organization's own seat, on a clock."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from mocap_portal.foundation.accounts.models import LEA_ROLES, PROVIDER_ROLES, Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.history import tracked

from .concerns import Concern


class AskedQuerySet(models.QuerySet["Asked"]):
    def visible_to(self, hat: Membership) -> Self:
        """What the hat's organization was asked, as district or as provider, and not what was taken back."""
        asked = self.filter(taken_back_at__isnull=True)
        if hat.role in LEA_ROLES:
            return asked.filter(lea__organization=hat.organization_id)
        if hat.role in PROVIDER_ROLES:
            return asked.filter(provider__organization=hat.organization_id)
        return self.none()

    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True, taken_back_at__isnull=True)


@tracked(exclude=["summary", "question", "answer"])
class Asked(models.Model):
    """One question to one district or provider. It reads `summary` and `question`, never the concern itself.

    `summary`: what the concern is about, written by the office for these eyes. The writer's name is shown only while
    their consent stands (R-119).
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="asked")
    lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    summary = models.TextField(max_length=4000)
    question = models.TextField(max_length=4000)
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="concern_asked")
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    answer = models.TextField(max_length=8000, blank=True)
    answered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = AskedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="either_a_district_or_a_provider_is_asked",
                condition=Q(lea__isnull=False, provider__isnull=True)
                | Q(lea__isnull=True, provider__isnull=False),
            ),
            models.CheckConstraint(name="questions_have_words", condition=~Q(question="") & ~Q(summary="")),
            models.CheckConstraint(
                name="answers_have_words_a_person_and_a_time",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="what_was_answered_is_not_taken_back",
                condition=Q(answered_at__isnull=True) | Q(taken_back_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lea or self.provider} about {self.concern_id}"
