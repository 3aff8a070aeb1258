"""The attendance letter in words, block by block. It states facts and tests; it never says who gets a benefit (R-150).

It is in English whatever language its reader chose: a federal office reads it.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from enrollment.full_time.models import EnrollmentState, OperatingBasis
from mocap_portal.foundation.directory.models import LeaKind
from mocap_portal.foundation.papers.letters import Block, LetterText
from mocap_portal.foundation.shared.names import one_line

from .facts import AttendanceFacts
from .models import StudyKind
from .rules import MINUTES_OF_AN_HOUR, Month, Outcome, Standard

LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Official:
    """Who signs."""

    name: str
    title: str
    phone: str


def compose(
    facts: AttendanceFacts, *, number: str, recipient: str, official: Official, address: str
) -> LetterText:
    """The letter. `number`: its public one. `address`: the whole address of the page where it can be checked."""
    with translation.override(LANGUAGE):
        return LetterText(
            language=LANGUAGE,
            title=_("Certification of school attendance"),
            sender=one_line(facts.issuer),
            school=one_line(facts.school),
            day=_long_day(facts.day),
            reference=_("Letter %(number)s") % {"number": number},
            page_words=_("Page"),
            blocks=tuple(_blocks(facts, number=number, recipient=recipient, address=address)),
            signature=tuple(
                one_line(line)
                for line in (
                    _("Signed by %(name)s") % {"name": official.name},
                    official.title,
                    facts.issuer,
                    _("Phone %(phone)s") % {"phone": official.phone},
                    _("Signed on %(day)s") % {"day": _day(facts.day)},
                )
            ),
        )


def code_block(code: str) -> Block:
    """What stands on the printed letter alone."""
    with translation.override(LANGUAGE):
        return _paragraph(_("Code of this letter: %(code)s"), code=code)


def _blocks(facts: AttendanceFacts, *, number: str, recipient: str, address: str) -> Iterator[Block]:
    yield _paragraph(
        _("For %(recipient)s. %(issuer)s certifies what follows from its own records."),
        recipient=recipient,
        issuer=facts.issuer,
    )
    yield _heading(_("Student"))
    yield _rows((_("Name"), facts.student), (_("Date of birth"), _day(facts.birth_date)))
    yield _heading(_("School"))
    yield _rows(*_school(facts))
    yield _heading(_("Attendance"))
    yield _rows(*_attendance(facts))
    yield from _courses(facts)
    yield from _months(facts)
    yield from _outside(facts)
    yield from _standards(facts)
    yield _heading(_("To check this letter"))
    yield _paragraph(
        _(
            "Anybody who holds this letter can ask whether its facts still stand: at %(address)s, with the number "
            "%(number)s and the code that stands on the printed letter. The answer names nobody."
        ),
        address=address,
        number=number,
    )


def _school(facts: AttendanceFacts) -> Iterator[tuple[str, str]]:
    yield _("School"), facts.school
    yield (_("Resident district") if facts.is_combined else _("Host district")), facts.issuer
    yield _("State code"), _("%(code)s (district and school, DESE)") % {"code": facts.code}
    yield _("Status"), _status(facts)
    yield (
        _("Program"),
        _("Courses of the Missouri Course Access and Virtual School Program (MOCAP) beside other study")
        if facts.is_combined
        else _("%(program)s, a full-time program of MOCAP") % {"program": facts.program},
    )
    if facts.basis:
        yield _("Operates"), str(OperatingBasis(facts.basis).label)


def _status(facts: AttendanceFacts) -> str:
    if facts.issuer_kind == LeaKind.CHARTER:
        return _("Public charter school in Missouri")
    if facts.issuer_kind == LeaKind.COLLEGE:
        return _("Public program under RSMo 161.670, hosted by a college or university in Missouri")
    return _("Public school in Missouri")


def _attendance(facts: AttendanceFacts) -> Iterator[tuple[str, str]]:
    if not facts.is_combined:
        yield (
            _("Enrolled as"),
            _("Full-time student of MOCAP")
            if facts.findings[Standard.CREDITS] == Outcome.MET
            else _("Student of a full-time program of MOCAP"),
        )
    yield (_("First course began") if facts.is_combined else _("Entry")), _day(facts.entered_on)
    yield _("Last day"), _last_day(facts)
    yield (
        _("Hours"),
        _("%(hours)s a week scheduled, as of %(day)s")
        % {"hours": duration(facts.minutes), "day": _day(facts.as_of)},
    )
    if any(facts.week):
        yield _("Days"), _days(facts.week)
    yield _("Course of study"), _weeks(facts.weeks)
    yield _("Credits"), _("%(credits)s in the school year") % {"credits": _number(facts.credits)}
    if facts.shortfall:
        yield _("On the credits"), facts.shortfall
    if facts.attendance:
        yield _("Attendance"), facts.attendance
    if facts.interaction:
        yield _("Teachers"), facts.interaction
    if facts.is_correspondence:
        yield _("Correspondence"), _("The program teaches by correspondence.")
    if not facts.is_combined:
        yield (
            _("Graduation"),
            _("Expected on %(day)s") % {"day": _day(facts.expected_graduation)}
            if facts.expected_graduation
            else _("No expected date is on file"),
        )


def _last_day(facts: AttendanceFacts) -> str:
    if facts.last_on is None:
        return _("None: attends on the day of this letter")
    if facts.end:
        return _("%(day)s (%(end)s)") % {"day": _day(facts.last_on), "end": EnrollmentState(facts.end).label}
    return _day(facts.last_on)


def _courses(facts: AttendanceFacts) -> Iterator[Block]:
    if not facts.courses:
        return
    yield _heading(_("Courses on the schedule"))
    yield _bullets(
        (
            _("%(title)s: %(hours)s a week, %(first)s to %(last)s, teacher %(teacher)s")
            if course.teacher
            else _("%(title)s: %(hours)s a week, %(first)s to %(last)s")
        )
        % {
            "title": course.title,
            "hours": duration(course.minutes),
            "first": _day(course.starts_on),
            "last": _day(course.ends_on),
            "teacher": course.teacher,
        }
        for course in facts.courses
    )


def _months(facts: AttendanceFacts) -> Iterator[Block]:
    yield _heading(_("Month by month"))
    yield _bullets(
        _("%(months)s: %(hours)s a week scheduled")
        % {"months": _span(run.first, run.last), "hours": duration(run.minutes)}
        for run in facts.runs
    )
    if facts.is_combined:
        # Of the other study no month is known: the sentence says what was counted.
        yield _paragraph(
            _(
                "Months between first course and last day in which none of these courses ran, or in which they and the "
                "hours that others stated came to less than %(hours)s hours a week: %(months)s."
            ),
            hours=_number(facts.standards.weekly_hours),
            months=_list(facts.out) or _("none"),
        )
    else:
        yield _paragraph(
            _("Months between entry and last day that were not in full-time attendance: %(months)s."),
            months=_list(facts.out) or _("none"),
        )
    if facts.breaks:
        yield _paragraph(
            _("Months without courses between two school years: %(months)s."), months=_list(facts.breaks)
        )


def _outside(facts: AttendanceFacts) -> Iterator[Block]:
    """Each kind of study by itself; what others stated is theirs."""
    if not facts.is_combined:
        return
    yield _heading(_("Study outside these courses"))
    if not facts.stated:
        yield _paragraph(_("Nobody stated hours of study outside these courses."))
        return
    yield _bullets(
        _("%(kind)s: %(hours)s a week, as stated by %(person)s on %(day)s. Not certified by this letter.")
        % {
            "kind": StudyKind(stated.kind).label,
            "hours": duration(stated.minutes),
            "person": stated.stated_by,
            "day": _day(stated.stated_on),
        }
        for stated in facts.stated
    )
    yield _paragraph(
        _("Certified: %(certified)s a week. Stated by others: %(stated)s a week. Together: %(both)s a week."),
        certified=duration(facts.minutes),
        stated=duration(facts.stated_minutes),
        both=duration(facts.minutes + facts.stated_minutes),
    )


def _standards(facts: AttendanceFacts) -> Iterator[Block]:
    yield _heading(_("Standards"))
    yield _bullets(
        _("%(test)s: %(outcome)s") % {"test": _test(standard, facts), "outcome": _outcome(outcome)}
        for standard, outcome in facts.findings.items()
    )
    failed = [_name(standard) for standard, outcome in facts.findings.items() if outcome == Outcome.NOT_MET]
    if failed:
        yield _paragraph(_("Tests not met: %(tests)s."), tests="; ".join(failed))
    yield _paragraph(_("This letter states facts. Its reader decides what follows from them."))


def _name(standard: Standard) -> str:
    return {
        Standard.CREDITS: _("state standard, credits"),
        Standard.WEEKLY_HOURS: _("federal standard, hours a week"),
        Standard.WEEKS: _("federal standard, weeks of the course of study"),
        Standard.INTERACTION: _("federal standard, not correspondence"),
    }[standard]


def _test(standard: Standard, facts: AttendanceFacts) -> str:
    needed = facts.standards
    sentence = {
        Standard.CREDITS: (
            _(
                "State standard, at least %(credits)s credits (RSMo 161.670.2(2)), %(planned)s in these courses alone"
            )
            if facts.is_combined
            else _("State standard, at least %(credits)s credits (RSMo 161.670.2(2)), %(planned)s scheduled")
        ),
        Standard.WEEKLY_HOURS: _(
            "Federal standard, at least %(hours)s hours a week (20 CFR 404.367(c)), %(scheduled)s scheduled"
        ),
        Standard.WEEKS: _(
            "Federal standard, a course of study of at least %(weeks)s weeks (20 CFR 404.367(b)), %(length)s weeks"
        ),
        Standard.INTERACTION: _("Federal standard, not correspondence (20 CFR 404.367(b))"),
    }[standard]
    return sentence % {
        "credits": _number(needed.credits),
        "planned": _number(facts.credits),
        "hours": _number(needed.weekly_hours),
        "scheduled": duration(facts.minutes),
        "weeks": needed.weeks,
        "length": facts.weeks,
    }


def _outcome(outcome: Outcome) -> str:
    return {
        Outcome.MET: _("met"),
        Outcome.NOT_MET: _("not met"),
        Outcome.WITH_STATED: _(
            "reached only together with hours that others stated and this letter does not certify"
        ),
    }[outcome]


def duration(minutes: int) -> str:
    """30 hours; 19 hours 59 minutes."""
    hours, rest = divmod(minutes, MINUTES_OF_AN_HOUR)
    parts = []
    if hours or not rest:
        parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if rest:
        parts.append(ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest})
    return " ".join(parts)


def _days(week: Sequence[int]) -> str:
    names = [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ]
    return ", ".join(
        f"{name} {duration(minutes)}" for name, minutes in zip(names, week, strict=True) if minutes
    )


def _weeks(count: int) -> str:
    return ngettext("%(count)d week", "%(count)d weeks", count) % {"count": count}


def _number(value: Decimal) -> str:
    """6 and 5.5, not 6.00."""
    return f"{value.normalize():f}"


def _span(first: Month, last: Month) -> str:
    if first == last:
        return _month(first)
    return _("%(first)s to %(last)s") % {"first": _month(first), "last": _month(last)}


def _list(months: Iterable[Month]) -> str:
    return ", ".join(_month(month) for month in months)


def _month(month: Month) -> str:
    return date_format(dt.date(*month, 1), pgettext("month and year, in Django's date letters", "F Y"))


def _day(day: dt.date) -> str:
    return date_format(day, pgettext("date, in Django's date letters", "F j, Y"))


def _long_day(day: dt.date) -> str:
    return date_format(day, pgettext("long date, in Django's date letters", "l, F j, Y"))


def _heading(text: str) -> Block:
    return Block("heading", text=text)


def _paragraph(sentence: str, **names: str) -> Block:
    return Block("paragraph", text=one_line(sentence % names))


def _bullets(items: Iterable[str]) -> Block:
    return Block("bullets", items=tuple(one_line(item) for item in items))


def _rows(*rows: tuple[str, str]) -> Block:
    return Block("rows", rows=tuple((term, one_line(value)) for term, value in rows))
