"""Who may teach what, at what price, under which agreement. The catalog is the courses that hold on a day."""

import datetime as dt
from decimal import Decimal
from typing import Self, cast

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked


class AuthorizationQuerySet(DatedQuerySet["Authorization"]):
    pass


@tracked()
class Authorization(models.Model):
    """DESE authorizes a provider for a span of at most three years (R-90)."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="authorizations")
    valid_from = models.DateField()
    valid_to = models.DateField()
    source = models.CharField(max_length=200, blank=True)

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("authorization_starts_before_it_ends"),
            one_at_a_time("one_authorization_at_a_time", same=["provider"]),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.valid_from} to {self.valid_to}"


class Structure(models.TextChoices):
    A = "A", _("Semester A")
    B = "B", _("Semester B")
    FULL_YEAR = "FY", _("Full year")


class Instruction(models.TextChoices):
    PROVIDER = "provider", _("Taught by the provider's teacher")
    CURRICULUM_ONLY = "curriculum_only", _("Curriculum only: your district's teacher teaches it")


class Assurance(models.TextChoices):
    DESE = "DESE", _("Assured by DESE")
    LEA = "LEA", _("Approved by a district")
    NOT_APPLICABLE = "N/A", _("Not applicable")


# A course that is curriculum only is taught by the district's own teacher.
PROGRAM_CODES = {Instruction.PROVIDER: "50", Instruction.CURRICULUM_ONLY: "52"}


class CourseQuerySet(DatedQuerySet["Course"]):
    def on_offer(self, *, starting: dt.date) -> Self:
        """What a family may choose for a start on this day: listed, and its provider authorized (R-10)."""
        authorized = Authorization.objects.on(starting).filter(provider=OuterRef("provider"))
        return self.on(starting).filter(Exists(authorized))

    def matching(self, words: str) -> Self:
        """The courses that have each of these words in their title, subject, codes or provider's name."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(title__icontains=word)
                | Q(subject__icontains=word)
                | Q(provider__organization__name__icontains=word)
                | Q(provider_course_code__istartswith=word)
                | Q(state_course_code__startswith=word)
            )
        return found

    def for_grade(self, grade: int) -> Self:
        return self.filter(grade_low__lte=grade, grade_high__gte=grade)

    def taken_in(self, term_code: str) -> Self:
        """Whole-year courses fill the year; A and B halves fit either semester."""
        whole_year = Q(structure=Structure.FULL_YEAR)
        return self.filter(whole_year if term_code == "YL" else ~whole_year)


@tracked()
class Course(models.Model):
    """A course as the catalog shows it for a span of days. A change of price or text is a new row.

    Grades: 0 is kindergarten. Prices in dollars.
    """

    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="courses")
    provider_course_code = models.CharField(max_length=40)
    title = models.CharField(max_length=150)
    state_course_code = models.CharField(max_length=10)
    subject = models.CharField(max_length=60)
    grade_low = models.PositiveSmallIntegerField()
    grade_high = models.PositiveSmallIntegerField()
    structure = models.CharField(max_length=2, choices=Structure.choices)
    credits = models.DecimalField(max_digits=3, decimal_places=2)
    instruction = models.CharField(max_length=15, choices=Instruction.choices)
    price_semester = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    price_year = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    ap = models.BooleanField(default=False)
    college_board_approved = models.BooleanField(default=False)
    assurance_data_security = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_educator = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_standards = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_accessibility = models.CharField(max_length=4, choices=Assurance.choices)
    assurance_ap = models.CharField(max_length=4, choices=Assurance.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("course_starts_before_it_ends"),
            one_at_a_time(
                "one_listing_of_a_course_at_a_time", same=["provider", "provider_course_code", "structure"]
            ),
            models.CheckConstraint(
                name="course_grades_in_order", condition=Q(grade_low__lte=F("grade_high"), grade_high__lte=12)
            ),
            models.CheckConstraint(
                name="ap_needs_college_board", condition=Q(ap=False) | Q(college_board_approved=True)
            ),
            models.CheckConstraint(
                name="course_has_the_price_of_its_structure",
                condition=Q(structure="FY", price_year__isnull=False)
                | (~Q(structure="FY") & Q(price_semester__isnull=False)),
            ),
            models.CheckConstraint(name="course_earns_credit", condition=Q(credits__gt=0)),
        ]
        indexes = [models.Index(fields=["subject", "title"], name="course_by_subject_and_title")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("providers:course", args=[self.pk])

    @property
    def price(self) -> Decimal:
        """Dollars for the course as it is taken: the year of a full-year course, the semester of an A or B course."""
        price = self.price_year if self.structure == Structure.FULL_YEAR else self.price_semester
        return cast("Decimal", price)  # course_has_the_price_of_its_structure

    @property
    def program_code(self) -> str:
        """The code under which districts report it in core data."""
        return PROGRAM_CODES[Instruction(self.instruction)]


class AgreementKind(models.TextChoices):
    DATA = "data", _("Data agreement")
    PARTNERSHIP = "partnership", _("District partnership agreement")
    SITE_LICENSE = "site_license", _("Site license")
    COOPERATIVE = "cooperative", _("Cooperative agreement")


class AgreementQuerySet(DatedQuerySet["Agreement"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see the papers of their own LEA, DESE sees all."""
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        return self if hat.is_dese else self.none()

    def data_agreement(self, *, lea_id: int, provider_id: int, on: dt.date) -> Self:
        """The agreement without which no student's data flows (R-137)."""
        return self.on(on).filter(kind=AgreementKind.DATA, lea=lea_id, provider=provider_id)


@tracked()
class Agreement(models.Model):
    """A paper between an LEA and a provider. A data agreement forbids sale and advertising (R-137)."""

    kind = models.CharField(max_length=12, choices=AgreementKind.choices)
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="agreements")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="agreements")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    forbids_sale = models.BooleanField(default=False)
    forbids_advertising = models.BooleanField(default=False)
    reference = models.CharField(max_length=200, help_text=_("Where the signed paper is kept"))

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("agreement_starts_before_it_ends"),
            one_at_a_time("one_agreement_of_a_kind_at_a_time", same=["kind", "lea", "provider"]),
            models.CheckConstraint(
                name="data_agreements_forbid_sale_and_advertising",
                condition=~Q(kind="data") | Q(forbids_sale=True, forbids_advertising=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.lea_id}–{self.provider_id}"
