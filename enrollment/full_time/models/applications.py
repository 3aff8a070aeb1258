"""A family's application to a program, and what others add to it before the host decides.

The state says who has it in hand. What may happen side by side (the survey, the resident district's input, records
that other schools send) are rows of their own, each with its day.
"""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.records.models import Claim, PriorSemester
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership, User
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning, Lea, Term
from mocap_portal.foundation.papers.models import Document
from mocap_portal.foundation.shared.history import tracked

from .programs import Program, ProgramPolicy


class ApplicationState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    APPLIED = "applied", _("With the program")
    ADMITTED = "admitted", _("Admitted")
    REFUSED = "refused", _("Not admitted")
    CANCELLED = "cancelled", _("Taken back")


class ProgramApplicationQuerySet(models.QuerySet["ProgramApplication"]):
    def visible_to(self, hat: Membership) -> Self:
        """Where every page starts. A family sees its own, drafts included; the host's staff what was sent to its
        programs; the district in which the child lives now what it was told of; DESE what was sent. Nobody else sees
        any."""
        if hat.is_family:
            return self.filter(claim__in=Claim.objects.visible_to(hat)).filter(
                ~Q(state=ApplicationState.DRAFT) | Q(claim__claimant=hat.user_id)
            )
        sent = self.exclude(state=ApplicationState.DRAFT)
        if hat.role in HOST_ROLES:
            return sent.filter(program__host=hat.organization_id)
        if hat.is_lea:
            return sent.of_residents(hat.organization_id)
        if hat.is_dese:
            return sent
        return self.none()

    def of_residents(self, lea_id: int | None) -> Self:
        """About children who live in this LEA now: an enrollment follows a family that moves (R-72)."""
        return self.filter(
            Q(enrollment__isnull=True, resident_lea=lea_id) | Q(enrollment__resident_lea=lea_id)
        )

    def about_others(self, hat: Membership) -> Self:
        """Of these, none about a child of this person's own: nobody acts for their own child."""
        return self.exclude(claim__in=Claim.objects.about_own_child_of(hat.user_id))


@tracked()
class ProgramApplication(FSMModelMixin, models.Model):
    """A family applies to a program for one child, from one term on. The claim names the resident district's school.

    `resident_lea`: where the child lived until the program admitted; from then on see `current_resident_lea`.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="applications")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="applications")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="applications")
    resident_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="resident_applications")
    state = FSMField(choices=ApplicationState.choices, default=ApplicationState.DRAFT, protected=True)
    is_homeless = models.BooleanField(
        default=False, help_text=_("The student is homeless and applies alone: no parent is needed (R-40)")
    )
    is_in_foster_care = models.BooleanField(default=False, help_text=_("Records come faster (R-48)"))
    has_iep_or_504 = models.BooleanField(null=True, blank=True)
    prior_semester = models.CharField(max_length=12, choices=PriorSemester.choices, blank=True)
    in_person_courses = models.CharField(
        max_length=300, blank=True, help_text=_("Courses that the student would go on taking in a building")
    )
    asks_for_sports = models.BooleanField(default=False, help_text=_("A MSHSAA notice is asked for"))
    note = models.TextField(blank=True)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField(help_text=_("When the family last changed the draft"))
    releases_records = models.BooleanField(
        default=False, help_text=_("Schools may send the student's records to the program (34 CFR 99.30)")
    )
    signed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signed_name = models.CharField(max_length=120, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True, help_text=_("T0"))
    input_clock = models.OneToOneField(
        Clock,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The resident district's days to inform the program (R-37)"),
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.SET_NULL, related_name="assigned_applications"
    )

    objects = ProgramApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "program", "term"],
                condition=Q(state__in=["draft", "applied"]),
                name="one_open_application_per_child_program_and_term",
            ),
            models.CheckConstraint(
                name="sent_applications_are_signed_and_timed",
                condition=Q(state="draft", submitted_at__isnull=True, input_clock__isnull=True)
                | (
                    ~Q(state="draft")
                    & Q(
                        submitted_at__isnull=False,
                        input_clock__isnull=False,
                        signed_by__isnull=False,
                        releases_records=True,
                    )
                    & ~Q(signed_name="")
                ),
            ),
            models.CheckConstraint(
                name="cancelled_applications_say_when",
                condition=Q(state="cancelled", cancelled_at__isnull=False)
                | (~Q(state="cancelled") & Q(cancelled_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["program", "state", "submitted_at"], name="application_by_program"),
            models.Index(fields=["resident_lea", "state"], name="application_by_resident_lea"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people say on the phone. It tells nothing about the child."""
        return f"FT-{self.pk:06d}"

    @property
    def current_resident_lea(self) -> Lea:
        """Where the child lives now: the enrollment says so once there is one (R-61, R-72)."""
        enrollment = getattr(self, "enrollment", None)
        lea: Lea = enrollment.resident_lea if enrollment else self.resident_lea
        return lea

    @transition(state, source=ApplicationState.DRAFT, target=ApplicationState.APPLIED)
    def submit(self, *, by: User, name: str, at: dt.datetime, clock: Clock) -> None:
        self.releases_records = True
        self.signed_by = by
        self.signed_name = name
        self.submitted_at = at
        self.input_clock = clock

    @transition(
        state, source=[ApplicationState.APPLIED, ApplicationState.REFUSED], target=ApplicationState.ADMITTED
    )
    def admit(self) -> None:
        """From REFUSED when the host's review reversed its own refusal."""

    @transition(state, source=ApplicationState.APPLIED, target=ApplicationState.REFUSED)
    def refuse(self) -> None:
        """The letter says why."""

    @transition(state, source=ApplicationState.APPLIED, target=ApplicationState.CANCELLED)
    def cancel(self, *, at: dt.datetime) -> None:
        self.cancelled_at = at


