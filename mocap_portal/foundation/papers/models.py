"""What is kept and what is sent.

A `Document` is a file that somebody handed in, kept as it came. A `Letter` is kept as it was sent. A `Notice` is one
mail of the outbox: written in the transaction of what it tells, sent by a worker, once. A `DigestItem` is a sentence
that waits for the one mail a person gets that day.
"""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership, User
from mocap_portal.foundation.shared.history import tracked


@tracked(exclude=["name"])
class Document(models.Model):
    """A file that somebody handed in: a scan, a signed agreement. `content_type` was read from its bytes.

    Who may open it says the row that points to it; `name` is what the sender called it and may name a child.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(upload_to="documents/%Y/%m")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text=_("Bytes"))
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="documents_are_not_empty", condition=Q(size__gt=0))]

    def __str__(self) -> str:
        return f"{self.content_type} {self.id}"


class LetterKind(models.TextChoices):
    APPROVAL = "approval", _("Approval of a course")
    DENIAL = "denial", _("Denial of a course")
    ADMISSION = "admission", _("Admission to a full-time program")
    REFUSAL = "refusal", _("Refusal by a full-time program")
    SERVICES = "services", _("Education services plan")
    ENGAGEMENT = "engagement", _("Notice about engagement")
    DISENROLLMENT = "disenrollment", _("Disenrollment from a full-time program")
    ATTENDANCE = "attendance", _("Attendance certification")
    TRANSCRIPT = "transcript", _("Transcript of MoVIP")
    TRANSCRIPT_NOT_FOUND = "transcript_not_found", _("Answer: no transcript of MoVIP was found")
    TRANSCRIPT_SENT_ON = "transcript_sent_on", _("Request for a transcript, sent on to a school")


@tracked(exclude=["html", "facts"])
class Letter(models.Model):
    """A letter as it was sent: the facts it was made from, its text as HTML and as tagged PDF/UA."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    language = models.CharField(max_length=5, default="en")
    written_at = models.DateTimeField()
    facts = models.JSONField()
    html = models.TextField()
    pdf = models.FileField(upload_to="letters/%Y/%m")
    pdf_sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.id}"


class NoticeState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Given up")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def waiting(self, *, at: dt.datetime) -> Self:
        """What may be tried now: not sent, not given up, and its pause after a failure is over."""
        return self.filter(state=NoticeState.QUEUED, try_after__lte=at)


class Notice(models.Model):
    """A mail of the outbox. `key` says what it tells: the same thing is never told twice.

    The body names no child, no MOSIS ID and no birth date (R-31): it links to the page that does.
    """

    key = models.CharField(max_length=200, unique=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="notices")
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=6, choices=NoticeState.choices, default=NoticeState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    try_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sent_notices_have_a_time",
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
            )
        ]
        indexes = [
            models.Index(fields=["try_after"], condition=Q(state="queued"), name="notice_waiting_by_turn")
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that a mail system drops a second copy after a crash."""
        return f"<notice-{self.pk}@mocap-portal>"


class DigestItem(models.Model):
    """A sentence for a person's mail of the day, with the address (path) of the page to act on."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="digest_items")
    day = models.DateField()
    key = models.CharField(max_length=200)
    sentence = models.CharField(max_length=300)
    path = models.CharField(max_length=200)
    urgent = models.BooleanField(default=False)
    notice = models.ForeignKey(
        Notice, null=True, blank=True, on_delete=models.SET_NULL, related_name="digest_items"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "day", "key"], name="one_digest_item_per_day_and_key")
        ]

    def __str__(self) -> str:
        return self.sentence
