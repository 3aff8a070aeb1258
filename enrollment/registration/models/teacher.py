"""Who teaches a course, and the Missouri certificate that is on file (R-32)."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.dated import starts_before_it_ends
from mocap_portal.foundation.shared.history import tracked

# As it is written, and as nine digits in a row. No certificate number looks like it.
LIKE_AN_SSN = r"(^|[^0-9])[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4}([^0-9]|$)"


class TeacherQuerySet(models.QuerySet["Teacher"]):
    def visible_to(self, hat: Membership) -> Self:
        """A district sees its own teachers, a provider its own."""
        if hat.is_lea or hat.is_provider:
            return self.filter(organization=hat.organization_id)
        return self.none()


@tracked()
class Teacher(models.Model):
    """A teacher of a provider or a district, with the certificate on file. Its renewal changes the row; the history
    keeps what stood there before."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="teachers")
    name = models.CharField(max_length=120)
    certificate_number = models.CharField(max_length=20)
    certificate_kind = models.CharField(
        max_length=80, blank=True, help_text=_("As it is called on the certificate")
    )
    valid_from = models.DateField()
    valid_to = models.DateField(help_text=_("Last valid day"))

    objects = TeacherQuerySet.as_manager()

    class Meta:
        constraints = [
            starts_before_it_ends("certificate_starts_before_it_ends"),
            models.UniqueConstraint(
                fields=["organization", "certificate_number"], name="a_certificate_is_on_file_once"
            ),
            models.CheckConstraint(
                name="a_certificate_number_is_no_ssn",
                condition=~Q(certificate_number="") & ~Q(certificate_number__regex=LIKE_AN_SSN),
            ),
        ]
        indexes = [models.Index(fields=["organization", "valid_to"], name="teacher_by_last_valid_day")]

    def __str__(self) -> str:
        return self.name

    def is_certified_on(self, day: dt.date) -> bool:
        return self.valid_from <= day <= self.valid_to
