"""What a family asks of an LEA: for one child and one term, signed, with its clock."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.records.models import Claim, ClaimState, PriorSemester
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning, Lea, Term
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.shared.history import tracked


class RequestState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for a decision")
    DECIDED = "decided", _("Decided")
    CANCELLED = "cancelled", _("Taken back")


class Channel(models.TextChoices):
    """How the request came. All but the first are entered by staff for a family."""

    PORTAL = "portal", _("The family wrote it here")
    PHONE = "phone", _("By phone")
    PAPER = "paper", _("On paper")
    WALK_IN = "walk_in", _("In person")


REVIEWING_ROLES = frozenset({Role.COUNSELOR, Role.DECIDER, Role.COORDINATOR, Role.SPECIAL_EDUCATION})


class CourseRequestQuerySet(models.QuerySet["CourseRequest"]):
    def visible_to(self, hat: Membership) -> Self:
        """Where every page starts: the requests this person may know exist.

        A family sees its own, drafts included. LEA staff see what was submitted to their LEA. DESE sees what was
        submitted. A provider sees none: it sees its roster.
        """
        if hat.is_family:
            return self.filter(claim__in=Claim.objects.visible_to(hat)).filter(
                ~Q(state=RequestState.DRAFT) | Q(claim__claimant=hat.user_id)
            )
        submitted = self.exclude(state=RequestState.DRAFT)
        if hat.is_lea:
            return submitted.filter(lea=hat.organization_id)
        if hat.is_dese:
            return submitted
        return self.none()

    def reviewable_by(self, hat: Membership) -> Self:
        """What this hat may review: its LEA's requests, but none about a child of this person's own."""
        if hat.role not in REVIEWING_ROLES:
            return self.none()
        return self.visible_to(hat).exclude(claim__in=Claim.objects.about_own_child_of(hat.user_id))

    def counted(self) -> Self:
        """Sent requests of a confirmed child: reports count no other, for nobody has verified who asked."""
        return self.exclude(state=RequestState.DRAFT).filter(claim__state=ClaimState.CONFIRMED)


@tracked(exclude=["source_key"])
class CourseRequest(FSMModelMixin, models.Model):
    """A family asks an LEA for courses for one child and one term."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="requests")
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="course_requests")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="course_requests")
    state = FSMField(choices=RequestState.choices, default=RequestState.DRAFT, protected=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.PORTAL)
    in_person_courses = models.PositiveSmallIntegerField(null=True, blank=True)
    has_iep_or_504 = models.BooleanField(null=True, blank=True)
    prior_semester = models.CharField(max_length=12, choices=PriorSemester.choices, blank=True)
    note = models.TextField(blank=True, help_text=_("What else the family wants the district to know"))
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text=_("When the family last changed the draft"))
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=120, blank=True)
    entered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="entered_requests"
    )
    scan = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="course_request"
    )
    submitted_at = models.DateTimeField(null=True, blank=True, help_text=_("T0; of a paper, when it came in"))
    source_key = models.CharField(
        max_length=64, blank=True, help_text=_("A keyed hash of where it was sent from")
    )
    clock = models.OneToOneField(Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    review_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_requests"
    )

    objects = CourseRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "term"], condition=Q(state="draft"), name="one_draft_per_child_and_term"
            ),
            models.CheckConstraint(
                name="submitted_requests_are_signed_and_timed",
                condition=Q(state="draft", submitted_at__isnull=True, clock__isnull=True)
                | (
                    ~Q(state="draft")
                    & Q(submitted_at__isnull=False, clock__isnull=False)
                    & (Q(signed_by__isnull=False) | Q(entered_by__isnull=False))
                    & ~Q(signed_name="")
                ),
            ),
            models.CheckConstraint(
                name="what_staff_entered_names_who",
                condition=Q(channel="portal", entered_by__isnull=True)
                | (~Q(channel="portal") & Q(entered_by__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["lea", "state"], name="request_by_lea_and_state"),
            models.Index(fields=["touched_at"], condition=Q(state="draft"), name="draft_by_last_change"),
            models.Index(
                fields=["source_key", "submitted_at"],
                condition=~Q(source_key=""),
                name="request_by_source_and_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people say on the phone. It tells nothing about the child."""
        return f"PT-{self.pk:06d}"

    @property
    def is_entered_by_staff(self) -> bool:
        return self.channel != Channel.PORTAL

    @transition(state, source=RequestState.DRAFT, target=RequestState.SUBMITTED)
    def submit(self, *, by: User | None, name: str, at: dt.datetime, clock: Clock) -> None:
        """Signed by this person in the portal, or (None) on a paper that staff entered."""
        self.signed_by = by
        self.signed_name = name
        self.submitted_at = at
        self.clock = clock

    @transition(state, source=RequestState.SUBMITTED, target=RequestState.DECIDED)
    def close(self) -> None:
        """Every line is decided, or was taken back."""

    @transition(state, source=RequestState.SUBMITTED, target=RequestState.CANCELLED)
    def cancel(self) -> None:
        """The family took every line back before one was decided."""


@tracked()
class Acknowledgement(models.Model):
    """A sentence that the family agreed to, as it read that day."""

    request = models.ForeignKey(CourseRequest, on_delete=models.CASCADE, related_name="acknowledgements")
    statement = models.ForeignKey(CodeMeaning, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "statement"], name="a_statement_is_acknowledged_once")
        ]

    def __str__(self) -> str:
        return str(self.statement_id)


@tracked()
class Amendment(models.Model):
    """What a family changed in a request that was sent; T0 stays. Only ever added.

    `changes`: rows of [what, before, after] in words, as the family and the district read them.
    """

    request = models.ForeignKey(CourseRequest, on_delete=models.CASCADE, related_name="amendments")
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=120)
    after_opening = models.BooleanField(help_text=_("The district had opened the request before"))
    changes = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="amendments_are_signed", condition=~Q(signed_name="")),
            models.CheckConstraint(name="amendments_change_something", condition=~Q(changes=[])),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} amended"


class Unfinished(models.Model):
    """Answers that somebody typed on a page and has not sent: kept so that the page can be left and found again.

    `page` is the name of the page with its row (`child:12`). The answers go when they are sent, and after a month.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="unfinished")
    page = models.CharField(max_length=60)
    answers = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="a_page_is_left_unfinished_once")
        ]
        indexes = [models.Index(fields=["saved_at"], name="unfinished_by_moment")]

    def __str__(self) -> str:
        return self.page
