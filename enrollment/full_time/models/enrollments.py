"""A student of a program: from admission, through the move from the resident district, to the end."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.records.models import Guardian, Student
from mocap_portal.foundation.accounts.models import HOST_ROLES, Membership
from mocap_portal.foundation.directory.models import Lea, School
from mocap_portal.foundation.papers.models import Letter
from mocap_portal.foundation.shared.history import tracked

from .applications import ProgramApplication
from .programs import Program


class EnrollmentState(models.TextChoices):
    MOVING = "moving", _("Admitted, not entered yet")
    ENROLLED = "enrolled", _("Enrolled")
    DISENROLLED = "disenrolled", _("Disenrolled by the program")
    WITHDRAWN = "withdrawn", _("Withdrawn by the family")
    GRADUATED = "graduated", _("Graduated")
    AGED_OUT = "aged_out", _("Too old for school")


ENDED = (
    EnrollmentState.DISENROLLED,
    EnrollmentState.WITHDRAWN,
    EnrollmentState.GRADUATED,
    EnrollmentState.AGED_OUT,
)


class ProgramEnrollmentQuerySet(models.QuerySet["ProgramEnrollment"]):
    def visible_to(self, hat: Membership) -> Self:
        """The host's staff and the resident district both read it, and no other district (R-61); families see their
        own child's; DESE sees all."""
        if hat.is_family:
            return self.filter(
                student__in=Guardian.objects.with_access().filter(user=hat.user_id).values("student")
            )
        if hat.role in HOST_ROLES:
            return self.filter(program__host=hat.organization_id)
        if hat.is_lea:
            return self.filter(resident_lea=hat.organization_id)
        if hat.is_dese:
            return self.all()
        return self.none()

    def run_by(self, hat: Membership) -> Self:
        """Those that this hat's host looks after, none about a child of this person's own."""
        own = Guardian.objects.filter(user=hat.user_id).values("student")
        return self.filter(program__in=Program.objects.run_by(hat)).exclude(student__in=own)

    def exits_to_record(self) -> Self:
        """Whose last day on the resident district's roll is not recorded. A student who moved there while with the host
        was never on it."""
        was_on_its_roll = Q(state=EnrollmentState.MOVING) | Q(
            state=EnrollmentState.ENROLLED, application__resident_lea=F("resident_lea")
        )
        return self.filter(was_on_its_roll, exit_recorded_at__isnull=True)

    def sports_notices_to_send(self) -> Self:
        """Students whose family asked for the notice to MSHSAA; nobody has recorded that it was sent."""
        return self.filter(
            state=EnrollmentState.ENROLLED,
            application__asks_for_sports=True,
            sports_notice__isnull=True,
        )

    def enrolled_on(self, day: dt.date) -> Self:
        """Entered by this day and not ended before it."""
        return self.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=day), entered_at__isnull=False, starts_on__lte=day
        )


