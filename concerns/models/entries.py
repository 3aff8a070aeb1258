"""What is said and done about a concern. Rows are added and never change: the database refuses everything else."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership

from .asking import Asked
from .concerns import Concern


class EntryKind(models.TextChoices):
    RECEIVED = "received", _("Received")
    SORTED = "sorted", _("Sorted")
    ASSIGNED = "assigned", _("Given to a reviewer")
    NOTE = "note", _("Note of the office")
    LINKED = "linked", _("Linked")
    TAGGED = "tagged", _("Tags changed")
    JOINED = "joined", _("Joined")
    SEPARATED = "separated", _("Separated again")
    TO_WRITER = "to_writer", _("The office wrote to the writer")
    ASKED_WRITER = "asked_writer", _("The office asked the writer")
    FROM_WRITER = "from_writer", _("The writer wrote")
    ASKED = "asked", _("The office asked the other side")
    ANSWERED = "answered", _("The other side answered")
    ASKED_NO_MORE = "asked_no_more", _("The question was taken back")
    CONSENT = "consent", _("Consent to be named")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Opened again")
    RATED = "rated", _("The writer rated the answer")


# What the writer reads on the status page, word for word; of ASKED and ANSWERED only that it happened.
FOR_WRITER = (
    EntryKind.RECEIVED,
    EntryKind.SORTED,
    EntryKind.ASSIGNED,
    EntryKind.TO_WRITER,
    EntryKind.ASKED_WRITER,
    EntryKind.FROM_WRITER,
    EntryKind.CONSENT,
    EntryKind.CLOSED,
    EntryKind.REOPENED,
    EntryKind.RATED,
)
SAY_SOMETHING = (
    EntryKind.NOTE,
    EntryKind.TO_WRITER,
    EntryKind.ASKED_WRITER,
    EntryKind.FROM_WRITER,
    EntryKind.ASKED,
    EntryKind.ANSWERED,
)


class EntryQuerySet(models.QuerySet["Entry"]):
    def for_writer(self) -> Self:
        """What the status page shows word for word."""
        return self.filter(kind__in=FOR_WRITER)


class Entry(models.Model):
    """One line of the concern's story. `by` is None for the writer and for what the portal did by itself.

    `to`: the reviewer to whom it was given; only the office reads who that is.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=13, choices=EntryKind.choices)
    text = models.TextField(max_length=8000, blank=True)
    asked = models.ForeignKey(Asked, null=True, blank=True, on_delete=models.PROTECT, related_name="entries")
    by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="what_is_said_has_words", condition=~Q(kind__in=SAY_SOMETHING) | ~Q(text="")
            ),
            models.CheckConstraint(
                name="a_question_is_known_to_what_was_said_about_it",
                condition=~Q(kind__in=["asked", "answered", "asked_no_more"]) | Q(asked__isnull=False),
            ),
            models.CheckConstraint(
                name="writers_have_no_hat",
                condition=~Q(kind__in=["from_writer", "rated"]) | Q(by__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.concern_id}"
