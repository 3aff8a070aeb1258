"""May this provider teach? Applications, authorizations, reviews, corrective actions, suspensions and revocations."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.shared.dated import DatedQuerySet, one_at_a_time, starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked


class Outcome(models.TextChoices):
    GRANTED = "granted", _("Granted")
    DENIED = "denied", _("Denied")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def unanswered(self) -> Self:
        return self.filter(outcome="")


@tracked()
class Application(models.Model):
    """A provider asks to be authorized, for the first time or again. A denial is explained in writing (R-91)."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="applications")
    received_on = models.DateField()
    answer_by = models.DateField()
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    explanation = models.TextField(blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider"], condition=Q(outcome=""), name="one_unanswered_application"
            ),
            models.CheckConstraint(
                name="denied_applications_are_explained", condition=~Q(outcome="denied") | ~Q(explanation="")
            ),
            models.CheckConstraint(
                name="answered_applications_have_a_day",
                condition=Q(outcome="", answered_on__isnull=True)
                | (~Q(outcome="") & Q(answered_on__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.received_on} {self.outcome}"


class AuthorizationKind(models.TextChoices):
    GRANT = "grant", _("Authorized")
    RENEWAL = "renewal", _("Renewed")
    AUTOMATIC = "automatic", _("Approved automatically: a district's own courses")


class AuthorizationQuerySet(DatedQuerySet["Authorization"]):
    def in_force(self, day: dt.date, *, sanctions: "SanctionQuerySet | None" = None) -> Self:
        """Those that hold on this day and are not suspended or revoked on it (R-93).

        `sanctions`: those to ask, today's unless others are given.
        """
        asked = Sanction.objects.all() if sanctions is None else sanctions
        return self.on(day).exclude(Exists(asked.on(day).filter(provider=OuterRef("provider"))))


@tracked()
class Authorization(models.Model):
    """DESE authorizes a provider for a span of at most three years (R-90)."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="authorizations")
    kind = models.CharField(max_length=9, choices=AuthorizationKind.choices, default=AuthorizationKind.GRANT)
    valid_from = models.DateField()
    valid_to = models.DateField()
    source = models.CharField(max_length=200, blank=True)
    granted_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AuthorizationQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("authorization_starts_before_it_ends"),
            one_at_a_time("one_authorization_at_a_time", same=["provider"]),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.valid_from} to {self.valid_to}"


class ReviewKind(models.TextChoices):
    ACCESSIBILITY = "accessibility", _("Accessibility checklist (WCAG 2.1)")
    DATA_SECURITY = "data_security", _("Data-security review")


@tracked()
class Review(models.Model):
    """A dated checklist or review of a provider, and where its paper is kept (R-97). The newest of a kind counts."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(max_length=13, choices=ReviewKind.choices)
    done_on = models.DateField()
    reference = models.CharField(max_length=200, blank=True, help_text=_("Where the paper is kept"))
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    entered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "kind", "done_on"], name="one_review_of_a_kind_a_day"
            ),
            models.CheckConstraint(
                name="reviews_are_attached", condition=~Q(reference="") | Q(document__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.kind} {self.done_on}"


class CorrectiveActionQuerySet(models.QuerySet["CorrectiveAction"]):
    def unsettled(self) -> Self:
        """Told to the provider, neither cleared nor followed by a suspension or revocation."""
        return self.filter(cleared_on__isnull=True, sanctions__isnull=True)


@tracked()
class CorrectiveAction(models.Model):
    """The provider was told what is wrong and until when to put it right: the notice that R-92 asks for."""

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="corrective_actions")
    problem = models.TextField()
    noticed_on = models.DateField()
    cure_by = models.DateField()
    noticed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    cleared_on = models.DateField(null=True, blank=True)
    cleared_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CorrectiveActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="time_to_cure_follows_the_notice", condition=Q(cure_by__gt=models.F("noticed_on"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.noticed_on}"


class SanctionKind(models.TextChoices):
    SUSPENSION = "suspension", _("Suspended")
    REVOCATION = "revocation", _("Revoked")


class SanctionQuerySet(DatedQuerySet["Sanction"]):
    pass


@tracked()
class Sanction(models.Model):
    """A suspension, until it is lifted, or a revocation, until the provider is authorized anew.

    It follows a notice whose time to cure is over, or is urgent and says why (R-92).
    """

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="sanctions")
    kind = models.CharField(max_length=10, choices=SanctionKind.choices)
    corrective_action = models.ForeignKey(
        CorrectiveAction, null=True, blank=True, on_delete=models.PROTECT, related_name="sanctions"
    )
    is_urgent = models.BooleanField(default=False)
    reason = models.TextField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    imposed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    lifted_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("sanction_starts_before_it_ends"),
            one_at_a_time("one_sanction_at_a_time", same=["provider"]),
            models.CheckConstraint(
                name="sanctions_follow_a_notice_or_are_urgent",
                condition=Q(corrective_action__isnull=False) | Q(is_urgent=True),
            ),
            models.CheckConstraint(name="sanctions_have_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.kind} {self.valid_from}"
