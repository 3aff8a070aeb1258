"""What was done about a request. Rows are added and never change: the database refuses everything else.

But for the courses that were chosen, which can be taken off again.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.history import tracked

from ..rules import State, Step
from .archive import ArchiveRow
from .requests import TranscriptRequest


class Entry(models.Model):
    """One line of the request's story, read by the office and, on the status page, by who asked.

    `state`: where it led. `text`: what was said to the person, or about a step; no names. `by`: None for the person.
    """

    request = models.ForeignKey(TranscriptRequest, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=9, choices=Step.choices)
    state = models.CharField(max_length=9, choices=State.choices)
    text = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"{self.step} of {self.request_id}"


class LookedAt(models.TextChoices):
    """What an identity can be checked by."""

    SENT_ID = "sent_id", _("The ID that was sent, compared with the request")
    SHOWN_ID = "shown_id", _("An ID that was shown in person")
    VIDEO = "video", _("An ID that was shown in a video call")
    CONSENT = "consent", _("The student's signed consent, and the ID of who asks")
    NOTARY = "notary", _("A paper signed before a notary")
    OTHER = "other", _("Something else, as written below")


class IdentityCheck(models.Model):
    """Who looked at what, and when, before anything left (R-121). A check that was taken back stays to be read."""

    request = models.ForeignKey(TranscriptRequest, on_delete=models.PROTECT, related_name="identity_checks")
    looked_at = models.CharField(max_length=8, choices=LookedAt.choices)
    what = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="something_else_is_explained", condition=~Q(looked_at="other") | ~Q(what="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.looked_at} of {self.request_id}"


class Place(models.TextChoices):
    """Where records can be looked for."""

    ARCHIVE = "archive", _("The archive of MoVIP")
    PAPER = "paper", _("Paper files of the state office")
    FILM = "film", _("Microfilm or old backups")
    VENDOR = "vendor", _("The company that taught the courses")
    SCHOOL = "school", _("The school of that time")
    OTHER = "other", _("Another place, as written below")


class Look(models.Model):
    """One look for the records: where, for what, and how much was found (R-122).

    `terms`: what the archive was asked for, to show its answer again: last_names, first_names (lists), birth_date.
    """

    request = models.ForeignKey(TranscriptRequest, on_delete=models.PROTECT, related_name="looks")
    place = models.CharField(max_length=7, choices=Place.choices)
    terms = models.JSONField(default=dict, blank=True)
    what = models.CharField(max_length=300, blank=True)
    found = models.PositiveIntegerField(help_text=_("How many courses were found"))
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_look_says_what_it_was_for", condition=Q(place="archive") | ~Q(what="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} for {self.request_id}"


@tracked()
class ChosenRow(models.Model):
    """A course of the archive that somebody, never the search, said is the student's. Taken off again, it goes."""

    request = models.ForeignKey(TranscriptRequest, on_delete=models.PROTECT, related_name="chosen")
    row = models.ForeignKey(ArchiveRow, on_delete=models.PROTECT, related_name="chosen")
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "row"], name="a_course_is_chosen_once")]

    def __str__(self) -> str:
        return f"{self.row_id} for {self.request_id}"
