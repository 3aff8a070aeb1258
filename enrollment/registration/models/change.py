"""What changed in a course after it was approved, who asked or agreed, and why. Rows are only ever added."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import CourseLine
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.history import tracked


class Party(models.TextChoices):
    FAMILY = "family", _("The family")
    DISTRICT = "district", _("The district")
    PROVIDER = "provider", _("The provider")


@tracked()
class Extension(models.Model):
    """The last day that was planned for a course moved to a later one."""

    line = models.ForeignKey(CourseLine, on_delete=models.PROTECT, related_name="extensions")
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    was = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=300)
    agreed_by = models.CharField(max_length=8, choices=Party.choices)
    agreed_name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_extension_ends_later", condition=Q(ends_on__gt=F("was"))),
            models.CheckConstraint(
                name="an_extension_says_why_and_who_agreed",
                condition=~Q(reason="") & ~Q(agreed_name=""),
            ),
            models.UniqueConstraint(fields=["line", "ends_on"], name="a_last_day_moves_to_a_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} until {self.ends_on}"


@tracked()
class Swap(models.Model):
    """A course took the place of another of the same provider: `line` is the new one, which `replaces` the old."""

    line = models.OneToOneField(CourseLine, on_delete=models.PROTECT, related_name="swap")
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    asked_by = models.CharField(max_length=8, choices=Party.choices)
    asked_name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_swap_says_why_and_who_asked", condition=~Q(reason="") & ~Q(asked_name="")
            )
        ]

    def __str__(self) -> str:
        return f"swap to {self.line_id}"


class PayerChangeQuerySet(models.QuerySet["PayerChange"]):
    def visible_to(self, hat: Membership) -> Self:
        """The LEA that pays from then on and the one that paid until then; nobody else."""
        if hat.is_lea:
            return self.filter(Q(to_lea=hat.organization_id) | Q(from_lea=hat.organization_id))
        return self.none()

    def to_arrange(self) -> Self:
        return self.filter(arranged_at__isnull=True)


@tracked()
class PayerChange(models.Model):
    """The student's LEA of record changed while the course went on: from a day on another LEA pays (R-72).

    An open task of `to_lea` until somebody there says that the payment is arranged with the provider.
    """

    line = models.ForeignKey(CourseLine, on_delete=models.PROTECT, related_name="payer_changes")
    from_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    to_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    pays_from = models.DateField(help_text=_("First day that the new LEA pays for"))
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    arranged_at = models.DateTimeField(null=True, blank=True)
    arranged_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = PayerChangeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_payer_change_leads_elsewhere", condition=~Q(from_lea=F("to_lea"))),
            models.CheckConstraint(
                name="an_arranged_payment_says_when_and_who",
                condition=Q(arranged_at__isnull=True, arranged_by__isnull=True)
                | Q(arranged_at__isnull=False, arranged_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["to_lea", "arranged_at"], name="payer_change_by_new_lea"),
            models.Index(fields=["from_lea"], name="payer_change_by_old_lea"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} from {self.pays_from}"
