"""Once a year each administrator looks at every role that they give and says which of them stay."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.history import tracked

from .people import ADMIN_ROLES, Membership, MembershipQuerySet, Role, managed_in


class AccessReviewQuerySet(models.QuerySet["AccessReview"]):
    def open(self) -> Self:
        """Asked and not finished."""
        return self.filter(finished_at__isnull=True)

    def asked_of(self, hat: Membership) -> Self:
        """Those that this hat answers: its own kind's, in its own organization."""
        return self.filter(organization=hat.organization_id, role=hat.role, role__in=sorted(ADMIN_ROLES))

    def visible_to(self, hat: Membership) -> Self:
        """The state office sees whether everybody has answered, an administrator their own."""
        return self.all() if hat.is_dese else self.asked_of(hat)

    def board(self, today: dt.date) -> Self:
        """With how many people can answer (`asked`) and whether they are late (`is_late`): late ones first, finished
        ones last."""
        administrators = (
            Membership.objects.active()
            .filter(organization=OuterRef("organization"), role=OuterRef("role"))
            .order_by()
            .values("organization")
            .annotate(number=Count("pk"))
            .values("number")
        )
        return (
            self.select_related("organization")
            .annotate(
                asked=Coalesce(Subquery(administrators), 0),
                is_late=Case(When(finished_at__isnull=True, due_on__lt=today, then=1), default=0),
            )
            .order_by(
                "-is_late", F("finished_at").asc(nulls_first=True), "due_on", "organization__name", "pk"
            )
        )


@tracked()
class AccessReview(models.Model):
    """One year's question to the administrators of one kind in one organization."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="access_reviews")
    role = models.CharField(
        max_length=20, choices=Role.choices, help_text=_("The kind of administrator who answers")
    )
    year = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AccessReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "role", "year"], name="one_access_review_a_year"),
            models.CheckConstraint(
                name="access_reviews_are_asked_of_administrators", condition=Q(role__in=sorted(ADMIN_ROLES))
            ),
            models.CheckConstraint(
                name="finished_access_reviews_say_who",
                condition=Q(finished_at__isnull=True, finished_by__isnull=True)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.role} {self.year}"

    def hats(self) -> MembershipQuerySet:
        """The hats to answer for: those that were there when it was asked, ended ones too."""
        return Membership.objects.filter(
            managed_in(self.role, self.organization_id), started_at__lte=self.asked_at
        )

    def unanswered(self) -> MembershipQuerySet:
        """The hats that are still worn and have no answer."""
        return self.hats().active().exclude(pk__in=self.answers.values("hat"))


@tracked()
class AccessAnswer(models.Model):
    """A hat stays, or it ended with this answer."""

    review = models.ForeignKey(AccessReview, on_delete=models.CASCADE, related_name="answers")
    hat = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="access_answers")
    keep = models.BooleanField()
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "hat"], name="one_answer_per_hat_and_access_review"),
            models.CheckConstraint(
                name="nobody_takes_a_role_from_oneself", condition=Q(keep=True) | ~Q(hat=F("answered_by"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hat_id}: {'keep' if self.keep else 'remove'}"
