"""A part-time request and its course lines. Each line is decided on its own (R-06)."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership, Role, User
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning, Lea, Term
from mocap_portal.foundation.papers.models import Letter
from mocap_portal.foundation.shared.history import tracked
from providers.models import Course


class RequestState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for a decision")
    DECIDED = "decided", _("Decided")


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


@tracked()
class CourseRequest(FSMModelMixin, models.Model):
    """A family asks an LEA for courses for one child and one term."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="requests")
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="course_requests")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="course_requests")
    state = FSMField(choices=RequestState.choices, default=RequestState.DRAFT, protected=True)
    in_person_courses = models.PositiveSmallIntegerField(null=True, blank=True)
    has_iep_or_504 = models.BooleanField(null=True, blank=True)
    started_at = models.DateTimeField()
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=120, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    clock = models.OneToOneField(Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
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
                    & Q(submitted_at__isnull=False, clock__isnull=False, signed_by__isnull=False)
                    & ~Q(signed_name="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["lea", "state"], name="request_by_lea_and_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people say on the phone. It tells nothing about the child."""
        return f"PT-{self.pk:06d}"

    @transition(state, source=RequestState.DRAFT, target=RequestState.SUBMITTED)
    def submit(self, *, by: User, name: str, at: dt.datetime, clock: Clock) -> None:
        self.signed_by = by
        self.signed_name = name
        self.submitted_at = at
        self.clock = clock

    @transition(state, source=RequestState.SUBMITTED, target=RequestState.DECIDED)
    def close(self) -> None:
        """Every line is decided."""


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


class LineState(models.TextChoices):
    REQUESTED = "requested", _("Waiting for a decision")
    APPROVED = "approved", _("Approved")
    DENIED = "denied", _("Denied")
    REGISTERED = "registered", _("Sent to the provider")
    CONFIRMED = "confirmed", _("Confirmed by the provider")


class CourseLineQuerySet(models.QuerySet["CourseLine"]):
    def visible_to(self, hat: Membership) -> Self:
        return self.filter(request__in=CourseRequest.objects.visible_to(hat))

    def reviewable_by(self, hat: Membership) -> Self:
        return self.filter(request__in=CourseRequest.objects.reviewable_by(hat))


@tracked()
class CourseLine(FSMModelMixin, models.Model):
    """One course of a request: the unit of decision."""

    request = models.ForeignKey(CourseRequest, on_delete=models.CASCADE, related_name="lines")
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    over_full_load = models.BooleanField(
        default=False, help_text=_("Lifts the student above a full load: the LEA need not pay (R-07)")
    )
    state = FSMField(choices=LineState.choices, default=LineState.REQUESTED, protected=True)
    registration_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmation_clock = models.OneToOneField(
        Clock, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What the provider answered, for the family to read: the registration writes it here once.
    starts_on = models.DateField(null=True, blank=True)
    section = models.CharField(max_length=40, blank=True)
    teacher_name = models.CharField(max_length=120, blank=True)

    objects = CourseLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "course"], name="a_course_is_asked_for_once"),
        ]
        indexes = [models.Index(fields=["state"], name="course_line_by_state")]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.position}"

    @transition(state, source=LineState.REQUESTED, target=LineState.APPROVED)
    def approve(self, *, registration_clock: Clock) -> None:
        """From now on the district has its days to register the student."""
        self.registration_clock = registration_clock

    @transition(state, source=LineState.REQUESTED, target=LineState.DENIED)
    def deny(self) -> None:
        """The family may appeal."""

    @transition(state, source=LineState.APPROVED, target=LineState.REGISTERED)
    def register(self, *, confirmation_clock: Clock) -> None:
        """The provider was told, and has its days to confirm from now on."""
        self.confirmation_clock = confirmation_clock

    @transition(state, source=LineState.REGISTERED, target=LineState.CONFIRMED)
    def confirm(self, *, starts_on: dt.date, section: str, teacher_name: str) -> None:
        """The provider has the student in a section. No teacher is named where the district's own teaches."""
        self.starts_on = starts_on
        self.section = section
        self.teacher_name = teacher_name


class Outcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    DENIED = "denied", _("Denied")


@tracked()
class Decision(models.Model):
    """The decision on a line, with its letter. Never edited (R-26)."""

    line = models.OneToOneField(CourseLine, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    decided_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    in_person_considered = models.BooleanField()
    explanation = models.TextField(blank=True)
    would_make_it_a_yes = models.TextField(blank=True)
    other_factor = models.CharField(max_length=200, blank=True)
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="in_person_options_were_considered", condition=Q(in_person_considered=True)
            ),
            models.CheckConstraint(
                name="a_denial_is_explained", condition=Q(outcome="approved") | ~Q(explanation="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.outcome}"


@tracked()
class DecisionFactor(models.Model):
    """A listed factor that a denial rests on (R-21). Price, vendor and local program are not listed (R-22)."""

    decision = models.ForeignKey(Decision, on_delete=models.CASCADE, related_name="factors")
    factor = models.ForeignKey(CodeMeaning, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "factor"], name="a_factor_is_named_once")]

    def __str__(self) -> str:
        return str(self.factor_id)


class StepKind(models.TextChoices):
    STARTED = "started", _("Request started")
    SUBMITTED = "submitted", _("Request signed and sent")
    OPENED = "opened", _("Opened by the district")
    APPROVED = "approved", _("Course approved")
    DENIED = "denied", _("Course denied")
    PAUSED = "paused", _("Clock paused")
    RESUMED = "resumed", _("Clock runs again")
    REGISTERED = "registered", _("Sent to the provider")
    CONFIRMED = "confirmed", _("Confirmed by the provider")


@tracked()
class Step(models.Model):
    """A line of the history that the family reads: what happened, when, in which role. Only ever added."""

    request = models.ForeignKey(CourseRequest, on_delete=models.CASCADE, related_name="steps")
    line = models.ForeignKey(
        CourseLine, null=True, blank=True, on_delete=models.CASCADE, related_name="steps"
    )
    kind = models.CharField(max_length=16, choices=StepKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "line", "kind", "at"], nulls_distinct=False, name="a_step_is_told_once"
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
