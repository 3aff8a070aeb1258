"""A letter that certifies attendance: who asked, under whose consent, what was issued, and the notice when it ends."""

import datetime as dt
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment
from enrollment.records.models import Guardian, Relationship, Student
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership, Role
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.papers.models import Document, Letter
from mocap_portal.foundation.shared.history import tracked

MINUTES_OF_A_WEEK = 7 * 24 * 60
RESIDENT_OFFICIALS = frozenset({Role.COORDINATOR, Role.LEA_ADMIN})  # for combined study
OFFICIALS = HOST_ROLES | RESIDENT_OFFICIALS


class LetterConsentQuerySet(models.QuerySet["LetterConsent"]):
    def unused(self) -> Self:
        """Those that the student has not withdrawn and with which a parent has not asked yet."""
        return self.filter(withdrawn_at__isnull=True, request__isnull=True)

    def standing(self) -> Self:
        """Those that the student can still withdraw: no letter was issued under them."""
        return self.filter(withdrawn_at__isnull=True, request__certification__isnull=True)


@tracked()
class LetterConsent(models.Model):
    """A student of age lets a parent ask for one letter: which records, what for, for whom, signed, when (R-136).

    The student may withdraw it as long as the letter is not issued. What was issued before stays.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="letter_consents")
    parent = models.ForeignKey(
        Guardian, on_delete=models.PROTECT, related_name="letter_consents", help_text=_("Who may ask")
    )
    records = models.CharField(max_length=300, help_text=_("Which records may be told"))
    purpose = models.CharField(max_length=300)
    recipient = models.CharField(max_length=120, help_text=_("Who may read the letter"))
    signed_name = models.CharField(max_length=120)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = LetterConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_consent_says_what_why_to_whom_and_is_signed",
                condition=~(Q(records="") | Q(purpose="") | Q(recipient="") | Q(signed_name="")),
            ),
            models.CheckConstraint(
                name="a_withdrawn_consent_says_when_and_by_whom",
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} to {self.recipient}"


class LetterRequestQuerySet(models.QuerySet["LetterRequest"]):
    def visible_to(self, hat: Membership) -> Self:
        """Where every page starts. A family sees its own student's; host staff those of their programs; a resident
        district's coordinator and administrator those of combined study. Nobody else sees any."""
        if hat.is_family:
            return self.filter(
                student__in=Guardian.objects.with_access().filter(user=hat.user_id).values("student")
            )
        if hat.role in HOST_ROLES:
            return self.filter(lea=hat.organization_id, enrollment__isnull=False)
        if hat.role in RESIDENT_OFFICIALS:
            return self.filter(lea=hat.organization_id, enrollment__isnull=True)
        return self.none()

    def issued_by(self, hat: Membership) -> Self:
        """Those that this hat may answer: its organization's, none about a child of this person's own."""
        if hat.role not in OFFICIALS:
            return self.none()
        own = Guardian.objects.filter(user=hat.user_id).values("student")
        return self.visible_to(hat).exclude(student__in=own)

    def given_by(self, hat: Membership) -> Self:
        """Those that this hat may take back and give again: a family its own, all about its own self, and what a
        parent signed on paper; the host's officials what they recorded from paper."""
        if hat.role in HOST_ROLES:
            return self.issued_by(hat).filter(paper__isnull=False)
        if not hat.is_family:
            return self.none()
        asks = Q(asked_by__user=hat.user_id) | Q(paper__signer=Signer.PARENT)
        if hat.role != Role.PARENT:
            own = Guardian.objects.active().filter(user=hat.user_id, relationship=Relationship.SELF)
            asks |= Q(student__in=own.values("student"))
        return self.visible_to(hat).filter(asks)

    def waiting(self) -> Self:
        """Without a letter yet, and not taken back."""
        return self.filter(certification__isnull=True, taken_back_at__isnull=True)

    def taken_back(self) -> Self:
        return self.filter(taken_back_at__isnull=False)


@tracked()
class LetterRequest(models.Model):
    """Somebody asks for an attendance letter. `lea` issues it: the host, or of combined study the resident district.

    `enrollment` is empty for combined study: courses of the portal beside seated or home study.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="letter_requests")
    enrollment = models.ForeignKey(
        ProgramEnrollment, null=True, blank=True, on_delete=models.PROTECT, related_name="letter_requests"
    )
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="letter_requests")
    recipient = models.CharField(max_length=120, help_text=_("Who is to read the letter"))
    asked_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    consent = models.OneToOneField(
        LetterConsent,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="request",
        help_text=_("Of a student of age for whom a parent asks (R-152)"),
    )

    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = LetterRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_letter_taken_back_says_when_and_by_whom",
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
            ),
            models.CheckConstraint(name="a_letter_has_a_reader", condition=~Q(recipient="")),
        ]
        indexes = [models.Index(fields=["lea", "asked_at"], name="letter_request_by_lea")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What stands on the letter and people say on the phone. It tells nothing about the student."""
        return f"AL-{self.pk:06d}"

    @property
    def is_combined(self) -> bool:
        return self.enrollment_id is None


