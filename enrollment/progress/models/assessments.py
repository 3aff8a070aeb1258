"""State assessments: a full-time student takes them too, at a place that the host names."""

import datetime as dt
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from enrollment.full_time.models import ProgramEnrollment
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import SchoolYear
from mocap_portal.foundation.shared.history import tracked


class StateAssessmentQuerySet(models.QuerySet["StateAssessment"]):
    def visible_to(self, hat: Membership) -> Self:
        """Whoever may read the enrollment."""
        return self.filter(enrollment__in=ProgramEnrollment.objects.visible_to(hat))

    def run_by(self, hat: Membership) -> Self:
        """Those of this hat's host, none of a child of this person's own."""
        return self.filter(enrollment__in=ProgramEnrollment.objects.run_by(hat))

    def planned_until(self, day: dt.date) -> Self:
        """Planned for whole grades, and their window has not ended by this day."""
        return self.filter(closes_on__gte=day).exclude(grades=[])

    def due_on(self, day: dt.date) -> Self:
        """Their window has opened, and nobody has said whether the student took part."""
        return self.filter(opens_on__lte=day, taken__isnull=True)


@tracked()
class StateAssessment(models.Model):
    """One assessment of one student. `opens_on` to `closes_on` (both count) is its window.

    `taken`: None until somebody says it. Whoever did not take part has a reason.
    """

    enrollment = models.ForeignKey(ProgramEnrollment, on_delete=models.PROTECT, related_name="assessments")
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    opens_on = models.DateField()
    closes_on = models.DateField()
    place = models.CharField(max_length=200)
    grades = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        help_text=_("For which grades it was planned: who enters one of them later takes part too"),
    )
    planned_at = models.DateTimeField()
    planned_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    taken = models.BooleanField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text=_("Why the student did not take part"))
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = StateAssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enrollment", "school_year", "name"], name="an_assessment_is_planned_once"
            ),
            models.CheckConstraint(
                name="an_assessment_opens_before_it_closes", condition=Q(closes_on__gte=F("opens_on"))
            ),
            models.CheckConstraint(
                name="an_assessment_not_taken_says_why",
                condition=Q(taken__isnull=True, reason="")
                | Q(taken__isnull=False, taken=True, reason="")
                | (Q(taken__isnull=False, taken=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="an_answered_assessment_says_who",
                condition=Q(taken__isnull=True, recorded_at__isnull=True, recorded_by__isnull=True)
                | Q(taken__isnull=False, recorded_at__isnull=False, recorded_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["closes_on"], condition=Q(taken=None), name="assessment_to_answer")]

    def __str__(self) -> str:
        return self.name
