"""In which terms a course can be taken, whether it takes students there, and how much of a week it needs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from mocap_portal.foundation.directory.models import LegalKey, NoLegalValue, Term, TermCode

from .days import CatalogDay
from .models import Availability, AvailabilityState, Course, Structure
from .models.availability import WHY_NOT

LOOK_AHEAD = dt.timedelta(days=366)  # terms that start later are not told yet


@dataclass(frozen=True, slots=True)
class TermChoice:
    """A term in which a course can be taken, and whether its provider takes students in it."""

    term: Term
    state: AvailabilityState

    @property
    def is_open(self) -> bool:
        return self.state == AvailabilityState.OPEN

    @property
    def why_not(self) -> str | Promise:
        """One sentence; empty when it is open."""
        return WHY_NOT.get(self.state, "")


def coming_terms(on: dt.date) -> list[Term]:
    """The terms a family may ask for on this day, the nearest first (R-09)."""
    terms = Term.objects.open_to_requests(on).filter(starts_on__lte=on + LOOK_AHEAD)
    return list(terms.select_related("school_year").order_by("starts_on", "ends_on"))


def terms_of(courses: Collection[Course], day: CatalogDay) -> dict[int, list[TermChoice]]:
    """By course id the coming terms it can be taken in: A and B in a semester, FY in a whole year. Two queries."""
    terms = coming_terms(day.on)
    said: dict[int, dict[int, str]] = defaultdict(dict)
    rows = day.rows(Availability.objects.all()).filter(
        course_id__in=[course.id for course in courses], term__in=[term.pk for term in terms]
    )
    for course_id, term_id, state in rows.values_list("course_id", "term_id", "state"):
        said[course_id][term_id] = state
    return {
        course.id: [
            TermChoice(term, AvailabilityState(said[course.id].get(term.pk, AvailabilityState.OPEN)))
            for term in terms_for(course, terms)
        ]
        for course in courses
    }


def terms_for(course: Course, terms: Iterable[Term]) -> list[Term]:
    """Those of the terms that fit the course's structure and begin while it is listed."""
    whole_year = course.structure == Structure.FULL_YEAR
    return [
        term
        for term in terms
        if (term.code == TermCode.YL) == whole_year
        and (course.valid_to is None or term.starts_on <= course.valid_to)
    ]


def usual_weekly_minutes(day: CatalogDay) -> int | None:
    """What a course takes in a week where the provider tells nothing else: the state's minutes a day times its days."""
    values = day.legal_values()
    try:
        return values.whole(LegalKey.DAILY_MINUTES, on=day.on) * values.whole(LegalKey.WEEKLY_DAYS, on=day.on)
    except NoLegalValue:
        return None
