"""The roster: what a provider was told about an approved course, and what it answered (R-28 … R-31)."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.part_time.models import CourseLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.history import tracked


class RosterState(models.TextChoices):
    SENT = "sent", _("Waiting for the provider")
    CONFIRMED = "confirmed", _("Confirmed")


class RosterLineQuerySet(models.QuerySet["RosterLine"]):
    def visible_to(self, hat: Membership) -> Self:
        """Providers see what they were sent, LEA staff what their LEA sent, families their own child's."""
        if hat.is_provider:
            return self.filter(provider=hat.organization_id)
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        if hat.is_family:
            return self.filter(line__in=CourseLine.objects.visible_to(hat))
        return self.none()


@tracked()
class RosterLine(FSMModelMixin, models.Model):
    """One student in one course, as registered. The student's data stand here as they were told."""

    line = models.OneToOneField(CourseLine, on_delete=models.PROTECT, related_name="roster_line")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="roster")
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="roster")
    mosis_id = models.CharField(max_length=10)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    birth_date = models.DateField()
    grade = models.PositiveSmallIntegerField()
    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=30, blank=True)
    state = FSMField(choices=RosterState.choices, default=RosterState.SENT, protected=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField(null=True, blank=True)
    section = models.CharField(max_length=40, blank=True)
    teacher_name = models.CharField(max_length=120, blank=True)

    objects = RosterLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="roster_mosis_id_has_ten_digits", condition=Q(mosis_id__regex=r"^\d{10}$")
            ),
            models.CheckConstraint(
                name="confirmed_roster_lines_say_when_and_who",
                condition=Q(state="sent", confirmed_at__isnull=True)
                | Q(
                    state="confirmed",
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                    starts_on__isnull=False,
                ),
            ),
        ]
        indexes = [models.Index(fields=["provider", "state"], name="roster_by_provider_and_state")]

    def __str__(self) -> str:
        return f"roster line {self.pk}"

    @transition(state, source=RosterState.SENT, target=RosterState.CONFIRMED)
    def confirm(
        self, *, by: Membership, at: dt.datetime, starts_on: dt.date, section: str, teacher_name: str
    ) -> None:
        self.confirmed_by = by
        self.confirmed_at = at
        self.starts_on = starts_on
        self.section = section
        self.teacher_name = teacher_name
