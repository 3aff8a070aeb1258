"""Attendance files: who sent which, and what was wrong with those of which nothing was stored."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import Program
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.history import tracked


class FileState(models.TextChoices):
    STORED = "stored", _("Stored")
    REFUSED = "refused", _("Refused")


class AttendanceFileQuerySet(models.QuerySet["AttendanceFile"]):
    def visible_to(self, hat: Membership) -> Self:
        """A program's files are its host's alone."""
        return self.filter(program__in=Program.objects.run_by(hat))


@tracked()
class AttendanceFile(models.Model):
    """A file as it was sent: stored as a whole, or refused with what is wrong in it.

    `rows`: lines with values. Of the student-days they make, `added` are new, `changed` have other entries now and
    `same` stood there already. `problems`: how many were found; the first of them are kept.
    """

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="attendance_files")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    sent_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=FileState.choices)
    refusal = models.CharField(
        max_length=300, blank=True, help_text=_("What is wrong with the file as a whole")
    )
    rows = models.PositiveIntegerField(default=0)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    problems = models.PositiveIntegerField(default=0)

    objects = AttendanceFileQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_refused_attendance_file_says_why_and_adds_nothing",
                condition=Q(state="stored", refusal="", problems=0)
                | (Q(state="refused", added=0, changed=0, same=0) & (~Q(refusal="") | Q(problems__gt=0))),
            )
        ]
        indexes = [models.Index(fields=["program", "-sent_at"], name="attendance_file_by_program")]

    def __str__(self) -> str:
        return self.name


class ProblemKind(models.TextChoices):
    """What can be wrong with a line; the sentence of each says what to do as well."""

    RAGGED = "ragged", _("The line does not have as many values as the header. Check its commas.")
    UNKNOWN_STUDENT = (
        "unknown_student",
        _("No student of this program has this MOSIS ID. Check its ten digits, or enter the student first."),
    )
    OWN_CHILD = (
        "own_child",
        _(
            "This is a child of your own, and nobody records attendance of their own child. Have a colleague send it."
        ),
    )
    DAY = "day", _("This is no date. Write it as 2027-02-01 or 02/01/2027.")
    FUTURE = "future", _("This day is still to come. Send it when it is over.")
    NOT_ENROLLED = (
        "not_enrolled",
        _(
            "The student was not enrolled in this program on this day. Check the day, or the days of enrollment."
        ),
    )
    ACTIVITY = (
        "activity",
        _("This is none of the activities that the law counts. Use a code of the list."),
    )
    NOT_SCHEDULED = (
        "not_scheduled",
        _(
            "This course is not on the student's schedule on this day. Write its title or number as on the schedule, "
            "or leave it empty."
        ),
    )
    SEVERAL_COURSES = (
        "several_courses",
        _("The schedule has several courses with this title. Write the course's number instead."),
    )
    MINUTES = "minutes", _("This is no whole number of minutes from 0 to 1440. Correct it.")
    TWICE = (
        "twice",
        _("Student, day, course and activity stand on an earlier line already. Put both into one line."),
    )
    LONG_DAY = (
        "long_day",
        _("The student's activities of this day come to more than 24 hours. Correct their minutes."),
    )

    @property
    def sentence(self) -> str | Promise:
        return self.label


class AttendanceProblem(models.Model):
    """What is wrong with a line of a refused file. `line` as an editor counts them; `value` as it stands there."""

    file = models.ForeignKey(AttendanceFile, on_delete=models.CASCADE, related_name="found")
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=20, blank=True)
    value = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=15, choices=ProblemKind.choices)

    def __str__(self) -> str:
        return f"line {self.line}: {self.kind}"
