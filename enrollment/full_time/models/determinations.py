"""What the host decides about an application, in writing, and what it says when it is asked to look again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import Letter
from mocap_portal.foundation.shared.history import tracked

from .applications import ProgramApplication


class Outcome(models.TextChoices):
    ADMITTED = "admitted", _("Admitted")
    REFUSED = "refused", _("Not admitted")


class ReviewOutcome(models.TextChoices):
    UPHELD = "upheld", _("The decision stands")
    REVERSED = "reversed", _("The decision is reversed")


@tracked()
class ProgramReview(models.Model):
    """A family asks the host to look at its refusal again (R-71). The resident district has no part in it."""

    application = models.ForeignKey(ProgramApplication, on_delete=models.PROTECT, related_name="reviews")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    reasons = models.TextField()
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=ReviewOutcome.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application"], name="a_refusal_is_reviewed_once"),
            models.CheckConstraint(name="a_review_is_asked_for_with_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="an_answered_review_says_who_and_why",
                condition=Q(outcome="", answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(outcome="") & ~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.application_id}"


@tracked()
class Determination(models.Model):
    """The host's decision with its basis, one text for student, parent, host and resident district (R-42).

    Never edited. A second one of an application follows a review that reversed the first.
    """

    application = models.ForeignKey(
        ProgramApplication, on_delete=models.PROTECT, related_name="determinations"
    )
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    basis = models.TextField()
    in_person_options = models.TextField(help_text=_("Which options in a building were looked at"))
    starts_on = models.DateField(null=True, blank=True, help_text=_("First day with the host"))
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    review = models.OneToOneField(
        ProgramReview, null=True, blank=True, on_delete=models.PROTECT, related_name="determination"
    )
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="determination")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(review__isnull=True),
                name="an_application_is_determined_first_once",
            ),
            models.CheckConstraint(
                name="a_determination_has_a_basis", condition=~Q(basis="") & ~Q(in_person_options="")
            ),
            models.CheckConstraint(
                name="an_admission_has_a_first_day",
                condition=Q(outcome="admitted", starts_on__isnull=False)
                | Q(outcome="refused", starts_on__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.application_id}"
