"""The transcript and the letter to a school in words, block by block, made from facts alone.

Both are in English, whatever language the person who asked has chosen: schools and colleges read them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.letters import Block, LetterText, heading, long_day, paragraph
from mocap_portal.foundation.shared.names import one_line

from .models import ArchiveRow, TranscriptRequest

ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Official:
    """Who signs for the state office."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Course:
    """A course as the transcript states it. `result`: completion, credit and grade, as far as the archive has them."""

    year: str
    term: str
    title: str
    result: str
    school: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a transcript is made from. `digest` tells whether it is still what somebody has looked at."""

    number: str
    name: str
    also: str
    birth_date: str
    reader: str
    courses: tuple[Course, ...]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()


def facts_of(request: TranscriptRequest) -> Facts:
    """What the chosen courses say today."""
    rows = ArchiveRow.objects.filter(chosen__request=request)
    with translation.override(ENGLISH):
        courses = tuple(_course(row) for row in rows.order_by("school_year", "term", "course_title", "pk"))
        return Facts(
            number=request.number,
            name=request.former_name,
            also=request.current_name,
            birth_date=day_words(request.birth_date),
            reader=request.reader,
            courses=courses,
        )


def _course(row: ArchiveRow) -> Course:
    result = []
    if row.percent_complete is not None:
        result.append(_("%(percent)s %% of the work completed") % {"percent": _number(row.percent_complete)})
    if row.credit is not None:
        result.append(_("credit %(credit)s") % {"credit": row.credit})
    if row.grade:
        result.append(_("grade %(grade)s") % {"grade": row.grade})
    return Course(
        year=f"{row.school_year - 1}–{row.school_year % 100:02}",
        term=row.term,
        title=f"{row.course_title} ({row.course_code})" if row.course_code else row.course_title,
        result=", ".join(result) or _("no result was kept"),
        school=_("%(school)s (district %(code)s)")
        % {"school": row.school_of_credit, "code": row.district_code},
    )


def transcript(facts: Facts, *, official: Official, day: dt.date) -> LetterText:
    """The transcript, without its code."""
    with translation.override(ENGLISH):
        return laid_out(
            _("Transcript of the Missouri Virtual Instruction Program (MoVIP)"),
            _transcript(facts),
            reference=_("Transcript %(number)s") % {"number": facts.number},
            reader=facts.reader,
            official=official,
            day=day,
            language=ENGLISH,
        )


def code_block(code: str) -> Block:
    """What stands on the printed transcript alone."""
    with translation.override(ENGLISH):
        return paragraph(_("Code of this transcript: %(code)s") % {"code": code})


def _transcript(facts: Facts) -> Iterator[Block]:
    yield heading(_("Student"))
    yield _rows(
        (_("Name then"), facts.name),
        (_("Name now"), facts.also),
        (_("Date of birth"), facts.birth_date),
    )
    by_term = groupby(facts.courses, key=lambda course: (course.year, course.term))
    for (year, term), courses in by_term:
        yield heading(_("School year %(year)s, %(term)s") % {"year": year, "term": term})
        yield Block(
            "bullets",
            items=tuple(
                one_line(
                    _("%(course)s: %(result)s. Credit was given by %(school)s.")
                    % {"course": course.title, "result": course.result, "school": course.school}
                )
                for course in courses
            ),
        )
    yield heading(_("What this transcript says"))
    yield paragraph(
        _(
            "MoVIP reported the percent of work completed to the local school. That school gave grade and credit, so "
            "its own transcript may say more."
        )
    )
    yield heading(_("To check this transcript"))
    yield paragraph(
        _(
            "Anybody who holds this transcript can ask whether it is genuine: at %(address)s, with the number "
            "%(number)s and the code that stands on the printed transcript. The answer names nobody."
        )
        % {"address": papers.portal_address(reverse("movip:verify")), "number": facts.number}
    )


def sent_on(
    request: TranscriptRequest, *, school: str, address: str, official: Official, day: dt.date
) -> LetterText:
    """The request, for the school that gave the credit, which answers the person itself."""
    with translation.override(ENGLISH):
        return laid_out(
            _("Request for a transcript with MoVIP courses"),
            _sent_on(request, address),
            reference=_("Request %(number)s") % {"number": request.number},
            reader=school,
            official=official,
            day=day,
            language=ENGLISH,
        )


def _sent_on(request: TranscriptRequest, address: str) -> Iterator[Block]:
    yield paragraph(address)
    yield paragraph(
        _(
            "A former student asks for a transcript of courses of the Missouri Virtual Instruction Program (MoVIP). "
            "Your school gave the credit, so your transcript is the record of it. Please answer the person directly. "
            "We have checked the person's identity."
        )
    )
    yield heading(_("The former student"))
    yield _rows(
        (_("Name then"), request.former_name),
        (_("Name now"), request.current_name),
        (_("Date of birth"), day_words(request.birth_date)),
        (_("Years"), request.years),
        (_("School then"), request.school_then),
        (_("Courses, as remembered"), request.courses),
    )
    yield heading(_("Who asks, and who gets the transcript"))
    yield _rows(
        (_("Asked for by"), request.asker_name or request.current_name or request.former_name),
        (_("Email"), request.email),
        (_("Phone"), request.phone),
        (_("Goes to"), request.reader),
        (_("Address"), request.recipient_address),
    )
    if request.has_consent and request.consent_signed_on:
        yield heading(_("Consent of the former student"))
        yield _rows(
            (_("Records"), request.consent_records),
            (_("Purpose"), request.consent_purpose),
            (_("Recipient"), request.consent_recipient),
            (_("Signed by"), request.consent_signed_name),
            (_("Signed on"), day_words(request.consent_signed_on)),
        )


def laid_out(
    title: str,
    blocks: Iterable[Block],
    *,
    reference: str,
    reader: str,
    official: Official,
    day: dt.date,
    language: str,
) -> LetterText:
    office = _("Missouri Department of Elementary and Secondary Education")
    first = paragraph(_("For %(reader)s") % {"reader": reader})
    signature = (official.name, official.title, office, _("Signed on %(day)s") % {"day": day_words(day)})
    return LetterText(
        language=language,
        title=title,
        sender=office,
        school=_("MOCAP office"),
        day=long_day(day),
        reference=reference,
        page_words=_("Page"),
        blocks=(first, *blocks),
        signature=tuple(one_line(line) for line in signature),
    )


def _rows(*rows: tuple[str, str]) -> Block:
    return Block("rows", rows=tuple((one_line(term), one_line(value)) for term, value in rows if value))


def day_words(day: dt.date) -> str:
    return date_format(day, pgettext("date, in Django's date letters", "F j, Y"))


def _number(value: Decimal) -> str:
    """87.5 and 100, not 100.00."""
    return f"{value.normalize():f}"
