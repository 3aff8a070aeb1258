"""What a provider tells about itself: its policies, how its teachers are reached, what it attests."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.history import tracked

FEWEST_CONTACT_METHODS = 2

# The links that a renewal needs, and what they are called.
POLICY_LINKS: dict[str, Any] = {
    "integrity_url": _("Academic integrity"),
    "netiquette_url": _("Netiquette"),
    "plagiarism_url": _("Plagiarism"),
    "privacy_url": _("Privacy"),
    "consequences_url": _("Consequences"),
}


class ContactMethod(models.TextChoices):
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("Email")
    MESSAGES = "messages", _("Messages inside the course")
    VIDEO = "video", _("Video call")
    OFFICE_HOURS = "office_hours", _("Online office hours")


class ProfileFacts:
    """What a profile says of itself, today's row and a row of its history alike."""

    contact_methods: list[str]

    @property
    def missing_links(self) -> list[str | Promise]:
        """What the policies are called whose links are not given yet."""
        return [label for name, label in POLICY_LINKS.items() if not getattr(self, name)]

    @property
    def links(self) -> list[dict[str, str | Promise]]:
        """The links that are given, each with `label` and `url`."""
        return [
            {"label": label, "url": getattr(self, name)}
            for name, label in POLICY_LINKS.items()
            if getattr(self, name)
        ]

    @property
    def contact_words(self) -> str:
        """The ways to reach a teacher, as one line."""
        return ", ".join(str(ContactMethod(method).label) for method in self.contact_methods)


@tracked(like=ProfileFacts)
class ProviderProfile(ProfileFacts, models.Model):
    """One per provider, kept by its administrator. Links are empty until they are given."""

    provider = models.OneToOneField(
        Provider, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    integrity_url = models.URLField(blank=True)
    netiquette_url = models.URLField(blank=True)
    plagiarism_url = models.URLField(blank=True)
    privacy_url = models.URLField(blank=True)
    consequences_url = models.URLField(blank=True)
    contact_methods = ArrayField(
        models.CharField(max_length=12, choices=ContactMethod.choices), default=list, blank=True
    )
    weekly_contact_attested_on = models.DateField(null=True, blank=True)
    weekly_contact_attested_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_full_time = models.BooleanField(default=False)
    accommodations_url = models.URLField(blank=True)
    student_teacher_ratio = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="attested_contact_has_two_methods",
                condition=Q(weekly_contact_attested_on__isnull=True) | Q(contact_methods__len__gte=2),
            ),
            models.CheckConstraint(
                name="full_time_providers_tell_ratio_and_accommodations",
                condition=Q(is_full_time=False)
                | (Q(student_teacher_ratio__gt=0) & ~Q(accommodations_url="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.provider_id)
