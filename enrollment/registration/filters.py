"""Which lines district and provider look at. Without a choice: what they have to do."""

import datetime as dt
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from enrollment.part_time.models import CourseLine, LineState
from enrollment.records.filters import MOSIS_ID
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Term
from mocap_portal.foundation.ui.forms import FilterFormHelper

from .models import RosterLine, RosterLineQuerySet, RosterState

OVER = (LineState.COMPLETED, LineState.CANCELLED, LineState.WITHDRAWN, LineState.REMOVED)


class LineFilter(django_filters.FilterSet):
    """Approved courses to send, and what became of those that were sent."""

    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("To send to the provider"),
        choices=[
            ("sent", _("Sent, waiting for the provider")),
            ("confirmed", _("Confirmed by the provider")),
            ("held", _("Could not start on their first day")),
            ("running", _("Running")),
            ("finished", _("Finished: credit to confirm")),
            ("over", _("Completed, withdrawn or ended")),
            ("all", _("All approved courses")),
        ],
        method="in_state",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.form.helper = FilterFormHelper("state")

    def filter_queryset(self, queryset: QuerySet[CourseLine]) -> QuerySet[CourseLine]:
        if not self.form.cleaned_data.get("state"):
            return queryset.filter(state=LineState.APPROVED)
        filtered: QuerySet[CourseLine] = super().filter_queryset(queryset)
        return filtered

    def in_state(self, queryset: QuerySet[CourseLine], name: str, value: str) -> QuerySet[CourseLine]:
        return {
            "sent": queryset.filter(state=LineState.REGISTERED),
            "confirmed": queryset.filter(state=LineState.CONFIRMED),
            "held": queryset.filter(state=LineState.CONFIRMED, starts_on__lte=self.today),
            "running": queryset.filter(state=LineState.ACTIVE),
            "finished": queryset.filter(state=LineState.FINISHED),
            "over": queryset.filter(state__in=OVER),
            "all": queryset,
        }[value]


class RosterFilter(django_filters.FilterSet):
    """Students to confirm, and those that are confirmed, in courses that run or are over; of a term, of a district."""

    state = django_filters.ChoiceFilter(
        label=_("Which"),
        empty_label=_("To confirm"),
        choices=[
            (RosterState.CONFIRMED, _("Confirmed")),
            (RosterState.RUNNING, _("Running")),
            (RosterState.FINISHED, _("Finished")),
            (RosterState.ENDED, _("Ended early or taken back")),
            ("all", _("The whole roster")),
        ],
        method="in_state",
    )
    term = django_filters.ModelChoiceFilter(
        label=_("Term"),
        empty_label=_("All terms"),
        field_name="line__request__term",
        queryset=Term.objects.none(),
    )
    lea = django_filters.ModelChoiceFilter(
        label=_("District"), empty_label=_("All districts"), queryset=Lea.objects.none()
    )

    def __init__(self, *args: Any, hat: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roster = RosterLine.objects.visible_to(hat)
        terms = Term.objects.filter(pk__in=roster.values("line__request__term"))
        self.filters["term"].field.queryset = terms.select_related("school_year").order_by("-starts_on", "pk")
        leas = Lea.objects.filter(pk__in=roster.values("lea")).select_related("organization")
        self.filters["lea"].field.queryset = leas.order_by("organization__name", "pk")
        self.form.helper = FilterFormHelper("state", "term", "lea")

    def filter_queryset(self, queryset: RosterLineQuerySet) -> RosterLineQuerySet:
        filtered: RosterLineQuerySet = super().filter_queryset(queryset)
        return filtered if self.form.cleaned_data.get("state") else filtered.in_state(RosterState.SENT)

    def in_state(self, queryset: RosterLineQuerySet, name: str, value: str) -> RosterLineQuerySet:
        return queryset if value == "all" else queryset.in_state(RosterState(value))


def find(roster: RosterLineQuerySet, words: str) -> RosterLineQuerySet:
    """The student with this MOSIS ID, else the rows that have each of the words in name, course or section."""
    if MOSIS_ID.fullmatch(words.strip()):
        return roster.filter(mosis_id=words.strip())
    for word in words.split():
        roster = roster.filter(
            Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(line__course__title__icontains=word)
            | Q(line__course__provider_course_code__istartswith=word)
            | Q(line__section__icontains=word)
        )
    return roster
