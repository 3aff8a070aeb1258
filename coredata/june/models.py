"""What the people of a district type on the June list: a draft that they share, and the steps that fill it at once."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.history import tracked

from ..layouts import Kind, layout

_COLUMNS = {column.field: column for column in layout(Kind.STU_CRS_COMP, 2027).columns}  # widths of any year
NUMBER = r"^[0-9]*\.?[0-9]+$"  # credits, as files write them (V-41)


def _as_in_the_file(field: str) -> models.CharField[str, str]:
    """A text no longer than the file has room for; empty where nothing is typed."""
    return models.CharField(max_length=_COLUMNS[field].width, blank=True)


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see that of their own LEA; DESE sees all."""
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        return self if hat.is_dese else self.none()


@tracked()
class Draft(models.Model):
    """The June list of an LEA and school year as its people fill it in together. Who writes in it holds its row.

    It leaves, with all that is in it, when the core data of its school year are removed.
    """

    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lea", "school_year"], name="one_june_draft_of_an_lea_per_year")
        ]

    def __str__(self) -> str:
        return f"{self.lea_id}, {self.school_year_id}"


@tracked()
class Acceptance(models.Model):
    """Somebody took over all proposals of a part of the list at once. Nobody deletes it; it may be undone, once.

    `fingerprint`: of what was taken over, as its preview showed it: the same preview sent twice is one step.
    """

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="acceptances")
    count = models.PositiveIntegerField()
    fingerprint = models.CharField(max_length=64)
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_by = models.ForeignKey(
        Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    restored = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="an_acceptance_takes_over_something", condition=Q(count__gte=1)),
            models.CheckConstraint(
                name="who_undid_an_acceptance_is_known",
                condition=Q(undone_at=None, undone_by=None, restored=None)
                | Q(undone_at__isnull=False, undone_by__isnull=False, restored__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} of {self.draft_id}"


@tracked()
class TypedOutcome(models.Model):
    """How a student's course ended, as somebody of the LEA typed it. Nobody deletes it: it may be emptied.

    Texts as the file has them. `version` counts the saves from 1; `acceptance`: the step that wrote this version, None
    where it was typed. Whether June has to have the course is not said here: `coredata.june.expected` works it out.
    """

    # The index of the constraint below begins with it.
    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="outcomes", db_index=False)
    mosis_id = models.CharField(max_length=10)
    course_code = models.CharField(max_length=6, blank=True)
    semester = models.CharField(max_length=2, blank=True)
    grade_earned = _as_in_the_file("grade_earned")
    credits_earned = _as_in_the_file("credits_earned")
    assignment_number = _as_in_the_file("assignment_number")
    school_code = _as_in_the_file("school_code")
    grade_level = _as_in_the_file("grade_level")
    version = models.PositiveIntegerField(default=1)
    acceptance = models.ForeignKey(
        Acceptance, null=True, blank=True, on_delete=models.PROTECT, related_name="outcomes"
    )
    by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "mosis_id", "course_code", "semester"],
                name="an_outcome_is_typed_once_for_a_course",
            ),
            models.CheckConstraint(name="versions_count_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="typed_credits_are_a_number",
                condition=Q(credits_earned="") | Q(credits_earned__regex=NUMBER),
            ),
            models.CheckConstraint(
                name="credits_go_with_a_grade", condition=Q(credits_earned="") | ~Q(grade_earned="")
            ),
            models.CheckConstraint(
                name="what_was_taken_over_has_a_grade", condition=Q(acceptance=None) | ~Q(grade_earned="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mosis_id}, {self.course_code}"
