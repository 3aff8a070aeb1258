"""How a student with an IEP or a 504 plan is served: what the team found, and what both districts agreed on.

Findings and agreements are only ever added. Of several the newest finding counts, and the newest agreement that both
sides have signed; a version that is not signed yet changes nothing (R-41, R-47). Who owns the plan goes by the track:
of a hosted program it is the host, from the first day on (D-12).
"""

import datetime as dt
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.papers.models import Letter
from mocap_portal.foundation.shared.history import tracked

from .applications import ProgramApplication
from .schedules import MINUTES_OF_A_DAY, WEEKDAYS

# Who speaks for the resident district about services; for the host its staff does.
RESIDENT_SERVICE_ROLES = (Role.SPECIAL_EDUCATION, Role.COORDINATOR, Role.LEA_ADMIN)


class Side(models.TextChoices):
    HOST = "host", _("Host of the program")
    RESIDENT = "resident", _("Resident district")


class Body(models.TextChoices):
    """Who gives a service, and who pays for it. Never the family (R-46)."""

    HOST = "host", _("Host of the program")
    RESIDENT = "resident", _("Resident district")
    OTHER = "other", _("Another body")


class FindingOutcome(models.TextChoices):
    NOT_NEEDED = "not_needed", _("No services are needed")
    VIRTUAL = "virtual", _("The student can be served virtually")
    NOT_VIRTUAL = "not_virtual", _("The student cannot be served virtually")


class ServicesFindingQuerySet(models.QuerySet["ServicesFinding"]):
    def standing(self, application_id: int) -> "ServicesFinding | None":
        """The newest finding about an application."""
        return self.filter(application=application_id).order_by("-number").first()


@tracked()
class ServicesFinding(models.Model):
    """What the IEP or 504 team found about an application. A later one stands in the place of the earlier ones."""

    application = models.ForeignKey(
        ProgramApplication, on_delete=models.PROTECT, related_name="services_findings"
    )
    number = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=11, choices=FindingOutcome.choices)
    met_on = models.DateField(help_text=_("The day on which the team met"))
    finding = models.TextField()
    accommodations = models.TextField(blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    objects = ServicesFindingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "number"], name="findings_of_an_application_are_numbered"
            ),
            models.CheckConstraint(name="a_services_finding_says_why", condition=~Q(finding="")),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.application_id}"


class ServicesAgreementQuerySet(models.QuerySet["ServicesAgreement"]):
    def signed(self) -> Self:
        """By both sides."""
        return self.filter(letter__isnull=False)

    def standing(self, application_id: int) -> "ServicesAgreement | None":
        """What holds: the newest version that both sides signed."""
        return self.signed().filter(application=application_id).order_by("-version").first()

    def newest(self, application_id: int) -> "ServicesAgreement | None":
        """The newest version, signed or not."""
        return self.filter(application=application_id).order_by("-version").first()


