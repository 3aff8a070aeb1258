"""Papers between an LEA and a provider, or between two LEAs."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked


class AgreementKind(models.TextChoices):
    DATA = "data", _("Data agreement")
    PARTNERSHIP = "partnership", _("District partnership agreement")
    SITE_LICENSE = "site_license", _("Site license")
    COOPERATIVE = "cooperative", _("Cooperative agreement")


# Under these a district offers courses of its own account: they are no MOCAP courses, so core data carries no program
# code for them, and somebody attests what RSMo 162.1250 asks of every virtual course.
WITHOUT_PROGRAM_CODE = frozenset(
    {AgreementKind.PARTNERSHIP, AgreementKind.SITE_LICENSE, AgreementKind.COOPERATIVE}
)


class AgreementQuerySet(DatedQuerySet["Agreement"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see the papers of their own LEA, cooperatives that others made with it too; DESE sees all."""
        if hat.is_lea:
            return self.filter(Q(lea=hat.organization_id) | Q(partner_lea=hat.organization_id))
        return self if hat.is_dese else self.none()

    def kept_by(self, hat: Membership) -> Self:
        """The papers that this hat's LEA recorded and may end."""
        return self.filter(lea=hat.organization_id) if hat.is_lea else self.none()

    def data_agreement(self, *, lea_id: int, provider_id: int, on: dt.date) -> Self:
        """The agreement without which no student's data flows (R-137)."""
        return self.on(on).filter(kind=AgreementKind.DATA, lea=lea_id, provider=provider_id)

    def without_program_code(self, *, lea_id: int, provider_id: int, on: dt.date) -> Self:
        """The agreements because of which the LEA reports a course of this provider without a program code (R-106).

        In a cooperative the other LEA teaches: it is the provider of its own courses.
        """
        cooperative = Q(lea=lea_id, partner_lea=provider_id) | Q(lea=provider_id, partner_lea=lea_id)
        with_provider = Q(lea=lea_id, provider=provider_id)
        return self.on(on).filter(with_provider | cooperative, kind__in=WITHOUT_PROGRAM_CODE)


@tracked()
class Agreement(models.Model):
    """A paper between an LEA and a provider; for a cooperative, between two LEAs.

    A data agreement forbids sale and advertising (R-137). For the other kinds somebody attests that the courses are
    aligned to the Missouri Learning Standards and taught by certificated educators (RSMo 162.1250).
    """

    kind = models.CharField(max_length=12, choices=AgreementKind.choices)
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="agreements")
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements"
    )
    partner_lea = models.ForeignKey(Lea, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    forbids_sale = models.BooleanField(default=False)
    forbids_advertising = models.BooleanField(default=False)
    reference = models.CharField(max_length=200, blank=True, help_text=_("Where the signed paper is kept"))
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    attested_name = models.CharField(max_length=120, blank=True)
    attested_title = models.CharField(max_length=120, blank=True)
    attested_on = models.DateField(null=True, blank=True)
    attested_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("agreement_starts_before_it_ends"),
            one_at_a_time("one_agreement_of_a_kind_at_a_time", same=["kind", "lea", "provider"]),
            one_at_a_time("one_cooperative_of_two_leas_at_a_time", same=["kind", "lea", "partner_lea"]),
            models.CheckConstraint(
                name="data_agreements_forbid_sale_and_advertising",
                condition=~Q(kind="data") | Q(forbids_sale=True, forbids_advertising=True),
            ),
            models.CheckConstraint(
                name="agreement_names_the_other_side",
                condition=Q(kind="cooperative", provider__isnull=True, partner_lea__isnull=False)
                | (~Q(kind="cooperative") & Q(provider__isnull=False, partner_lea__isnull=True)),
            ),
            models.CheckConstraint(
                name="cooperative_joins_two_leas",
                condition=Q(partner_lea__isnull=True) | ~Q(partner_lea=F("lea")),
            ),
            models.CheckConstraint(
                name="agreement_has_a_paper", condition=~Q(reference="") | Q(document__isnull=False)
            ),
            models.CheckConstraint(
                name="agreements_of_162_1250_are_attested",
                condition=Q(kind="data")
                | (
                    ~Q(attested_name="")
                    & ~Q(attested_title="")
                    & Q(attested_on__isnull=False, attested_by__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.lea_id}–{self.provider_id or self.partner_lea_id}"

    @property
    def other_side(self) -> Provider | Lea:
        """The provider; of a cooperative the other LEA."""
        other = self.provider or self.partner_lea
        assert other  # agreement_names_the_other_side
        return other
