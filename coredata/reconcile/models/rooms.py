"""What is said in the room of a mismatch. Rows are added and never change: the database refuses everything else."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.papers.models import Document

from .mismatches import Mismatch


class Side(models.TextChoices):
    """Who sits in a room. An organization may sit twice: a district that is a provider, too."""

    DISTRICT = "district", _("District")
    OTHER = "other", _("Other district")
    PROVIDER = "provider", _("Provider")
    OFFICE = "office", _("MOCAP office")


PARTIES = (Side.DISTRICT, Side.OTHER, Side.PROVIDER)


class RemarkKind(models.TextChoices):
    AGREE = "agree", _("Agrees")
    CONTEST = "contest", _("Contests")
    NOTE = "note", _("Note")


POSITIONS = (RemarkKind.AGREE, RemarkKind.CONTEST)


class Reason(models.TextChoices):
    """Why a side agrees or contests."""

    CORRECT_FILE = "correct_file", _("We will correct our file")
    CORRECT_REQUEST = "correct_request", _("We will correct the request")
    CORRECT_REPORT = "correct_report", _("We will correct our report")
    GIVE_UP = "give_up", _("The student is not ours, and we will take the row out")
    AGREE_OTHER = "agree_other", _("Other: we agree, as explained below")
    OURS = "ours", _("The student is ours")
    DENIED = "denied", _("We denied this course")
    NOT_OURS = "not_ours", _("The student is not ours")
    WITHDRAWN = "withdrawn", _("The student was withdrawn on our side")
    APPROVED = "approved", _("The district told us that the course is approved")
    BASIS = "basis", _("The course is paid on another basis")
    IDENTIFIER = "identifier", _("The identifier is another student's")
    AS_SENT = "as_sent", _("What we sent is right")
    CONTEST_OTHER = "contest_other", _("Other: we contest it, as explained below")


_OF_DISTRICTS = {
    RemarkKind.AGREE: (Reason.CORRECT_FILE, Reason.CORRECT_REQUEST, Reason.GIVE_UP, Reason.AGREE_OTHER),
    RemarkKind.CONTEST: (
        Reason.AS_SENT,
        Reason.DENIED,
        Reason.OURS,
        Reason.NOT_OURS,
        Reason.WITHDRAWN,
        Reason.BASIS,
        Reason.IDENTIFIER,
        Reason.CONTEST_OTHER,
    ),
}
REASONS = {
    Side.DISTRICT: _OF_DISTRICTS,
    Side.OTHER: _OF_DISTRICTS,
    Side.PROVIDER: {
        RemarkKind.AGREE: (Reason.CORRECT_REPORT, Reason.AGREE_OTHER),
        RemarkKind.CONTEST: (
            Reason.AS_SENT,
            Reason.APPROVED,
            Reason.WITHDRAWN,
            Reason.BASIS,
            Reason.IDENTIFIER,
            Reason.CONTEST_OTHER,
        ),
    },
}
AGREEING = (
    Reason.CORRECT_FILE,
    Reason.CORRECT_REQUEST,
    Reason.CORRECT_REPORT,
    Reason.GIVE_UP,
    Reason.AGREE_OTHER,
)
NEED_WORDS = (Reason.AGREE_OTHER, Reason.CONTEST_OTHER)


class RemarkQuerySet(models.QuerySet["Remark"]):
    def visible_to(self, hat: Membership) -> Self:
        """What is shared, and what is its own organization's. Whether the hat sits in the room is asked elsewhere."""
        return self.filter(Q(is_shared=True) | Q(organization=hat.organization_id))


class Remark(models.Model):
    """What one side says: that it agrees or contests (its latest counts), or a note, with or without a file.

    `is_shared`: for all who sit in the room; otherwise for the own organization only.
    """

    mismatch = models.ForeignKey(Mismatch, on_delete=models.PROTECT, related_name="remarks")
    side = models.CharField(max_length=8, choices=Side.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=RemarkKind.choices)
    reason = models.CharField(max_length=15, choices=Reason.choices, blank=True)
    text = models.CharField(max_length=2000, blank=True)
    is_shared = models.BooleanField()
    document = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="remark"
    )
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    objects = RemarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="who_agrees_or_contests_gives_a_reason_to_all",
                condition=Q(kind="agree", is_shared=True, reason__in=AGREEING)
                | (Q(kind="contest", is_shared=True) & ~Q(reason__in=["", *AGREEING]))
                | Q(kind="note", reason=""),
            ),
            models.CheckConstraint(
                name="another_reason_is_explained", condition=~Q(reason__in=NEED_WORDS) | ~Q(text="")
            ),
            models.CheckConstraint(
                name="a_note_says_something", condition=~Q(kind="note", text="", document__isnull=True)
            ),
            models.CheckConstraint(
                name="files_come_with_notes", condition=Q(kind="note") | Q(document__isnull=True)
            ),
            models.CheckConstraint(
                name="the_office_takes_no_side", condition=Q(kind="note") | ~Q(side="office")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.side} in {self.mismatch_id}"


class Ruling(models.Model):
    """What the MOCAP office has decided; the latest counts. It changes no data: the mismatch stays until they agree.

    `right`: whose data are right. `must_correct`, `what`: who corrects what. All three are empty where the sides are
    asked to settle it between them.
    """

    mismatch = models.ForeignKey(Mismatch, on_delete=models.PROTECT, related_name="rulings")
    right = models.CharField(max_length=8, choices=Side.choices, blank=True)
    must_correct = models.CharField(max_length=8, choices=Side.choices, blank=True)
    what = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=1000)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_ruling_gives_its_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="a_ruling_says_who_corrects_what",
                condition=Q(right="", must_correct="", what="")
                | (~Q(right="") & ~Q(must_correct="") & ~Q(what="") & ~Q(right=F("must_correct"))),
            ),
            models.CheckConstraint(
                name="a_ruling_is_about_the_parties",
                condition=~Q(right="office") & ~Q(must_correct="office"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mismatch_id}: {self.right or 'given back'}"


class Escalation(models.Model):
    """A side was silent for too long, so the mismatch went to the MOCAP office. A later ruling ends it.

    `asked_at`: the oldest word that it had not answered.
    """

    mismatch = models.ForeignKey(
        Mismatch, on_delete=models.PROTECT, related_name="escalations", db_index=False
    )
    silent = models.CharField(max_length=8, choices=Side.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mismatch", "silent", "asked_at"], name="a_silence_escalates_once"
            ),
            models.CheckConstraint(name="silence_comes_after_a_word", condition=Q(at__gt=F("asked_at"))),
            models.CheckConstraint(name="the_office_is_never_silent", condition=~Q(silent="office")),
        ]

    def __str__(self) -> str:
        return f"{self.silent} in {self.mismatch_id}"
