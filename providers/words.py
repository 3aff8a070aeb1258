"""How a course reads: its facts as rows of a term and a value, for the course page and for comparing."""

from collections.abc import Iterable
from typing import TypedDict

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mocap_portal.foundation.ui.words import dollars, short_day

from .choice import TermChoice
from .models import Course, Structure
from .prices import Cap

ASSURANCES: dict[str, Promise] = {
    "assurance_data_security": gettext_lazy("Data security"),
    "assurance_educator": gettext_lazy("Missouri-certificated teacher"),
    "assurance_standards": gettext_lazy("Missouri Learning Standards"),
    "assurance_accessibility": gettext_lazy("Usable by people with disabilities"),
    "assurance_ap": gettext_lazy("Advanced Placement (AP)"),
}
MINUTES_OF_AN_HOUR = 60


class FactRow(TypedDict):
    term: str | Promise
    value: str


def grade_words(course: Course) -> str:
    """K–5, 9–12, or 9 when it is one grade."""
    low, high = (_("K") if grade == 0 else str(grade) for grade in (course.grade_low, course.grade_high))
    return low if low == high else f"{low}–{high}"


def duration(minutes: int) -> str:
    """5 hours, 45 minutes, 2 hours 30 minutes."""
    hours, rest = divmod(minutes, MINUTES_OF_AN_HOUR)
    words = []
    if hours:
        words.append(ngettext("%(hours)d hour", "%(hours)d hours", hours) % {"hours": hours})
    if rest:
        words.append(ngettext("%(minutes)d minute", "%(minutes)d minutes", rest) % {"minutes": rest})
    return " ".join(words)


def weekly_words(course: Course, usual: int | None) -> str:
    """The time of a usual week: the provider's word, else the state's usual time; empty when neither is known."""
    if course.weekly_minutes:
        return _("About %(time)s a week") % {"time": duration(course.weekly_minutes)}
    if usual:
        return _("About %(time)s a week, the usual time of an online course") % {"time": duration(usual)}
    return ""


def price_words(course: Course) -> str:
    """$450 for the semester."""
    if course.structure == Structure.FULL_YEAR:
        return _("%(price)s for the whole year") % {"price": dollars(course.price)}
    return _("%(price)s for the semester") % {"price": dollars(course.price)}


def assurance_rows(course: Course) -> list[FactRow]:
    """The five assurances, each with who gave it and when, as far as it was told."""
    return [{"term": label, "value": _assurance(course, name)} for name, label in ASSURANCES.items()]


def _assurance(course: Course, name: str) -> str:
    given = getattr(course, f"get_{name}_display")()
    by, on = getattr(course, f"{name}_by"), getattr(course, f"{name}_on")
    words = {"assurance": given, "who": by, "day": short_day(on) if on else ""}
    if by and on:
        return _("%(assurance)s: %(who)s, %(day)s") % words
    if by:
        return _("%(assurance)s: %(who)s") % words
    return _("%(assurance)s, %(day)s") % words if on else str(given)


def course_rows(course: Course) -> list[FactRow]:
    """What the course page says about the course itself; a row without a value is left out."""
    return _filled(
        [
            (_("Subject"), course.subject),
            (_("Grades"), grade_words(course)),
            (_("Length"), course.get_structure_display()),
            (_("Credits"), str(course.credits)),
            (_("Time of day"), course.get_timing_display()),
            (_("Needed before"), course.prerequisites),
            (_("Advanced Placement"), _("AP course, approved by the College Board") if course.ap else ""),
            (_("State test"), _("It ends with a test of the state") if course.state_assessed else ""),
            (
                _("A district's own course"),
                _("It meets RSMo 162.1250, so it is approved automatically") if course.lea_offered else "",
            ),
            (
                _("Course codes"),
                _("%(own)s at the provider, %(state)s at the state")
                % {"own": course.provider_course_code, "state": course.state_course_code},
            ),
            (
                _("On offer"),
                _("until %(day)s") % {"day": short_day(course.valid_to)}
                if course.valid_to
                else _("until further notice"),
            ),
        ]
    )


def comparison_rows(
    course: Course, *, choices: Iterable[TermChoice], weekly_minutes: int | None, cap: Cap | None
) -> list[FactRow]:
    """The same rows for every course, so that they stand side by side."""
    none = _("Not told")
    limit = _("%(price)s. The state's limit is %(limit)s.")
    return [
        {"term": term, "value": value}
        for term, value in [
            (_("Provider"), course.provider.organization.name),
            (_("Subject"), course.subject),
            (_("Grades"), grade_words(course)),
            (_("Length"), course.get_structure_display()),
            (_("Credits"), str(course.credits)),
            (_("Weekly time"), weekly_words(course, weekly_minutes) or none),
            (_("When"), "\n".join(f"{choice.term}: {choice.state.label}" for choice in choices) or none),
            (_("Time of day"), course.get_timing_display() or none),
            (_("Who teaches"), course.get_instruction_display()),
            (_("Needed before"), course.prerequisites or none),
            (_("Advanced Placement"), _("AP course") if course.ap else _("No")),
            (_("State test"), _("Yes") if course.state_assessed else _("No")),
            (
                _("Price for the district"),
                limit % {"price": price_words(course), "limit": dollars(cap.limit)}
                if cap
                else price_words(course),
            ),
            *((str(row["term"]), row["value"]) for row in assurance_rows(course)),
        ]
    ]


def _filled(rows: Iterable[tuple[str, str]]) -> list[FactRow]:
    return [{"term": term, "value": value} for term, value in rows if value]
