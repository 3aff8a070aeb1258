"""A full-time program as its host shows it: for whom, under which policies, how its students attend."""

import datetime as dt
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.directory.models import Lea, Provider, School, Term
from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked


class OperatingBasis(models.TextChoices):
    """How a school counts its year; printed on attendance letters (R-155)."""

    YEARLY = "yearly", _("By the school year")
    TERM_ENROLLING = "term_enrolling", _("By semester or quarter, enrolling anew for each")
    TERM = "term", _("By semester or quarter, without enrolling anew")


class ProgramQuerySet(models.QuerySet["Program"]):
    def open_on(self, day: dt.date) -> Self:
        """Programs that a family may apply to: running, and with a published enrollment policy (R-36)."""
        policy = ProgramPolicy.objects.on(day).filter(program=OuterRef("pk"), kind=PolicyKind.ENROLLMENT)
        running = Q(active_to__isnull=True) | Q(active_to__gte=day)
        return self.filter(running, Exists(policy), active_from__lte=day)

    def run_by(self, hat: Membership) -> Self:
        """The programs of this hat's host; none for any hat but a host's."""
        if hat.role in HOST_ROLES:
            return self.filter(host=hat.organization_id)
        return self.none()


@tracked()
class Program(models.Model):
    """A full-time program. Its host answers for admission, teaching, testing, attendance and diploma, whoever it
    contracts with. Texts of several lines say one thing per line."""

    host = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="programs")
    name = models.CharField(max_length=120, unique=True)
    school = models.OneToOneField(
        School, on_delete=models.PROTECT, related_name="program", help_text=_("Its own attendance center")
    )
    provider = models.ForeignKey(
        Provider,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="programs",
        help_text=_("Whom the host has a contract with, if anybody"),
    )
    grades_low = models.PositiveSmallIntegerField(validators=[MaxValueValidator(12)])
    grades_high = models.PositiveSmallIntegerField(validators=[MaxValueValidator(12)])
    about = models.TextField(blank=True)
    conditions = models.TextField(blank=True, help_text=_("Who is admitted, one condition a line (R-49)"))
    review_process = models.TextField(
        help_text=_("How a family asks the host to look at a decision again (R-71)")
    )
    website = models.URLField(blank=True)
    contact_name = models.CharField(max_length=120)
    contact_email = models.EmailField()
    contact_phone = models.CharField(max_length=30)
    students_per_teacher = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("R-101"))
    operating_basis = models.CharField(max_length=14, choices=OperatingBasis.choices)
    attendance_method = models.CharField(
        max_length=300, help_text=_("How attendance is taken, in a sentence")
    )
    interaction = models.CharField(
        max_length=300, help_text=_("How teachers and students meet, in a sentence")
    )
    is_correspondence = models.BooleanField(
        default=False, help_text=_("Lessons by mail without real contact with teachers (R-148)")
    )
    inactive_days = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1)],
        help_text=_(
            "School days without activity after which the family is told, as the posted policy says (R-55)"
        ),
    )
    active_from = models.DateField()
    active_to = models.DateField(null=True, blank=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="program_grades_in_order",
                condition=Q(grades_low__lte=F("grades_high"), grades_high__lte=12),
            ),
            models.CheckConstraint(
                name="program_opens_before_it_closes",
                condition=Q(active_to__isnull=True) | Q(active_to__gte=F("active_from")),
            ),
            models.CheckConstraint(name="inactivity_takes_a_day", condition=Q(inactive_days__gte=1)),
        ]

    def __str__(self) -> str:
        return self.name


class PolicyKind(models.TextChoices):
    ENROLLMENT = "enrollment", _("Enrollment policy")
    CONSEQUENCES = "consequences", _("Engagement and its consequences")
    INTEGRITY = "integrity", _("Academic integrity")
    NETIQUETTE = "netiquette", _("Netiquette")
    PLAGIARISM = "plagiarism", _("Plagiarism")
    PRIVACY = "privacy", _("Privacy")
    ACCOMMODATIONS = "accommodations", _("Accommodations checklist")
    EXPECTATIONS = "expectations", _("What is expected of students")


# The five that 5 CSR 20-100.230 has posted and sent to families.
FAMILY_POLICIES = (
    PolicyKind.CONSEQUENCES,
    PolicyKind.INTEGRITY,
    PolicyKind.NETIQUETTE,
    PolicyKind.PLAGIARISM,
    PolicyKind.PRIVACY,
)


class ProgramPolicyQuerySet(DatedQuerySet["ProgramPolicy"]):
    pass


@tracked()
class ProgramPolicy(models.Model):
    """A version of a policy, by the address where it is posted. Whether that still opens, a nightly look says."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="policies")
    kind = models.CharField(max_length=14, choices=PolicyKind.choices)
    version = models.CharField(max_length=40, help_text=_("Number or day, as it stands on the policy"))
    url = models.URLField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=120, blank=True, help_text=_("Why the address did not open"))

    objects = ProgramPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("program_policy_starts_before_it_ends"),
            one_at_a_time("one_program_policy_of_a_kind_at_a_time", same=["program", "kind"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


@tracked()
class AdmissionWindow(models.Model):
    """When a program takes applications for a term. Without one for a term it takes them all year."""

    program = models.ForeignKey(Program, on_delete=models.CASCADE, related_name="windows")
    term = models.ForeignKey(Term, on_delete=models.CASCADE, related_name="+")
    opens_on = models.DateField()
    closes_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "term"], name="one_window_per_program_and_term"),
            models.CheckConstraint(
                name="admission_opens_before_it_closes", condition=Q(closes_on__gte=F("opens_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.opens_on} to {self.closes_on}"
