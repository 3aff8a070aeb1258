"""A request for a transcript of MoVIP, and the papers that came with it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import Max, Q
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from concerns.models import ScanState
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.shared.history import tracked

from ..rules import ANSWERED, OPEN, State


class Asker(models.TextChoices):
    STUDENT = "student", _("I am the former student")
    OTHER = "other", _("I ask for the former student, with a consent that the student signed")


class Delivery(models.TextChoices):
    """Who gets the transcript."""

    SELF = "self", _("Me: I save it from the page of my request")
    SCHOOL = "school", _("A school, by mail")
    COLLEGE = "college", _("A college or an employer, by mail")


class TranscriptRequestQuerySet(models.QuerySet["TranscriptRequest"]):
    def visible_to(self, hat: Membership) -> Self:
        """Every request to the state office, none to anybody else: who asked has a number and a secret."""
        return self if hat.role in DESE_ROLES else self.none()

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def overdue(self, *, on: dt.date) -> Self:
        return self.open().filter(due_on__lt=on)

    def to_mail(self) -> Self:
        """Answered with a paper that has to be mailed and was not yet."""
        return self.filter(_TO_MAIL)

    def over(self, *, before: dt.datetime) -> Self:
        """Answered or closed before this moment, nothing left to mail, and not let go yet. With `ended_at`."""
        over = self.exclude(state__in=OPEN).exclude(_TO_MAIL).filter(let_go_at__isnull=True)
        return over.annotate(ended_at=_ENDED_AT).filter(ended_at__lt=before)

    def with_end(self) -> Self:
        """`ended_at`: when the last line of the story was written, or the transcript was last saved."""
        return self.annotate(ended_at=_ENDED_AT)

    def of_people(self) -> Self:
        """Those that a number and a secret still open."""
        return self.filter(let_go_at__isnull=True)


_MAILED = Q(state=State.SENT) & ~Q(delivery=Delivery.SELF) | Q(state=State.SENT_ON)
_TO_MAIL = _MAILED & Q(handed_out_at__isnull=True)
_ENDED_AT = Greatest(Max("entries__at"), Max("disclosures__at"))  # of none that is not there the other

_CONSENT = ("consent_records", "consent_purpose", "consent_recipient", "consent_signed_name")
_WHOLE_CONSENT = ~Q(**{_CONSENT[0]: ""}) & Q(consent_signed_on__isnull=False)
for _part in _CONSENT[1:]:
    _WHOLE_CONSENT &= ~Q(**{_part: ""})
_NO_CONSENT = Q(consent_signed_on__isnull=True, **dict.fromkeys(_CONSENT, ""))
_OF_ONESELF = Q(asker=Asker.STUDENT, delivery=Delivery.SELF)
# What a request holds to be handled by, and not to say what left, to whom and why.
_EMPTY_ONCE_LET_GO = ("secret_hash", "language", "years", "courses", "email", "phone", "recipient_address")


@tracked(
    exclude=[
        "former_last_name", "former_first_name", "current_last_name", "current_first_name", "asker_name",
        "birth_date", "email", "phone", "recipient_address", "secret_hash",
    ]
)  # fmt: skip
class TranscriptRequest(models.Model):
    """What somebody asks for, who they say they are, and where it stands.

    `form`: the key of the form that was sent; the same form sent twice is one request. `secret_hash`: SHA-256 of the
    secret that opens the status page with the number. The consent (34 CFR 99.30) is of the former student: needed
    unless they ask for themselves and get it themselves. `current_…` are empty where the name is still the same.
    `years`: as the asker remembers them. `handed_out_at`: when the paper first left the office. `let_go_at`: when all
    was removed that the log of what left does not need (34 CFR 99.32(a)(2)); nobody does anything with it any more.
    """

    form = models.UUIDField(null=True, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField()
    due_on = models.DateField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.REQUESTED)
    language = models.CharField(max_length=5, default="en")

    former_last_name = models.CharField(max_length=80)
    former_first_name = models.CharField(max_length=80)
    current_last_name = models.CharField(max_length=80, blank=True)
    current_first_name = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField()
    years = models.CharField(max_length=40)
    school_then = models.CharField(max_length=120)
    courses = models.CharField(max_length=500, blank=True)

    asker = models.CharField(max_length=7, choices=Asker.choices)
    asker_name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)

    delivery = models.CharField(max_length=7, choices=Delivery.choices)
    recipient = models.CharField(max_length=120, blank=True)
    recipient_address = models.CharField(max_length=300, blank=True)

    consent_records = models.CharField(max_length=300, blank=True)
    consent_purpose = models.CharField(max_length=300, blank=True)
    consent_recipient = models.CharField(max_length=120, blank=True)
    consent_signed_name = models.CharField(max_length=120, blank=True)
    consent_signed_on = models.DateField(null=True, blank=True)

    assigned_to = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="transcript_requests"
    )
    identity_check = models.OneToOneField(
        "IdentityCheck", null=True, blank=True, on_delete=models.PROTECT, related_name="stands_for"
    )
    looked_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was first looked for"))
    handed_out_at = models.DateTimeField(null=True, blank=True)
    let_go_at = models.DateTimeField(null=True, blank=True)

    objects = TranscriptRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nothing_leaves_before_identity_and_consent",
                condition=~Q(state__in=ANSWERED)
                | (Q(identity_check__isnull=False) & (_OF_ONESELF | _WHOLE_CONSENT)),
            ),
            models.CheckConstraint(
                name="what_is_looked_for_was_checked",
                condition=Q(state__in=[State.REQUESTED, State.CLOSED]) | Q(identity_check__isnull=False),
            ),
            models.CheckConstraint(
                name="a_check_belongs_to_no_request_that_waits_for_one",
                condition=~Q(state=State.REQUESTED) | Q(identity_check__isnull=True),
            ),
            models.CheckConstraint(
                name="answers_come_after_a_look",
                condition=~Q(state__in=ANSWERED) | Q(looked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_consent_is_whole_or_none",
                condition=_WHOLE_CONSENT | _NO_CONSENT,
            ),
            models.CheckConstraint(
                name="who_asks_for_another_or_for_a_third_has_consent", condition=_OF_ONESELF | _WHOLE_CONSENT
            ),
            models.CheckConstraint(
                name="who_asks_for_another_says_who_they_are",
                condition=Q(asker=Asker.STUDENT, asker_name="") | (Q(asker=Asker.OTHER) & ~Q(asker_name="")),
            ),
            models.CheckConstraint(
                name="a_mailed_transcript_has_an_address",
                condition=Q(delivery=Delivery.SELF, recipient="", recipient_address="")
                | (
                    ~Q(delivery=Delivery.SELF)
                    & ~Q(recipient="")
                    & (~Q(recipient_address="") | Q(let_go_at__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="a_request_names_the_student",
                condition=~Q(former_last_name="") & ~Q(former_first_name="") & ~Q(school_then=""),
            ),
            models.CheckConstraint(
                name="papers_leave_after_they_are_written",
                condition=Q(handed_out_at__isnull=True) | Q(state__in=ANSWERED),
            ),
            models.CheckConstraint(
                name="what_is_let_go_is_over_and_keeps_no_way_to_anybody",
                condition=Q(let_go_at__isnull=True, form__isnull=False)
                | (
                    Q(let_go_at__isnull=False, form__isnull=True, assigned_to__isnull=True)
                    & Q(**dict.fromkeys(_EMPTY_ONCE_LET_GO, ""))
                    & ~Q(state__in=OPEN)
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=Q(state__in=OPEN), name="transcripts_by_due_day")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"T-{self.pk:06d}"

    def let_go(self, *, at: dt.datetime) -> None:
        """Empty what only handling it needed. The caller saves."""
        self.let_go_at, self.form, self.assigned_to = at, None, None
        for name in _EMPTY_ONCE_LET_GO:
            setattr(self, name, "")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def has_consent(self) -> bool:
        return bool(self.consent_signed_on)

    @property
    def former_name(self) -> str:
        return f"{self.former_first_name} {self.former_last_name}"

    @property
    def current_name(self) -> str:
        """As they are called now; empty where nothing has changed."""
        if not (self.current_first_name or self.current_last_name):
            return ""
        first, last = self.current_first_name, self.current_last_name
        return f"{first or self.former_first_name} {last or self.former_last_name}"

    @property
    def reader(self) -> str:
        """Who gets the transcript, in words."""
        return self.recipient or self.asker_name or self.current_name or self.former_name


class PaperKind(models.TextChoices):
    PROOF = "proof", _("Proof of who I am: a driver license, passport or another ID")
    CONSENT = "consent", _("The consent that the student signed")
    OTHER = "other", _("Something else")


@tracked(exclude=["name"])
class Paper(models.Model):
    """A file of the person who asks, as it is kept: pictures without place, camera and person.

    `sha256`: of the bytes as they are kept. `state`: what a virus scanner said; only a clean file opens without a
    warning, an infected one never.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(TranscriptRequest, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=7, choices=PaperKind.choices)
    file = models.FileField(upload_to="transcripts/%Y/%m")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField(help_text=_("Bytes"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=ScanState.choices, default=ScanState.WAITING)
    scanned_at = models.DateTimeField(null=True, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="transcript_papers_are_not_empty", condition=Q(size__gt=0)),
            models.CheckConstraint(
                name="scanned_transcript_papers_have_a_time",
                condition=Q(state__in=["clean", "infected"], scanned_at__isnull=False)
                | Q(state__in=["waiting", "unscanned"], scanned_at__isnull=True),
            ),
            models.UniqueConstraint(fields=["request", "sha256"], name="a_paper_is_sent_once"),
        ]
        indexes = [
            models.Index(fields=["added_at"], condition=Q(state="waiting"), name="papers_to_scan_by_turn")
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.id}"
