"""The answer that nothing was found: where was looked, and who may know more. In the language of who asked (R-122)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils import translation
from django.utils.translation import gettext as _

from mocap_portal.foundation.papers.letters import Block, LetterText, heading, paragraph
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.names import one_line

from .letters import Official, day_words, laid_out
from .matching import Terms
from .models import Look, Place, TranscriptRequest


def not_found(
    request: TranscriptRequest, looks: Iterable[Look], *, official: Official, day: dt.date
) -> LetterText:
    """Where was looked, and who may know more: the school of credit (R-122). In the language of who asked."""
    with translation.override(request.language):
        return laid_out(
            _("We found no records of MoVIP"),
            _not_found(request, list(looks)),
            reference=_("Request %(number)s") % {"number": request.number},
            reader=request.asker_name or request.current_name or request.former_name,
            official=official,
            day=day,
            language=request.language,
        )


def _not_found(request: TranscriptRequest, looks: list[Look]) -> Iterator[Block]:
    yield paragraph(
        _(
            "You asked for a transcript of the Missouri Virtual Instruction Program (MoVIP). We looked for the "
            "records and did not find any that are surely yours."
        )
    )
    yield heading(_("Where we looked"))
    yield Block("bullets", items=tuple(one_line(look_words(look)) for look in looks))
    yield heading(_("What you can do"))
    yield paragraph(
        _(
            "MoVIP reported how much of a course was done to the student's own school, and that school gave the "
            "grade and the credit. Ask the school of that time, %(school)s, for a transcript: it may be the better "
            "record. If the school is closed, ask the district that it belonged to."
        )
        % {"school": request.school_then}
    )
    yield paragraph(
        _(
            "If you remember another name, another spelling or another year, send a new request and tell us. Nothing "
            "of what you sent is lost."
        )
    )


def look_words(look: Look) -> str:
    """One look in a sentence: where, on which day, for what. For the letter and for the pages."""
    day = day_words(central_date(look.at))
    if look.place != Place.ARCHIVE:
        return _("%(place)s, on %(day)s: %(what)s") % {
            "place": look.get_place_display(),
            "day": day,
            "what": look.what,
        }
    terms = Terms.from_json(look.terms)
    return _("%(place)s, on %(day)s: last name %(last)s, first name %(first)s, born on %(birth)s") % {
        "place": look.get_place_display(),
        "day": day,
        "last": " / ".join(terms.last_names),
        "first": " / ".join(terms.first_names),
        "birth": day_words(terms.birth_date),
    }
