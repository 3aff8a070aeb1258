"""A student leaves one LEA for another (R-72)."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from enrollment.full_time.models import ENDED, ProgramEnrollment
from enrollment.records.actions import MOVING_ROLES
from enrollment.records.models import Guardian, Student, StudentQuerySet
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, School
from mocap_portal.foundation.shared.history import tracked


class TransferState(models.TextChoices):
    ANNOUNCED = "announced", _("Waiting for the new district")
    RECEIVED = "received", _("Received")
    DECLINED = "declined", _("Not taken in")
    TAKEN_BACK = "taken_back", _("Taken back")


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, hat: Membership) -> Self:
        """The LEA that announced it and the one it names, none about a child of this person's own."""
        if hat.role not in MOVING_ROLES:
            return self.none()
        own = Guardian.objects.filter(user=hat.user_id).values("student")
        between = Q(from_lea=hat.organization_id) | Q(to_lea=hat.organization_id)
        return self.filter(between).exclude(student__in=own)


@tracked()
class Transfer(FSMModelMixin, models.Model):
    """One LEA tells another that a student moves there; the other receives the student or says why not.

    `leaves_on`: last day with the old LEA. `starts_on`: first day with the new one.
    """

    student = models.ForeignKey(Student, on_delete=models.PROTECT, related_name="transfers")
    from_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    to_lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+")
    state = FSMField(choices=TransferState.choices, default=TransferState.ANNOUNCED, protected=True)
    leaves_on = models.DateField()
    announced_at = models.DateTimeField()
    announced_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    to_school = models.ForeignKey(School, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(null=True, blank=True)
    reason = models.CharField(
        max_length=300, blank=True, help_text=_("Why the new LEA does not take the student in")
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["student"],
                condition=Q(state="announced"),
                name="a_student_leaves_for_one_lea_at_a_time",
            ),
            models.CheckConstraint(name="a_transfer_leads_elsewhere", condition=~Q(from_lea=F("to_lea"))),
            models.CheckConstraint(
                name="an_answered_transfer_says_when_and_who",
                condition=Q(state="announced", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(state="announced") & Q(answered_at__isnull=False, answered_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="a_received_student_has_a_school_and_a_first_day",
                condition=~Q(state="received") | Q(to_school__isnull=False, starts_on__gt=F("leaves_on")),
            ),
            models.CheckConstraint(
                name="a_declined_transfer_says_why", condition=~Q(state="declined") | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(fields=["to_lea", "state"], name="transfer_by_new_lea"),
            models.Index(fields=["from_lea", "state"], name="transfer_by_old_lea"),
        ]

    def __str__(self) -> str:
        return f"{self.student_id} to {self.to_lea_id}"

    def why_not_both(self, other: "Transfer") -> str:
        """Two records of one student, each of which leaves, cannot be joined (see `records.actions`)."""
        sentence = _(
            "Both records wait for a new district: %(one)s and %(other)s. Take the transfer that is a mistake back "
            "first. Then make the records one."
        )
        return str(sentence) % {"one": self.to_lea, "other": other.to_lea}

    @transition(state, source=TransferState.ANNOUNCED, target=TransferState.RECEIVED)
    def receive(self, *, school: School, on: dt.date, by: Membership, at: dt.datetime) -> None:
        self.to_school, self.starts_on = school, on
        self.answered_by, self.answered_at = by, at

    @transition(state, source=TransferState.ANNOUNCED, target=TransferState.DECLINED)
    def decline(self, *, reason: str, by: Membership, at: dt.datetime) -> None:
        self.reason = reason
        self.answered_by, self.answered_at = by, at

    @transition(state, source=TransferState.ANNOUNCED, target=TransferState.TAKEN_BACK)
    def take_back(self, *, by: Membership, at: dt.datetime) -> None:
        self.answered_by, self.answered_at = by, at


def students_of(hat: Membership) -> StudentQuerySet:
    """Whom this LEA may announce as leaving: its students, and those who live there while they are in a program of
    another host; not the students of its own program, who live elsewhere. None of this person's own family."""
    if hat.role not in MOVING_ROLES:
        return Student.objects.none()
    in_a_program = ProgramEnrollment.objects.filter(student=OuterRef("pk")).exclude(state__in=ENDED)
    here = in_a_program.filter(resident_lea=hat.organization_id)
    own = Guardian.objects.filter(user=hat.user_id).values("student")
    return (
        Student.objects.current()
        .filter(Exists(here) | (Q(lea=hat.organization_id) & ~Exists(in_a_program)))
        .exclude(pk__in=own)
    )
