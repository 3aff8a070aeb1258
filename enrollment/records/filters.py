"""Which claims a colleague looks at, and how a student is looked up."""

import re
from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import School
from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import StudentQuerySet

MOSIS_ID = re.compile(r"[0-9]{10}")


class ClaimFilter(django_filters.FilterSet):
    """Claims of one school of the LEA, or of all."""

    school = django_filters.ModelChoiceFilter(
        label=_("School"), empty_label=_("All schools"), queryset=School.objects.none()
    )

    def __init__(self, *args: Any, hat: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = School.objects.filter(lea=hat.organization_id).order_by("name", "pk")
        self.filters["school"].field.queryset = schools
        self.form.helper = FilterFormHelper("school")


def find(students: StudentQuerySet, words: str) -> StudentQuerySet:
    """The student with this MOSIS ID, else those whose name has each of the words in it."""
    if MOSIS_ID.fullmatch(words.strip()):
        return students.filter(mosis_id=words.strip())
    for word in words.split():
        students = students.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return students
