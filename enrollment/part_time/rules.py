"""What the law asks of a part-time request. Pure questions over stored facts: nothing here writes."""

import datetime as dt
import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from enrollment.records.age import age_on
from enrollment.records.models import Claim, Enrollment
from mocap_portal.foundation.accounts.models import Role
from mocap_portal.foundation.directory.models import DecisionBy, LeaPolicy, LegalKey, LegalValue, Term
from providers.models import WHY_NOT, Availability, Course, CourseQuerySet


class Answer(enum.Enum):
    """How a question of eligibility is answered (D-02)."""

    MET = "met"
    EXCEPTION = "exception"  # not met, and a documented reason clears it
    NOT_MET = "not_met"
    NOT_ASKED = "not_asked"

    @classmethod
    def of(cls, is_met: bool) -> "Answer":
        return cls.MET if is_met else cls.NOT_MET


@dataclass(frozen=True)
class Finding:
    """One question of eligibility and its answer, with the rule that asks it and where the rule comes from.

    `sentence` says what follows when the answer is not simply "met"; `note` what else there is to know about the rule.
    """

    rule: str
    question: str | Promise
    answer: Answer
    sentence: str | Promise
    source: str
    note: str = ""

    @property
    def met(self) -> bool:
        """Whether nothing speaks against the request."""
        return self.answer is not Answer.NOT_MET


def of_every_student(claim: Claim, *, on: dt.date) -> list[Finding]:
    """The findings of R-01, which hold for both tracks: where the child lives, and how old it is on a day."""
    too_old = LegalValue.objects.whole(LegalKey.MAXIMUM_AGE, on=on)
    return [
        Finding(
            "R-01",
            _("Lives in Missouri"),
            Answer.of(claim.missouri_resident),
            _("MOCAP courses are for students who live in Missouri."),
            source="RSMo 161.670.1",
        ),
        Finding(
            "R-01",
            _("Young enough"),
            Answer.of(age_on(claim.birth_date, on) < too_old),
            _("MOCAP courses are for students under %(age)d years of age.") % {"age": too_old},
            source="RSMo 161.670.1",
        ),
    ]


def eligibility(claim: Claim, *, on: dt.date) -> list[Finding]:
    """The findings of R-01 and R-02 for a child on a day. A request with one that is not met is not taken."""
    return [
        *of_every_student(claim, on=on),
        Finding(
            "R-02",
            _("Full time in a public or charter school"),
            Answer.of(claim.enrollment == Enrollment.PUBLIC),
            _(
                "A district pays only for students who are enrolled full time in a public or charter school. "
                "Families of home and private schools may buy courses from a provider directly."
            ),
            source="RSMo 161.670.3(1)(a)",
        ),
    ]


def lines_over_full_load(*, lines: int, in_person: int, full_load: int) -> int:
    """How many of the asked-for courses lie above a full load (R-07).

    >>> lines_over_full_load(lines=2, in_person=5, full_load=6)
    1
    """
    return min(lines, max(0, in_person + lines - full_load))


def places_over_full_load(is_private: Sequence[bool], *, in_person: int, full_load: int) -> set[int]:
    """Which places in a list of courses lie above a full load: the last ones, and first those the family pays (R-07).

    >>> places_over_full_load([True, False, False], in_person=4, full_load=6)
    {0}
    >>> sorted(places_over_full_load([False, False, True], in_person=5, full_load=6))
    [1, 2]
    """
    over = lines_over_full_load(lines=len(is_private), in_person=in_person, full_load=full_load)
    ranked = sorted(range(len(is_private)), key=lambda place: is_private[place])
    return set(ranked[len(ranked) - over :])


def usual_weekly_minutes(*, on: dt.date) -> int:
    """How long a course takes in a week unless it says otherwise: an hour on each of five days (dated)."""
    daily = LegalValue.objects.whole(LegalKey.DAILY_MINUTES, on=on)
    return daily * LegalValue.objects.whole(LegalKey.WEEKLY_DAYS, on=on)


def planned_minutes(course: Course, *, on: dt.date) -> int:
    """How long this course takes in a week, as far as anybody has said."""
    return course.weekly_minutes or usual_weekly_minutes(on=on)


def listed_courses(term: Term, *, on: dt.date) -> CourseQuerySet:
    """The catalog of this term: to be had when it starts, or on this day if it runs already (R-10)."""
    return Course.objects.on_offer(starting=max(term.starts_on, on)).taken_in(term.code)


def courses_on_offer(term: Term, *, on: dt.date) -> CourseQuerySet:
    """What can be chosen for this term: listed, and neither full nor closed by its provider."""
    return listed_courses(term, on=on).open_in(term)


@dataclass(frozen=True)
class Gone:
    """A course that a family chose and cannot have any more, and why: one sentence that says what to do."""

    course: Course
    why: str | Promise


def why_gone(course_ids: Collection[int], term: Term) -> list[Gone]:
    """Of courses that are not on offer for a term: full, closed, or no longer in the catalog. By title."""
    said = Availability.objects.filter(course__in=course_ids, term=term).values_list("course", "state")
    reasons = {course: WHY_NOT[state] for course, state in said if state in WHY_NOT}
    no_more = _("It is no longer in the catalog for this term. Choose another course.")
    courses = Course.objects.filter(pk__in=course_ids).order_by("title", "pk")
    return [Gone(course, reasons.get(course.pk, no_more)) for course in courses]


def deciding_roles(policy: LeaPolicy | None) -> frozenset[Role]:
    """Counselors decide, unless the district's policy reserves it to the principal or designee (D-01, R-19)."""
    if policy is not None and policy.decision_by == DecisionBy.DECIDER:
        return frozenset({Role.DECIDER})
    return frozenset({Role.COUNSELOR, Role.DECIDER})


def recording_roles(deciding: frozenset[Role]) -> frozenset[Role]:
    """Who records what was decided on paper: whoever decides in the district, and its coordinator, who only records."""
    return deciding | {Role.COORDINATOR}