class Signer(models.TextChoices):
    STUDENT = "student", _("The student")
    PARENT = "parent", _("A parent or guardian")


@tracked()
class PaperConsent(models.Model):
    """A letter asked for on paper, without an account: the signed paper as an official of the host keeps it (R-152).

    Who recorded it, and when, the request says. `signed_on` stands on the paper.
    """

    request = models.OneToOneField(LetterRequest, on_delete=models.PROTECT, related_name="paper")
    scan = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="letter_consent")
    signer = models.CharField(max_length=7, choices=Signer.choices)
    signed_name = models.CharField(max_length=120)
    signed_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="a_consent_on_paper_is_signed", condition=~Q(signed_name="")),
        ]

    def __str__(self) -> str:
        return f"paper of {self.request_id}"


class StudyKind(models.TextChoices):
    SEATED = "seated", _("In a school building")
    HOME = "home", _("Home school")


@tracked()
class StatedHours(models.Model):
    """Hours a week of study outside the portal, as somebody stated them. A letter lists them and certifies none."""

    request = models.ForeignKey(LetterRequest, on_delete=models.CASCADE, related_name="stated_hours")
    kind = models.CharField(max_length=6, choices=StudyKind.choices)
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MINUTES_OF_A_WEEK)], help_text=_("In a week")
    )
    stated_by = models.CharField(max_length=160, help_text=_("Name, and who that is"))
    stated_on = models.DateField()
    entered_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="stated_hours_say_by_whom", condition=~Q(stated_by="")),
            models.CheckConstraint(
                name="stated_hours_fit_a_week", condition=Q(minutes__gt=0, minutes__lte=MINUTES_OF_A_WEEK)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


@tracked(exclude=["code_hash", "facts"])
class Certification(models.Model):
    """A letter that was issued: one for each request. `facts` are those that it states, to compare with later ones.

    Of the code with which its reader asks whether they still stand, only a keyed hash is kept.
    """

    request = models.OneToOneField(LetterRequest, on_delete=models.PROTECT, related_name="certification")
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="certification")
    code_hash = models.CharField(max_length=64)
    facts = models.JSONField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    official_name = models.CharField(max_length=120)
    official_title = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_certification_names_its_official",
                condition=~(Q(official_name="") | Q(official_title="")),
            ),
        ]

    def __str__(self) -> str:
        return f"letter of {self.request_id}"


class CessationTaskQuerySet(models.QuerySet["CessationTask"]):
    def open(self) -> Self:
        return self.filter(recorded_at__isnull=True)

    def run_by(self, hat: Membership) -> Self:
        """Those of this hat's host, or of combined study of its district; none about a child of this person's own."""
        combined = LetterRequest.objects.issued_by(hat).filter(enrollment__isnull=True)
        return self.filter(Q(enrollment__in=ProgramEnrollment.objects.run_by(hat)) | Q(request__in=combined))

    def with_people(self) -> Self:
        """With what names the student and where it was."""
        return self.select_related("enrollment__student", "enrollment__program", "request__student")


@tracked()
class CessationTask(models.Model):
    """A student with a letter has stopped: whoever issued it tells the federal office (R-153). `sent_on`: when.

    Of a program's student it belongs to the enrollment; of combined study to the newest letter, with the last day on
    which a course of it ran.
    """

    enrollment = models.OneToOneField(
        ProgramEnrollment, null=True, blank=True, on_delete=models.PROTECT, related_name="cessation_task"
    )
    request = models.OneToOneField(
        LetterRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="cessation_task"
    )
    stopped_on = models.DateField(null=True, blank=True)
    opened_at = models.DateTimeField()
    sent_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CessationTaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_cessation_is_of_an_enrollment_or_of_combined_study",
                condition=Q(enrollment__isnull=False, request__isnull=True, stopped_on__isnull=True)
                | Q(enrollment__isnull=True, request__isnull=False, stopped_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_sent_notice_says_when_and_by_whom",
                condition=Q(sent_on__isnull=True, recorded_at__isnull=True, recorded_by__isnull=True)
                | Q(sent_on__isnull=False, recorded_at__isnull=False, recorded_by__isnull=False),
            ),
            models.CheckConstraint(
                name="a_notice_is_recorded_after_the_task_opened",
                condition=Q(recorded_at__isnull=True) | Q(recorded_at__gte=F("opened_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"cessation of {self.enrollment_id or self.request_id}"

    @property
    def student(self) -> Student:
        if self.enrollment is not None:
            return self.enrollment.student
        assert self.request is not None  # a task is of one or the other
        return self.request.student

    @property
    def last_day(self) -> dt.date | None:
        """The last day of attendance. Only ended enrollments have a task."""
        return self.stopped_on if self.enrollment is None else self.enrollment.ended_on

    @property
    def place(self) -> str:
        """Where the student stopped, in words."""
        return (
            str(self.enrollment.program) if self.enrollment is not None else gettext("Courses of the portal")
        )