@tracked()
class ProgramEnrollment(FSMModelMixin, models.Model):
    """A student who was admitted. From entry the host is the LEA of record (R-44). Spans school years.

    `starts_on`: first day with the host. `resident_exit_on`: last day on the resident district's roll; a district that
    does not record it holds nothing up. `ended_on`: last day with the host.
    """

    application = models.OneToOneField(
        ProgramApplication, on_delete=models.PROTECT, related_name="enrollment"
    )
    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="program_enrollments")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="enrollments")
    resident_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="resident_enrollments")
    resident_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    state = FSMField(choices=EnrollmentState.choices, default=EnrollmentState.MOVING, protected=True)
    admitted_at = models.DateTimeField()
    starts_on = models.DateField()
    resident_exit_on = models.DateField(null=True, blank=True)
    exit_recorded_at = models.DateTimeField(null=True, blank=True)
    exit_recorded_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expected_graduation = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_letter = models.OneToOneField(
        Letter, null=True, blank=True, on_delete=models.PROTECT, related_name="ended_enrollment"
    )

    objects = ProgramEnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(state__in=["moving", "enrolled"]),
                name="a_student_is_in_one_program_at_a_time",
            ),
            models.CheckConstraint(
                name="entered_enrollments_say_who",
                condition=Q(entered_at__isnull=True, entered_by__isnull=True)
                | Q(entered_at__isnull=False, entered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="an_enrolled_student_has_entered",
                condition=~Q(state="enrolled") | Q(entered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ended_enrollments_say_when_who_and_why",
                condition=Q(
                    state__in=["moving", "enrolled"],
                    ended_on__isnull=True,
                    ended_at__isnull=True,
                    ended_by__isnull=True,
                    end_reason="",
                )
                | (
                    ~Q(state__in=["moving", "enrolled"])
                    & Q(ended_on__isnull=False, ended_at__isnull=False, ended_by__isnull=False)
                    & ~Q(end_reason="")
                ),
            ),
            models.CheckConstraint(
                name="graduation_is_expected_after_the_first_day",
                condition=Q(expected_graduation__isnull=True) | Q(expected_graduation__gt=F("starts_on")),
            ),
            models.CheckConstraint(
                name="the_exit_is_recorded_by_somebody",
                condition=Q(
                    resident_exit_on__isnull=True,
                    exit_recorded_at__isnull=True,
                    exit_recorded_by__isnull=True,
                )
                | Q(
                    resident_exit_on__isnull=False,
                    exit_recorded_at__isnull=False,
                    exit_recorded_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="the_exit_follows_the_admission",
                condition=Q(exit_recorded_at__isnull=True) | Q(exit_recorded_at__gte=F("admitted_at")),
            ),
        ]
        indexes = [models.Index(fields=["program", "state"], name="enrollment_by_program")]

    def __str__(self) -> str:
        return f"{self.student_id} in {self.program_id}"

    def why_not_both(self, other: "ProgramEnrollment") -> str:
        """Two records of one student, each with an enrollment that runs, cannot be joined (see `records.actions`)."""
        sentence = _(
            "Both records are in a full-time program, and a student is in one at a time: %(one)s and %(other)s. The "
            "host of the one that is a mistake has to end it first. Then make the records one."
        )
        one, two = (f"{row.program.name} ({row.application.number})" for row in (self, other))
        return str(sentence) % {"one": one, "other": two}

    @transition(state, source=EnrollmentState.MOVING, target=EnrollmentState.ENROLLED)
    def enter(self, *, by: Membership, at: dt.datetime) -> None:
        self.entered_by, self.entered_at = by, at

    @transition(state, source=EnrollmentState.ENROLLED, target=EnrollmentState.DISENROLLED)
    def disenroll(self, *, on: dt.date, by: Membership, at: dt.datetime, why: str) -> None:
        """After notice and intervention only (R-57)."""
        self._end(on=on, by=by, at=at, why=why)

    @transition(
        state, source=[EnrollmentState.MOVING, EnrollmentState.ENROLLED], target=EnrollmentState.WITHDRAWN
    )
    def withdraw(self, *, on: dt.date, by: Membership, at: dt.datetime, why: str) -> None:
        self._end(on=on, by=by, at=at, why=why)

    @transition(state, source=EnrollmentState.ENROLLED, target=EnrollmentState.GRADUATED)
    def graduate(self, *, on: dt.date, by: Membership, at: dt.datetime, why: str) -> None:
        self._end(on=on, by=by, at=at, why=why)

    @transition(state, source=EnrollmentState.ENROLLED, target=EnrollmentState.AGED_OUT)
    def age_out(self, *, on: dt.date, by: Membership, at: dt.datetime, why: str) -> None:
        self._end(on=on, by=by, at=at, why=why)

    def _end(self, *, on: dt.date, by: Membership, at: dt.datetime, why: str) -> None:
        self.ended_on, self.ended_by, self.ended_at, self.end_reason = on, by, at, why


@tracked()
class SportsNotice(models.Model):
    """The host told MSHSAA, which decides who may play school sports, that the student is in its program.

    Sent once, outside of the portal, for families that ask for it; `sent_on` is that day.
    """

    enrollment = models.OneToOneField(
        ProgramEnrollment, on_delete=models.PROTECT, related_name="sports_notice"
    )
    sent_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"notice of {self.enrollment_id}"
