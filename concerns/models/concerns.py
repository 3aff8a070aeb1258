"""The concern itself, and whether its writer lets the office name them."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coredata.reconcile.models import Mismatch
from enrollment.full_time.models import Program, ProgramApplication
from enrollment.part_time.models import CourseLine
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.history import tracked
from providers.models import Course


class Writer(models.TextChoices):
    """Who writes, in their own words."""

    PARENT = "parent", _("A parent or guardian")
    STUDENT = "student", _("A student")
    DISTRICT = "district", _("Somebody who works for a district or charter school")
    PROVIDER = "provider", _("Somebody who works for a provider")
    HOST = "host", _("Somebody who works for a full-time program")
    PUBLIC = "public", _("Somebody else")


class Track(models.TextChoices):
    PART_TIME = "part_time", _("Single courses beside school (part-time)")
    FULL_TIME = "full_time", _("A full-time virtual program")


class Contact(models.TextChoices):
    """How the office may reach the writer."""

    NONE = "none", _("Not at all")
    EMAIL = "email", _("Email")
    PHONE = "phone", _("Telephone")


class Format(models.TextChoices):
    """The form in which the writer can read an answer."""

    USUAL = "usual", _("As text on this site and by email")
    LARGE = "large", _("In large print")
    SPOKEN = "spoken", _("Read to me by telephone")
    BRAILLE = "braille", _("In braille")
    SIGNED = "signed", _("In American Sign Language")


class ConcernState(models.TextChoices):
    RECEIVED = "received", _("Received")
    SORTED = "sorted", _("Sorted")
    ASSIGNED = "assigned", _("With a reviewer")
    AWAITING = "awaiting", _("Waiting for an answer")
    RESPONDED = "responded", _("The other side has answered")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Opened again")
    MERGED = "merged", _("Joined with another concern")


OPEN_STATES = (
    ConcernState.RECEIVED,
    ConcernState.SORTED,
    ConcernState.ASSIGNED,
    ConcernState.AWAITING,
    ConcernState.RESPONDED,
    ConcernState.REOPENED,
)


class Outcome(models.TextChoices):
    """How a concern ended."""

    SETTLED = "settled", _("Settled: what was wrong was put right")
    EXPLAINED = "explained", _("Explained: nothing was found that broke a rule")
    CORRECTED = "corrected", _("A rule was broken, and the other side must correct it")
    REFERRED = "referred", _("Another office is the right one")
    NO_ANSWER = "no_answer", _("Too little was known, and nobody could be asked")
    TAKEN_BACK = "taken_back", _("The writer took it back")
    NOT_A_CONCERN = "not_a_concern", _("It was no concern: advertising, a test, an empty message")


class ConcernQuerySet(models.QuerySet["Concern"]):
    def visible_to(self, hat: Membership) -> Self:
        """Every concern to the state office, none to anybody else: who is complained of sees what it was asked."""
        return self if hat.role in DESE_ROLES else self.none()

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)


@tracked(
    exclude=[
        "search", "name", "email", "phone", "student_name", "what_happened", "tried", "wanted", "answers",
    ]
)  # fmt: skip
class Concern(models.Model):
    """What somebody wrote, about whom, and where it stands.

    `form`: the key of the form that was sent; the same form sent twice is one concern. `secret_hash`: keyed SHA-256 of
    the secret that opens the status page with the number (`codes.py`). `answers`: answers to the questions of the
    category, by their name in questions.toml. `name`, `email`, `phone` are empty in an anonymous concern.
    `course_title` is what the writer called it; `course` what the office, or a link of the catalog, says it is. `line`
    to `mismatch`: what the office has linked.
    """

    form = models.UUIDField(unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ConcernState.choices, default=ConcernState.RECEIVED)

    writer = models.CharField(max_length=8, choices=Writer.choices)
    is_anonymous = models.BooleanField(default=False)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    contact = models.CharField(max_length=5, choices=Contact.choices)
    language = models.CharField(max_length=40, default="en", help_text=_("en, es, or a language by its name"))
    format = models.CharField(max_length=7, choices=Format.choices, default=Format.USUAL)

    lea = models.ForeignKey(
        Lea,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="concerns",
        db_index=False,  # concern_by_district begins with it
    )
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    program = models.ForeignKey(
        Program, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    course_title = models.CharField(max_length=120, blank=True)
    track = models.CharField(max_length=9, choices=Track.choices, blank=True)
    student_name = models.CharField(max_length=120, blank=True)
    student_grade = models.CharField(max_length=2, blank=True)

    category = models.CharField(max_length=30, help_text=_("A code of the set of concern categories"))
    answers = models.JSONField(default=dict, blank=True)
    happened_from = models.DateField(null=True, blank=True)
    happened_to = models.DateField(null=True, blank=True)
    what_happened = models.TextField(max_length=8000)
    tried = models.TextField(max_length=4000, blank=True)
    wanted = models.TextField(max_length=4000, blank=True)

    rule = models.CharField(max_length=6, blank=True, help_text=_("The rule it is about, such as R-15"))
    tags: models.ManyToManyField[Tag, models.Model] = models.ManyToManyField(
        "Tag", blank=True, related_name="concerns"
    )
    assigned_to = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )
    student = models.ForeignKey(
        Student, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    line = models.ForeignKey(
        CourseLine, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    application = models.ForeignKey(
        ProgramApplication, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )
    mismatch = models.ForeignKey(
        Mismatch, null=True, blank=True, on_delete=models.PROTECT, related_name="concerns"
    )

    acknowledge_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="concern_acknowledged"
    )
    sort_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="concern_sorted"
    )
    reply_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="concern_replied"
    )

    due_on = models.DateField(
        null=True, blank=True, help_text=_("The next day by which something is due: it orders the inbox")
    )

    outcome = models.CharField(max_length=13, choices=Outcome.choices, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True, help_text=_("1 (poor) to 5 (good)"))
    rated_at = models.DateTimeField(null=True, blank=True)

    search = models.GeneratedField(
        expression=SearchVector("what_happened", "tried", "wanted", "course_title", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = ConcernQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="concerns_say_what_happened", condition=~Q(what_happened="")),
            models.CheckConstraint(
                name="nobody_is_named_in_an_anonymous_concern",
                condition=Q(is_anonymous=False) | Q(name="", email="", phone="", contact="none"),
            ),
            models.CheckConstraint(
                name="who_wants_to_be_reached_says_where",
                condition=Q(contact="none")
                | (Q(contact="email") & ~Q(email=""))
                | (Q(contact="phone") & ~Q(phone="")),
            ),
            models.CheckConstraint(
                name="what_happened_begins_before_it_ends",
                condition=Q(happened_to__isnull=True) | Q(happened_to__gte=F("happened_from")),
            ),
            models.CheckConstraint(
                name="closed_concerns_have_an_outcome_and_a_time",
                condition=(Q(state="closed", closed_at__isnull=False) & ~Q(outcome=""))
                | (~Q(state="closed") & Q(closed_at__isnull=True, outcome="")),
            ),
            models.CheckConstraint(
                name="joined_concerns_say_with_which",
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
            ),
            models.CheckConstraint(
                name="concerns_are_rated_from_1_to_5",
                condition=Q(rating__isnull=True, rated_at__isnull=True)
                | Q(rating__range=(1, 5), rated_at__isnull=False),
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="concern_by_words"),
            models.Index(fields=["category", "received_at"], name="concern_by_category"),
            models.Index(fields=["lea", "category"], name="concern_by_district"),
            models.Index(F("received_at").desc(), F("id").desc(), name="concern_newest_first"),
            models.Index(
                F("due_on").asc(nulls_last=True),
                "received_at",
                "id",
                condition=Q(state__in=OPEN_STATES),
                name="open_concern_by_due_day",
            ),
            models.Index(
                fields=["received_at"],
                condition=Q(state="received"),
                name="concern_to_sort",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What the writer is told, such as C-000123. It is no secret and opens nothing by itself."""
        return f"C-{self.pk:06d}"

    @property
    def answered_in(self) -> Concern:
        """The concern in which the office answers this one: what it is joined with, or itself."""
        return self.merged_into or self

    @property
    def over_at(self) -> dt.datetime | None:
        """When the office closed it, or what it is joined with; None while it is at work."""
        return self.answered_in.closed_at


@tracked(exclude=["text"])
class IdentityConsent(models.Model):
    """That the writer lets the office tell who is complained of who they are, or takes that back; the latest counts.

    `text`: the sentence that they agreed to (R-119).
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="consents")
    is_given = models.BooleanField()
    text = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="consents_have_a_text", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.concern_id}: {'yes' if self.is_given else 'no'}"


class Tag(models.Model):
    """A word of the office for concerns that have something in common."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(name="tags_have_a_name", condition=~Q(name=""))]

    def __str__(self) -> str:
        return self.name
