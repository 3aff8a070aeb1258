"""The archive of MoVIP: one row for each course that a student took in a term."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from mocap_portal.foundation.accounts.models import DESE_ROLES, Membership
from mocap_portal.foundation.shared.history import tracked

# Who, when, which course: what tells one row of the archive from another.
NATURAL_KEY = (
    "former_last_name",
    "former_first_name",
    "birth_date",
    "school_year",
    "term",
    "course_code",
    "course_title",
)


class ArchiveRowQuerySet(models.QuerySet["ArchiveRow"]):
    def visible_to(self, hat: Membership) -> Self:
        """The whole archive to the state office, nothing to anybody else."""
        return self if hat.role in DESE_ROLES else self.none()


@tracked(exclude=["plain_last", "plain_first"])
class ArchiveRow(models.Model):
    """A course as the program kept it. `school_year`: the year in which it ends.

    `plain_last`, `plain_first`: the names without accents, hyphens and capitals, to be searched by.
    `school_of_credit`: the local school that gave grade and credit; its transcript may be the better record.
    """

    former_last_name = models.CharField(max_length=80)
    former_first_name = models.CharField(max_length=80)
    birth_date = models.DateField()
    school_year = models.PositiveSmallIntegerField()
    term = models.CharField(max_length=10)
    course_title = models.CharField(max_length=120)
    course_code = models.CharField(max_length=20, blank=True)
    percent_complete = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    credit = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    grade = models.CharField(max_length=10, blank=True)
    school_of_credit = models.CharField(max_length=120)
    district_code = models.CharField(max_length=6)
    plain_last = models.CharField(max_length=80)
    plain_first = models.CharField(max_length=80)

    objects = ArchiveRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=NATURAL_KEY, name="a_course_stands_once_in_the_archive"),
            models.CheckConstraint(
                name="the_archive_names_student_course_and_school",
                condition=~Q(former_last_name="")
                & ~Q(former_first_name="")
                & ~Q(course_title="")
                & ~Q(term="")
                & ~Q(school_of_credit=""),
            ),
            models.CheckConstraint(
                name="percent_complete_is_a_percentage",
                condition=Q(percent_complete__isnull=True)
                | Q(percent_complete__gte=0, percent_complete__lte=100),
            ),
            models.CheckConstraint(
                name="archived_credit_is_not_negative", condition=Q(credit__isnull=True) | Q(credit__gte=0)
            ),
        ]
        indexes = [
            GinIndex(
                fields=["plain_last", "plain_first"],
                opclasses=["gin_trgm_ops", "gin_trgm_ops"],
                name="archive_by_likeness",
            ),
            models.Index(fields=["birth_date"], name="archive_by_birth_date"),
        ]

    def __str__(self) -> str:
        return f"{self.course_title}, {self.term} {self.school_year}"
