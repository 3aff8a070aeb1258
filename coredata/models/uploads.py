"""A file that a district sent: from its arrival over a trial to a certified version, and what is wrong in it."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.history import tracked
from mocap_portal.foundation.shared.rules import Severity

from ..collection import Collection
from ..layouts import DISTRICT_CHOICES, Cycle, Kind
from .reports import ProviderReport
from .sent import SentFile

SEVERITIES = [(Severity.ERROR.value, _("Error")), (Severity.WARNING.value, _("Warning"))]


@tracked()
class StoredCollection(models.Model):
    """A collection whose rows the portal keeps: why, and until when.

    Its rows are a partition of their own in the table of their kind, so a collection leaves whole.
    """

    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    cycle = models.CharField(max_length=3, choices=Cycle.choices)
    kind = models.CharField(max_length=15, choices=DISTRICT_CHOICES)
    purpose = models.TextField()
    keep_until = models.DateField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school_year", "cycle", "kind"], name="one_store_per_collection")
        ]

    def __str__(self) -> str:
        return str(self.collection)

    @property
    def collection(self) -> Collection:
        return Collection(self.school_year_id, Cycle(self.cycle), Kind(self.kind))


class HashKey(models.Model):
    """What educators' numbers of a school year are hashed with, itself encrypted.

    A key of its own for each year, so that no educator is followed over years. Without it nobody can try out numbers.
    """

    school_year = models.OneToOneField(SchoolYear, on_delete=models.PROTECT, related_name="+")
    encrypted = models.BinaryField()

    def __str__(self) -> str:
        return str(self.school_year_id)


class UploadState(models.TextChoices):
    UPLOADED = "uploaded", _("Waiting to be read")
    PARSED = "parsed", _("Read, being checked")
    REFUSED = "refused", _("Refused: not a file of yours that can be used")
    TRIAL = "trial", _("Trial: checked, not certified")
    REPLACED = "replaced", _("Replaced by a later trial")
    CERTIFIED = "certified", _("Certified")
    SUPERSEDED = "superseded", _("Certified earlier, superseded since")
    WITHDRAWN = "withdrawn", _("Withdrawn")


WITH_ROWS = [UploadState.TRIAL, UploadState.CERTIFIED, UploadState.SUPERSEDED]
ONCE_CERTIFIED = [UploadState.CERTIFIED, UploadState.SUPERSEDED]


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see the files of their own LEA; DESE sees all."""
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        return self if hat.is_dese else self.none()

    def standing(self, lea_id: int, collection: Collection) -> Self:
        """What an LEA has of a collection now: its trial and its certified version, as far as there are."""
        return self.filter(
            lea=lea_id,
            collection__school_year=collection.year,
            collection__cycle=collection.cycle,
            collection__kind=collection.kind,
            state__in=[UploadState.TRIAL, UploadState.CERTIFIED],
        )


@tracked()
class Upload(SentFile):
    """A core data file as an LEA sent it.

    Its bytes lie encrypted in `stored_as` until it is certified or 30 days have passed; `key` opens them, is itself
    encrypted, and empty once they are destroyed. `collection` is None until it was read, or where it was refused.
    `made_of`: the certified file of whose rows the portal made this one, some corrected; None where it was sent.
    """

    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="uploads")
    state = models.CharField(max_length=10, choices=UploadState.choices, default=UploadState.UPLOADED)
    collection = models.ForeignKey(
        StoredCollection, null=True, blank=True, on_delete=models.PROTECT, related_name="uploads"
    )
    made_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    needs_recheck = models.BooleanField(default=False, help_text=_("A file beside it has changed (V-16)"))
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    certified_at = models.DateTimeField(null=True, blank=True)
    certified_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    certified_name = models.CharField(max_length=120, blank=True)
    statement = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("Replaced, superseded or withdrawn"))

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lea", "collection"],
                condition=Q(state="trial"),
                name="one_trial_of_an_lea_per_collection",
            ),
            models.UniqueConstraint(
                fields=["lea", "collection"],
                condition=Q(state="certified"),
                name="one_certified_file_of_an_lea_per_collection",
            ),
            models.CheckConstraint(
                name="what_was_read_has_a_collection",
                condition=Q(state__in=["uploaded", "refused"]) | Q(collection__isnull=False),
            ),
            models.CheckConstraint(name="a_refusal_says_why", condition=~Q(state="refused") | ~Q(refusal="")),
            models.CheckConstraint(name="no_file_is_made_of_itself", condition=~Q(made_of=F("pk"))),
            models.CheckConstraint(
                name="a_certified_file_says_who_and_when",
                condition=~Q(state__in=["certified", "superseded"])
                | (Q(certified_at__isnull=False, certified_by__isnull=False) & ~Q(certified_name="")),
            ),
            models.CheckConstraint(
                name="a_certified_file_has_no_errors",
                condition=~Q(state__in=["certified", "superseded"]) | Q(errors=0),
            ),
            models.CheckConstraint(
                name="rows_are_counted_once",
                condition=Q(rows_read__gte=F("rows_with_warnings") + F("rows_with_errors")),
            ),
        ]
        indexes = [models.Index(fields=["lea", "-sent_at"], name="uploads_of_an_lea")]

    def __str__(self) -> str:
        return f"{self.name} of {self.lea_id}"


@tracked()
class Opening(models.Model):
    """Somebody took back what was sent, educators' numbers and all. Never deleted."""

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="openings")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.upload_id} by {self.by_id}"


class Problem(models.Model):
    """What is wrong in a file: `line` is null for a problem of the whole file, `value` where values are not kept.

    The file is a district's upload or a provider's report.
    """

    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.CASCADE, related_name="problems"
    )
    report = models.ForeignKey(
        ProviderReport,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="problems",
        db_index=False,  # the index below begins with it
    )
    line = models.PositiveIntegerField(null=True, blank=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.TextField(null=True, blank=True)
    rule = models.CharField(max_length=5)
    severity = models.CharField(max_length=1, choices=SEVERITIES)
    message = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_problem_is_of_one_file",
                condition=Q(upload__isnull=False, report__isnull=True)
                | Q(upload__isnull=True, report__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["upload", "rule", "line"], name="problems_of_an_upload"),
            models.Index(
                fields=["report", "rule", "line"],
                condition=Q(report__isnull=False),
                name="problems_of_a_report",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} on line {self.line}"
