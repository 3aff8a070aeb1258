"""What changed in a course after it was approved, who asked or agreed, and why. Rows are only ever added."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import CourseLine
from mocap_portal.foundation.accounts.models import Membership
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
