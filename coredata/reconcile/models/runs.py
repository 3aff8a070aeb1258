"""When what was compared, and how long it took."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coredata.models import Upload
from mocap_portal.foundation.directory.models import Lea, SchoolYear


class RunKind(models.TextChoices):
    NIGHT = "night", _("The night")
    NEWER = "newer", _("Something newer came in")
    HAND = "hand", _("By hand")


class Run(models.Model):
    """One comparison of a school year as of a day, LEA by LEA. Not about a person, and never changed once it is over.

    `as_of`: the day on which what is due by then is due. `seconds_by_code`: of each code, over all LEAs. `marks`: the
    files and reports that counted when its LEAs were chosen, and how far the histories of approvals had come; none of a
    run by hand about some LEAs.
    """

    kind = models.CharField(max_length=5, choices=RunKind.choices)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=300, blank=True, help_text=_("What kind of failure, without data"))
    marks = models.JSONField(default=dict, blank=True)
    leas = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    reopened = models.PositiveIntegerField(default=0)
    resolved = models.PositiveIntegerField(default=0)
    open = models.PositiveIntegerField(default=0, help_text=_("Open in the whole school year when it ended"))
    by_code = models.JSONField(default=dict, blank=True)
    seconds_by_code = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "as_of"], condition=Q(kind="night"), name="one_night_of_a_year_per_day"
            ),
        ]
        indexes = [models.Index(fields=["school_year", "-started_at"], name="runs_of_a_year")]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of}"


class LeaRun(models.Model):
    """What a run found at one LEA, and the files it rests on. One for each LEA of a run: what is there need not be run
    again after a crash.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="of_leas", db_index=False)
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+", db_index=False)
    courses = models.ForeignKey(Upload, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    students = models.ForeignKey(
        Upload, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    june = models.ForeignKey(Upload, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reports = models.JSONField(
        default=list, help_text=_("Ids of the accepted reports with students of the LEA")
    )
    finished_at = models.DateTimeField()
    opened = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField()
    resolved = models.PositiveIntegerField()
    open = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "lea"], name="an_lea_once_per_run")]
        indexes = [models.Index(fields=["lea", "-finished_at"], name="runs_of_an_lea")]

    def __str__(self) -> str:
        return f"{self.run_id}, {self.lea_id}"