@tracked()
class ServicesAgreement(models.Model):
    """A version of the education services plan and of the agreement between host and resident district.

    `change`: why it differs from the version before. `letter` is written when the second side signs.
    """

    application = models.ForeignKey(
        ProgramApplication, on_delete=models.PROTECT, related_name="services_agreements"
    )
    version = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    place = models.CharField(max_length=300, help_text=_("Where the student is served"))
    money = models.TextField(help_text=_("Who pays whom, how much and when"))
    host_does = models.TextField()
    resident_does = models.TextField()
    change = models.CharField(max_length=300, blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    host_signed_at = models.DateTimeField(null=True, blank=True)
    host_signed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    host_signed_name = models.CharField(max_length=120, blank=True)
    resident_signed_at = models.DateTimeField(null=True, blank=True)
    resident_signed_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    resident_signed_name = models.CharField(max_length=120, blank=True)
    letter = models.OneToOneField(
        Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="services_agreement"
    )

    objects = ServicesAgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "version"], name="one_services_agreement_of_a_version"
            ),
            models.CheckConstraint(
                name="a_services_agreement_starts_before_it_ends", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="a_services_agreement_names_place_money_and_duties",
                condition=~Q(place="") & ~Q(money="") & ~Q(host_does="") & ~Q(resident_does=""),
            ),
            models.CheckConstraint(
                name="an_amended_services_agreement_says_why", condition=Q(version=1) | ~Q(change="")
            ),
            models.CheckConstraint(
                name="the_host_signs_with_name_and_moment",
                condition=Q(host_signed_at__isnull=True, host_signed_by__isnull=True, host_signed_name="")
                | (Q(host_signed_at__isnull=False, host_signed_by__isnull=False) & ~Q(host_signed_name="")),
            ),
            models.CheckConstraint(
                name="the_resident_district_signs_with_name_and_moment",
                condition=Q(
                    resident_signed_at__isnull=True, resident_signed_by__isnull=True, resident_signed_name=""
                )
                | (
                    Q(resident_signed_at__isnull=False, resident_signed_by__isnull=False)
                    & ~Q(resident_signed_name="")
                ),
            ),
            models.CheckConstraint(
                name="a_services_agreement_has_a_letter_once_both_signed",
                condition=Q(
                    letter__isnull=False, host_signed_at__isnull=False, resident_signed_at__isnull=False
                )
                | (
                    Q(letter__isnull=True)
                    & (Q(host_signed_at__isnull=True) | Q(resident_signed_at__isnull=True))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"services of {self.application_id} v{self.version}"

    @property
    def unsigned(self) -> list[Side]:
        """Whose signature is missing."""
        return [side for side in Side if getattr(self, f"{side.value}_signed_at") is None]

    def sign(self, side: Side, *, by: Membership, at: dt.datetime, name: str) -> None:
        """The signature of one side. The second one comes with the letter."""
        if side == Side.HOST:
            self.host_signed_by, self.host_signed_at, self.host_signed_name = by, at, name
        else:
            self.resident_signed_by, self.resident_signed_at, self.resident_signed_name = by, at, name


@tracked()
class Service(models.Model):
    """One service of an agreement: what, how long, by whom, where, from when to when, and who pays."""

    agreement = models.ForeignKey(ServicesAgreement, on_delete=models.CASCADE, related_name="services")
    what = models.CharField(max_length=200)
    minutes_a_week = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(WEEKDAYS * MINUTES_OF_A_DAY)]
    )
    served_by = models.CharField(max_length=8, choices=Body.choices)
    paid_by = models.CharField(max_length=8, choices=Body.choices)
    body = models.CharField(
        max_length=120, blank=True, help_text=_("The other body's name, if one serves or pays")
    )
    place = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_service_says_what_and_where", condition=~Q(what="") & ~Q(place="")
            ),
            models.CheckConstraint(
                name="a_service_takes_time",
                condition=Q(minutes_a_week__gte=1, minutes_a_week__lte=WEEKDAYS * MINUTES_OF_A_DAY),
            ),
            models.CheckConstraint(
                name="a_service_starts_before_it_ends", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="another_body_is_named",
                condition=((Q(served_by="other") | Q(paid_by="other")) & ~Q(body=""))
                | (~Q(served_by="other") & ~Q(paid_by="other") & Q(body="")),
            ),
        ]

    def __str__(self) -> str:
        return self.what


@tracked()
class GoalReview(models.Model):
    """How one side sees the student's goals and accommodations on a day, under the agreement that then held."""

    agreement = models.ForeignKey(ServicesAgreement, on_delete=models.PROTECT, related_name="reviews")
    side = models.CharField(max_length=8, choices=Side.choices)
    reviewed_on = models.DateField()
    goals = models.TextField()
    accommodations = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "side", "reviewed_on"], name="a_side_reviews_goals_once_a_day"
            ),
            models.CheckConstraint(
                name="a_review_speaks_of_goals_and_accommodations",
                condition=~Q(goals="") & ~Q(accommodations=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.reviewed_on}"