class PaperKind(models.TextChoices):
    GUARDIAN_ID = "guardian_id", _("Identity of the parent or guardian")
    BIRTH = "birth", _("Proof of birth")
    RESIDENCY = "residency", _("Proof of residence in Missouri")
    TRANSCRIPT = "transcript", _("Transcript or last report card")
    IMMUNIZATION = "immunization", _("Immunization record")
    SPECIAL_EDUCATION = "special_education", _("IEP or 504 plan")
    CONDITION = "condition", _("Medical or psychological condition")
    OTHER = "other", _("Something else")


@tracked()
class ApplicationPaper(models.Model):
    """A document that the family, the resident district or another school added to an application."""

    application = models.ForeignKey(ProgramApplication, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(max_length=17, choices=PaperKind.choices)
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="application_paper")
    added_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} of {self.application_id}"


class Whose(models.TextChoices):
    STUDENT = "student", _("The student")
    PARENT = "parent", _("The parent or guardian")


@tracked()
class Survey(models.Model):
    """Why the student and the parent choose the program: codes to count, and words that are read and never counted.

    Off the protected topics of 20 USC 1232h (PPRA). Of a homeless student who applies alone, the student's answers.
    """

    application = models.OneToOneField(ProgramApplication, on_delete=models.CASCADE, related_name="survey")
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"survey of {self.application_id}"


@tracked()
class SurveyReason(models.Model):
    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="reasons")
    whose = models.CharField(max_length=7, choices=Whose.choices)
    reason = models.ForeignKey(CodeMeaning, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["survey", "whose", "reason"], name="a_reason_is_given_once")
        ]

    def __str__(self) -> str:
        return f"{self.whose}: {self.reason_id}"


@tracked()
class ResidentInput(models.Model):
    """What the resident district has to say about an application. It approves and denies nothing (R-35).

    `is_late`: it came when the days were over, and the host may have decided without it (D-10).
    """

    application = models.ForeignKey(ProgramApplication, on_delete=models.CASCADE, related_name="inputs")
    at = models.DateTimeField()
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    is_late = models.BooleanField()
    information = models.TextField()
    document = models.OneToOneField(
        Document, null=True, blank=True, on_delete=models.PROTECT, related_name="resident_input"
    )

    class Meta:
        constraints = [models.CheckConstraint(name="input_says_something", condition=~Q(information=""))]

    def __str__(self) -> str:
        return f"input on {self.application_id}"


class RecordsKind(models.TextChoices):
    TRANSCRIPT = "transcript", _("Transcript")
    SPECIAL_EDUCATION = "special_education", _("IEP or 504 plan")
    DISCIPLINE = "discipline", _("Discipline")
    IMMUNIZATION = "immunization", _("Immunization")


class RecordsRequestQuerySet(models.QuerySet["RecordsRequest"]):
    def visible_to(self, hat: Membership) -> Self:
        """Those of the applications that this hat sees; of a district those that it was asked, also when the family has
        moved away since: the records lie where the child was."""
        if hat.is_lea:
            sent = ProgramApplication.objects.exclude(state=ApplicationState.DRAFT)
            return self.filter(clock__lea=hat.organization_id, application__in=sent)
        return self.filter(application__in=ProgramApplication.objects.visible_to(hat))

    def wanted(self) -> Self:
        """Not answered, and about somebody who still applies or is a student of the program."""
        going_on = Q(application__state=ApplicationState.APPLIED) | Q(
            application__enrollment__state__in=["moving", "enrolled"]
        )
        return self.filter(going_on, answered_at__isnull=True)


@tracked()
class RecordsRequest(models.Model):
    """The host asks the resident district for a student's records; the district answers with files or a reason.

    The clock's LEA is the one that was asked.
    """

    application = models.ForeignKey(
        ProgramApplication, on_delete=models.CASCADE, related_name="records_requests"
    )
    kinds = ArrayField(models.CharField(max_length=17, choices=RecordsKind.choices))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answer = models.CharField(
        max_length=300, blank=True, help_text=_("What was sent, or why nothing is there")
    )

    objects = RecordsRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="records_are_asked_for_by_kind", condition=~Q(kinds=[])),
            models.CheckConstraint(
                name="answered_records_requests_say_who_and_what",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"records for {self.application_id}"

    @property
    def kind_labels(self) -> list[str]:
        """What was asked for, in words."""
        return [str(RecordsKind(kind).label) for kind in self.kinds]

    @property
    def asked_lea(self) -> Lea:
        """The district that was asked: its days run."""
        lea = self.clock.lea
        assert lea is not None  # ask_for_records() starts the clock for it
        return lea


@tracked()
class PolicyReceipt(models.Model):
    """The family was sent this version of a policy, and said when it had read it."""

    application = models.ForeignKey(ProgramApplication, on_delete=models.CASCADE, related_name="receipts")
    policy = models.ForeignKey(ProgramPolicy, on_delete=models.PROTECT, related_name="receipts")
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "policy"], name="a_policy_is_sent_once"),
            models.CheckConstraint(
                name="a_receipt_says_who_read",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} to {self.application_id}"
