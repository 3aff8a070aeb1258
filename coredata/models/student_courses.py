"""The few of a district's October and June rows that the program is about."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear

from .uploads import Upload


class StudentCourseQuerySet(models.QuerySet["StudentCourse"]):
    def visible_to(self, hat: Membership) -> Self:
        """LEA staff see what their own LEA reports; DESE sees all."""
        if hat.is_lea:
            return self.filter(lea=hat.organization_id)
        return self if hat.is_dese else self.none()


class StudentCourse(models.Model):
    """A student in a course, as the LEA's two certified October files say it together.

    Derived, and rebuilt whole whenever one of the two changes: only what may matter is here, courses coded 50 or 52 or
    delivered V, S or VH, and every course of a student who has an approved request or whom a provider reports. One row
    where several teachers stand for one course; `teachers` counts the rows, `educators` those whose row names one,
    `sections` the assignments: more than one is no case of two teachers.
    """

    # The index of the constraint below begins with them.
    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    mosis_id = models.CharField(max_length=10)
    course_code = models.CharField(max_length=6, blank=True)
    semester = models.CharField(max_length=2, blank=True)
    school_code = models.CharField(max_length=4)
    program_code = models.CharField(max_length=2, blank=True)
    delivery_system = models.CharField(max_length=2, blank=True)
    units_of_credit = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    minutes_per_week = models.PositiveIntegerField(null=True)
    grade_level = models.CharField(max_length=3, blank=True)
    birth_date = models.DateField(null=True)
    sending_district_code = models.CharField(max_length=6, blank=True)
    receiving_district_code = models.CharField(max_length=6, blank=True)
    teachers = models.PositiveSmallIntegerField(help_text=_("How many rows say the same"))
    educators = models.PositiveSmallIntegerField(default=1)
    sections = models.PositiveSmallIntegerField(default=1)
    every_course = models.BooleanField(default=False, help_text=_("All of this student's courses are here"))
    student_line = models.PositiveIntegerField()
    course_line = models.PositiveIntegerField()
    student_upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+")
    course_upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+")

    objects = StudentCourseQuerySet.as_manager()

    class Meta:
        constraints = [
            # What comparing asks for stands in the index, so that the rows themselves are not read.
            models.UniqueConstraint(
                fields=["school_year", "lea", "mosis_id", "course_code", "semester"],
                include=["program_code", "delivery_system", "units_of_credit"],
                name="a_student_is_in_a_course_once",
            )
        ]
        indexes = [models.Index(fields=["mosis_id"], name="courses_of_a_student")]

    def __str__(self) -> str:
        return f"{self.mosis_id}, {self.course_code}"


class StudentOutcome(models.Model):
    """How a student's course ended, as the LEA's certified June file says it.

    Derived like StudentCourse: rows with a program code of 50 or 52 or a virtual delivery of their own, of courses
    that October's file codes so, and every row of a student who has an approved request or whom a provider reports.
    """

    lea = models.ForeignKey(Lea, on_delete=models.PROTECT, related_name="+", db_index=False)
    school_year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+", db_index=False)
    mosis_id = models.CharField(max_length=10)
    course_code = models.CharField(max_length=6, blank=True)
    semester = models.CharField(max_length=2, blank=True)
    school_code = models.CharField(max_length=4)
    program_code = models.CharField(max_length=2, blank=True)
    delivery_system = models.CharField(max_length=2, blank=True)
    grade_earned = models.CharField(max_length=3, blank=True)
    credits_earned = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    grade_level = models.CharField(max_length=3, blank=True)
    birth_date = models.DateField(null=True)
    sending_district_code = models.CharField(max_length=6, blank=True)
    receiving_district_code = models.CharField(max_length=6, blank=True)
    sections = models.PositiveSmallIntegerField()
    every_course = models.BooleanField(default=False, help_text=_("All of this student's rows are here"))
    line = models.PositiveIntegerField()
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["school_year", "lea", "mosis_id", "course_code", "semester"],
                name="a_student_ends_a_course_once",
            )
        ]
        indexes = [models.Index(fields=["mosis_id"], name="outcomes_of_a_student")]

    def __str__(self) -> str:
        return f"{self.mosis_id}, {self.course_code}"
