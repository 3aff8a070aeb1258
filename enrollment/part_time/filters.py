"""Which requests a reviewer looks at: what stands in the address, and what is looked up by words."""

import datetime as dt
import re
from typing import Any

import django_filters
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import GRADES, Lea, School
from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import Channel, CourseRequestQuerySet, Recommendation, RequestState

NUMBER = re.compile(r"(?:PT-?)?(\d{1,9})", re.IGNORECASE)


class RequestFilter(django_filters.FilterSet):
    """Whose requests, in which state, from which school (LEA staff) or district (state office), and of which kind.

    Without a state it shows what waits for a decision. `reserved`: the principal decides and counselors advise.
    """

    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        empty_label=_("Everybody's"),
        choices=[("mine", _("Mine")), ("unassigned", _("Nobody's yet"))],
        method="of_whom",
    )
    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("All that wait for a decision"),
        choices=[
            ("overdue", _("Overdue")),
            ("paused", _("Clock paused")),
            ("decided", _("Decided")),
            ("cancelled", _("Taken back by the family")),
            ("all", _("All that were sent")),
        ],
        method="in_state",
    )
    school = django_filters.ModelChoiceFilter(
        label=_("School"),
        empty_label=_("All schools"),
        field_name="claim__school",
        queryset=School.objects.none(),
    )
    lea = django_filters.ModelChoiceFilter(
        label=_("District"), empty_label=_("All districts"), queryset=Lea.objects.none()
    )
    grade = django_filters.ChoiceFilter(
        label=_("Grade"), empty_label=_("All grades"), choices=GRADES, field_name="claim__grade"
    )
    kind = django_filters.ChoiceFilter(
        label=_("Only"),
        empty_label=_("All kinds"),
        choices=[
            ("plan", _("With an IEP or 504 plan")),
            ("staff", _("Entered by staff")),
            ("no_advice", _("Without a counselor's advice")),
        ],
        method="of_kind",
    )

    def __init__(self, *args: Any, hat: Membership, reserved: bool, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hat = hat
        self.today = today
        if hat.is_dese:
            del self.filters["school"], self.filters["whose"]
            leas = Lea.objects.select_related("organization").order_by("organization__name")
            self.filters["lea"].field.queryset = leas
        else:
            del self.filters["lea"]
            schools = School.objects.filter(lea=hat.organization_id).order_by("name", "pk")
            self.filters["school"].field.queryset = schools

        if not reserved:
            kinds = self.filters["kind"].extra["choices"]
            self.filters["kind"].extra["choices"] = [kind for kind in kinds if kind[0] != "no_advice"]

        self.form.helper = FilterFormHelper(*self.filters)

    @property
    def shows_waiting(self) -> bool:
        """Whether all that is shown waits for a decision, so that what is due first comes first."""
        return not self.form.is_valid() or self.form.cleaned_data["state"] in {"", "overdue", "paused"}

    def filter_queryset(self, queryset: CourseRequestQuerySet) -> CourseRequestQuerySet:
        if not self.form.cleaned_data.get("state"):
            queryset = queryset.filter(state=RequestState.SUBMITTED)
        filtered: CourseRequestQuerySet = super().filter_queryset(queryset)
        return filtered

    def of_whom(self, queryset: CourseRequestQuerySet, name: str, value: str) -> CourseRequestQuerySet:
        if value == "mine":
            return queryset.filter(assigned_to__user=self.hat.user_id)
        return queryset.filter(assigned_to__isnull=True)

    def in_state(self, queryset: CourseRequestQuerySet, name: str, value: str) -> CourseRequestQuerySet:
        return {
            "overdue": queryset.filter(state=RequestState.SUBMITTED, clock__due_on__lt=self.today),
            "paused": queryset.filter(state=RequestState.SUBMITTED, clock__due_on__isnull=True),
            "decided": queryset.filter(state=RequestState.DECIDED),
            "cancelled": queryset.filter(state=RequestState.CANCELLED),
            "all": queryset,
        }[value]

    def of_kind(self, queryset: CourseRequestQuerySet, name: str, value: str) -> CourseRequestQuerySet:
        advice = Recommendation.objects.filter(line__request=OuterRef("pk"), course=F("line__course"))
        return {
            "plan": queryset.filter(has_iep_or_504=True),
            "staff": queryset.exclude(channel=Channel.PORTAL),
            "no_advice": queryset.filter(~Exists(advice)),
        }[value]


def find(requests: CourseRequestQuerySet, words: str) -> CourseRequestQuerySet:
    """The requests with this number (PT-000012, 12), else those whose child's name has each of the words in it."""
    if number := NUMBER.fullmatch(words.strip()):
        return requests.filter(pk=int(number[1]))
    for word in words.split():
        requests = requests.filter(Q(claim__first_name__icontains=word) | Q(claim__last_name__icontains=word))
    return requests
