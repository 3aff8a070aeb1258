"""Organizations and what they can be: a district or charter (LEA), a provider, or both."""

import datetime as dt
from typing import Self

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked

district_code = RegexValidator(r"^\d{6}$", _("A district code has six digits, leading zeros included."))
school_code = RegexValidator(r"^\d{4}$", _("A school code has four digits, leading zeros included."))


class Organization(models.Model):
    """A body that people work for: a district, a charter, a provider, a host, or the state office."""

    name = models.CharField(max_length=120, unique=True)
    is_state_office = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_state_office"], condition=Q(is_state_office=True), name="one_state_office"
            )
        ]

    def __str__(self) -> str:
        return self.name


class LeaKind(models.TextChoices):
    DISTRICT = "district", _("District")
    CHARTER = "charter", _("Charter school")
    COLLEGE = "college", _("College or university that hosts a full-time program")


class ActiveQuerySet(models.QuerySet["Lea"]):
    def on(self, day: dt.date) -> Self:
        """The LEAs that are open on this day."""
        return self.filter(Q(active_to__isnull=True) | Q(active_to__gte=day), active_from__lte=day)


@tracked()
class Lea(models.Model):
    """A local education agency: a district or a charter, by its six-digit state code."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, primary_key=True)
    state_district_id = models.CharField(max_length=6, unique=True, validators=[district_code])
    kind = models.CharField(max_length=8, choices=LeaKind.choices)
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    contact_phone = models.CharField(max_length=30, blank=True)
    website = models.URLField(blank=True)
    guidance_url = models.URLField(blank=True, help_text=_("The district's guidance about MOCAP (R-143)"))
    policy_part_time_url = models.URLField(blank=True, help_text=_("Policy 6190 or its like"))
    policy_full_time_url = models.URLField(blank=True, help_text=_("Policy 6191 or its like"))

    objects = ActiveQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="lea_code_has_six_digits", condition=Q(state_district_id__regex=r"^\d{6}$")
            ),
            models.CheckConstraint(
                name="lea_opens_before_it_closes",
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.organization.name

    @property
    def contact(self) -> str:
        """Whom a family asks here: the name of the district, then its contact as far as it is known."""
        known = [self.organization.name, self.contact_name, self.contact_email, self.contact_phone]
        return ", ".join(filter(None, known))


class DecisionBy(models.TextChoices):
    COUNSELOR = "counselor", _("The counselor decides")
    DECIDER = "decider", _("The principal or designee decides; the counselor recommends")


class AppealLadder(models.TextChoices):
    BOARD_THEN_DESE = "board_then_dese", _("School board, then the state office (DESE)")
    LOCAL = "local", _("The district's own course appeal")


class LeaPolicyQuerySet(DatedQuerySet["LeaPolicy"]):
    pass


@tracked()
class LeaPolicy(models.Model):
    """What a district's board has decided about MOCAP, for a span of days (D-01, D-02, D-03, D-04)."""

    lea = models.ForeignKey(Lea, on_delete=models.CASCADE, related_name="policies")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, help_text=_("Policy number or minutes"))
    decision_by = models.CharField(
        max_length=9,
        choices=DecisionBy.choices,
        default=DecisionBy.COUNSELOR,
        db_default=DecisionBy.COUNSELOR,
    )
    appeal_ladder = models.CharField(
        max_length=15, choices=AppealLadder.choices, default=AppealLadder.BOARD_THEN_DESE
    )
    appeal_instructions = models.TextField(
        help_text=_("Whom the family writes to, and how. Printed on letters.")
    )
    prior_semester_text = models.TextField(blank=True)
    window_text = models.TextField(blank=True, help_text=_("Guidance about dates (D-04)."))
    window_blocks = models.BooleanField(
        default=False, help_text=_("Requests outside the district's windows are refused (R-14)")
    )

    objects = LeaPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("lea_policy_starts_before_it_ends"),
            one_at_a_time("one_lea_policy_at_a_time", same=["lea"]),
        ]

    def __str__(self) -> str:
        return f"{self.lea_id} from {self.valid_from}"


@tracked()
class Provider(models.Model):
    """A course provider, by the code that its reports carry."""

    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    contact_email = models.EmailField(blank=True)
    website = models.URLField(blank=True)

    def __str__(self) -> str:
        return self.organization.name


class SchoolQuerySet(models.QuerySet["School"]):
    def on(self, day: dt.date) -> Self:
        """The schools that are open on this day."""
        return self.filter(Q(active_to__isnull=True) | Q(active_to__gte=day), active_from__lte=day)


GRADES = [(0, _("Kindergarten")), *((n, format_lazy(_("Grade {number}"), number=n)) for n in range(1, 13))]


@tracked()
class School(models.Model):
    """An attendance center: its four-digit code is unique inside its LEA. Grades: 0 is kindergarten."""

    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="schools")
    state_school_id = models.CharField(max_length=4, validators=[school_code])
    name = models.CharField(max_length=120)
    grades_low = models.PositiveSmallIntegerField(validators=[MaxValueValidator(12)])
    grades_high = models.PositiveSmallIntegerField(validators=[MaxValueValidator(12)])
    aplus = models.BooleanField(default=False, help_text=_("An A+ designated high school"))
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)

    objects = SchoolQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lea", "state_school_id"], name="school_code_once_per_lea"),
            models.CheckConstraint(
                name="school_code_has_four_digits", condition=Q(state_school_id__regex=r"^\d{4}$")
            ),
            models.CheckConstraint(
                name="school_grades_in_order",
                condition=Q(grades_low__lte=F("grades_high"), grades_high__lte=12),
            ),
            models.CheckConstraint(
                name="school_opens_before_it_closes",
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
