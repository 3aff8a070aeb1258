"""Letters: every sentence is written here once, as blocks; templates/letters lays them out as HTML and as PDF.

A letter is made from facts alone, so the same facts give the same letter. What people typed (names, explanations)
stays text in both forms: it is escaped in HTML and handed to typst as data, never as markup.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal, Self, cast

import typst
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from mocap_portal.foundation.shared.names import one_line

from .models import LetterKind

TEMPLATES = settings.BASE_DIR / "templates" / "letters"


@dataclass(frozen=True, slots=True)
class AppealRoute:
    """How a family objects: the way's name, its steps in order, and whom to write to, in the letter's language.

    `is_dispute` is the way of special education, which is no appeal to the school board.
    """

    title: str
    steps: tuple[str, ...]
    instructions: str
    is_dispute: bool = False


@dataclass(frozen=True, slots=True)
class Replaced:
    """The earlier decision that a letter replaces, and why. One on paper that was entered later has no letter here."""

    day: dt.date
    approved: bool
    has_letter: bool
    reason: str


class WhoPays(StrEnum):
    """Who pays for an approved course; AGREED is the district for a course above a full load."""

    DISTRICT = "district"
    AGREED = "agreed"
    FAMILY = "family"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """What a decision letter is made from. Texts that people read are in the letter's language.

    A denial needs `factors`, `explanation` and `appeal`; an approval uses `who_pays`, `register_by` (the district's
    last day to register the student) and `confirm_days` (business days the provider then has). Empty parts are left
    out. What came later has a default, so that the facts of every kept letter can be read.
    """

    day: dt.date
    request_number: str
    student: str
    school: str
    district: str
    course: str
    provider: str
    term: str
    decided_by: str
    decided_as: str
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    explanation: str = ""
    in_person_considered: bool = True
    factors: tuple[str, ...] = ()
    would_make_it_a_yes: str = ""
    appeal: AppealRoute | None = None
    register_by: dt.date | None = None
    confirm_days: int | None = None
    in_person_options: str = ""
    who_pays: WhoPays = WhoPays.DISTRICT
    replaced: Replaced | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as Letter.facts keeps them."""
        values = asdict(self) | {
            "day": self.day.isoformat(),
            "register_by": self.register_by.isoformat() if self.register_by else None,
        }
        if self.replaced:
            values["replaced"]["day"] = self.replaced.day.isoformat()
        return values

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The facts of a kept letter, also of one kept before a part was thought of.

        Raises TypeError when `data` has a key that to_json() never wrote.
        """
        appeal, register_by, replaced = data["appeal"], data["register_by"], data.get("replaced")
        return cls(
            **{
                **data,
                "day": dt.date.fromisoformat(data["day"]),
                "factors": tuple(data["factors"]),
                "appeal": AppealRoute(**{**appeal, "steps": tuple(appeal["steps"])}) if appeal else None,
                "register_by": dt.date.fromisoformat(register_by) if register_by else None,
                "who_pays": WhoPays(data.get("who_pays", WhoPays.DISTRICT)),
                "replaced": (
                    Replaced(**{**replaced, "day": dt.date.fromisoformat(replaced["day"])})
                    if replaced
                    else None
                ),
            }
        )


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a letter. `text` for headings and paragraphs, `items` for lists, `rows` for pairs.

    `language` is set where it is not the letter's own.
    """

    kind: Literal["heading", "paragraph", "bullets", "steps", "rows"]
    text: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter in words, before anybody lays it out."""

    language: str
    title: str
    sender: str
    school: str
    day: str
    reference: str
    page_words: str
    blocks: tuple[Block, ...]
    signature: tuple[str, ...]


def render_html(kind: LetterKind, facts: DecisionFacts, language: str) -> str:
    """The letter as one <article> to show inside a page, as a preview or as it was kept. Its title is an <h2>."""
    return lay_out(compose(kind, facts, language))


def lay_out(text: LetterText) -> str:
    """Any text that is laid out like a letter, as one <article>. `typeset` makes its twin on paper."""
    return render_to_string("letters/letter.html", {"letter": text})


def render_pdf(kind: LetterKind, facts: DecisionFacts, language: str) -> bytes:
    """The letter as tagged PDF/UA-1, the same bytes for the same facts.

    A character that the letter's font does not have is printed as □; the HTML letter shows it.
    """
    return typeset(compose(kind, facts, language), facts.day)


def typeset(text: LetterText, day: dt.date) -> bytes:
    """Any text that is laid out like a letter, as tagged PDF/UA-1 made on a day. letters/letter.html is its twin."""
    letter = json.dumps(asdict(text), ensure_ascii=False)
    try:
        return _typeset(letter, day)
    except typst.TypstError as error:
        # PDF/UA refuses what it cannot display. The message lists every such text at once.
        texts = re.findall(r"the text `\"(.+?)\"` could not be displayed", error.diagnostic)
        unknown = {sign for sign in "".join(texts) if not sign.isascii()}
        if not unknown:
            raise
    return _typeset(letter.translate({ord(sign): "□" for sign in unknown}), day)


def _typeset(letter: str, day: dt.date) -> bytes:
    # A compiler of its own for each letter (2 ms): one shared by threads answers "already borrowed". Its threads do
    # not survive a fork, so nothing may be typeset in a process that forks workers later. The system's
    # fonts stay out so that every machine prints the same letter.
    compiler = typst.Compiler(root=TEMPLATES, ignore_system_fonts=True)
    pdf = compiler.compile(
        input=TEMPLATES / "letter.typ",
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"letter": letter},
        timestamp=dt.datetime.combine(day, dt.time(), dt.UTC),
    )
    return cast("bytes", pdf)  # one file, and none asked for on disk


def compose(kind: LetterKind, facts: DecisionFacts, language: str) -> LetterText:
    """The letter in words."""
    title, write = _KINDS[kind]
    with translation.override(language):
        return LetterText(
            language=language,
            title=_(title),
            sender=one_line(facts.district),
            school=one_line(facts.school),
            day=long_day(facts.day),
            reference=_("Request %(number)s") % {"number": facts.request_number},
            page_words=_("Page"),
            blocks=tuple(block for block in (*write(facts), *_questions(facts)) if not _is_empty(block)),
            signature=tuple(one_line(line) for line in (facts.decided_by, facts.decided_as, facts.district)),
        )


def _denial(facts: DecisionFacts) -> Iterator[Block]:
    if facts.appeal and facts.appeal.is_dispute:
        opening = _(
            "You asked %(district)s for a virtual course for %(student)s. We did not approve this course. This letter "
            "tells you why, what would change the answer, and what you can do if you disagree."
        )
    else:
        opening = _(
            "You asked %(district)s for a virtual course for %(student)s. We did not approve this course. This letter "
            "tells you why, what would change the answer, and how you can appeal."
        )
    yield _paragraph(opening, facts)
    yield from _replacement(facts)
    yield heading(_("What we decided"))
    yield _rows(facts, _("Not approved"))
    yield heading(_("Why"))
    yield _paragraph(
        _("We asked one question: is this course, taken online, best for the education of %(student)s?"),
        facts,
    )
    yield from _in_person(facts)
    if facts.factors:
        yield _paragraph(_("The decision rests on:"), facts)
        yield Block("bullets", items=tuple(one_line(factor) for factor in facts.factors))
    yield from typed(facts.explanation)
    if facts.would_make_it_a_yes:
        yield heading(_("What would make this a yes"))
        yield from typed(facts.would_make_it_a_yes)
    if facts.appeal:
        yield heading(_("If you disagree") if facts.appeal.is_dispute else _("How to appeal"))
        yield _paragraph(
            _("You do not have to accept this decision. You can ask others to look at it again."), facts
        )
        yield Block("paragraph", text=one_line(facts.appeal.title))
        yield Block("steps", items=tuple(one_line(step) for step in facts.appeal.steps))
        yield from typed(facts.appeal.instructions)


def _approval(facts: DecisionFacts) -> Iterator[Block]:
    yield _paragraph(
        _("You asked %(district)s for a virtual course for %(student)s. We approved this course."), facts
    )
    yield from _replacement(facts)
    yield heading(_("What we decided"))
    yield _rows(facts, _("Approved"))
    if facts.in_person_options:  # an approval needs no more words about them than were written
        yield from _in_person(facts)
    yield from typed(facts.explanation)
    if facts.who_pays == WhoPays.AGREED:
        yield _paragraph(
            _(
                "This course lies above a full load, so %(district)s need not pay for it. We agreed to pay: you get "
                "no bill for it."
            ),
            facts,
        )
    yield heading(_("What happens next"))
    if facts.who_pays == WhoPays.FAMILY:
        yield from _paid_by_the_family(facts)
    else:
        yield _paragraph(_("You do not have to do anything now."), facts)
        yield Block("steps", items=tuple(one_line(step) for step in _steps_to_the_course(facts)))


def _replacement(facts: DecisionFacts) -> Iterator[Block]:
    """Which decision no longer holds, and why (R-26)."""
    if facts.replaced is None:
        return
    day = long_day(facts.replaced.day)
    yield heading(_("This replaces our first answer"))
    if facts.replaced.has_letter and facts.replaced.approved:
        sentence = _("This letter replaces our letter of %(day)s, which approved this course.")
    elif facts.replaced.has_letter:
        sentence = _("This letter replaces our letter of %(day)s, which did not approve this course.")
    elif facts.replaced.approved:
        sentence = _("This letter replaces our decision of %(day)s, which approved this course.")
    else:
        sentence = _("This letter replaces our decision of %(day)s, which did not approve this course.")
    yield _paragraph(sentence, facts, day=day)
    yield _paragraph(_("The earlier one no longer holds. Both are kept. The reason:"), facts)
    yield from typed(facts.replaced.reason)


def _in_person(facts: DecisionFacts) -> Iterator[Block]:
    """What the district looked at in a classroom, in its own words where it wrote any (R-23)."""
    if facts.in_person_options:
        yield _paragraph(_("We also looked at these ways to take a course like this one in person:"), facts)
        yield from typed(facts.in_person_options)
    elif facts.in_person_considered:
        yield _paragraph(_("We also looked at ways to take a course like this one in person."), facts)


def _paid_by_the_family(facts: DecisionFacts) -> Iterator[Block]:
    """The family buys the course; the district promises to count it (R-05)."""
    yield _paragraph(
        _(
            "You arrange this course with %(provider)s yourself, and you pay for it. The district pays nothing."
        ),
        facts,
        provider=facts.provider,
    )
    steps = (
        _("Register %(student)s with %(provider)s and agree on the first day.") % _names(facts),
        _("Tell the school when the course starts, so that it can be put into the student's schedule."),
        _(
            "When the course is finished, have the provider send the final grade to the school. %(district)s accepts "
            "the credit."
        )
        % _names(facts),
    )
    yield Block("steps", items=tuple(one_line(step) for step in steps))


def _names(facts: DecisionFacts) -> dict[str, str]:
    return {"district": facts.district, "student": facts.student, "provider": facts.provider}


def _steps_to_the_course(facts: DecisionFacts) -> Iterator[str]:
    names = _names(facts)
    if facts.register_by:
        yield _(
            "By %(day)s, %(district)s registers %(student)s with %(provider)s. Only the district can do this."
        ) % {
            **names,
            "day": long_day(facts.register_by),
        }
    else:
        yield (
            _("%(district)s registers %(student)s with %(provider)s. Only the district can do this.") % names
        )
    if facts.confirm_days:
        yield ngettext(
            "Within %(days)d business day after that, %(provider)s confirms the place and names the first day and the "
            "teacher.",
            "Within %(days)d business days after that, %(provider)s confirms the place and names the first day and the "
            "teacher.",
            facts.confirm_days,
        ) % {**names, "days": facts.confirm_days}
    else:
        yield _("%(provider)s then confirms the place and names the first day and the teacher.") % names
    yield _("You can see each step, and who is at it, on the page of your request in the portal.")


def _questions(facts: DecisionFacts) -> Iterator[Block]:
    """What every letter ends with: whom to ask, and in which language."""
    yield heading(_("Questions"))
    contact = tuple(
        one_line(line) for line in (facts.contact_name, facts.contact_phone, facts.contact_email) if line
    )
    if contact:
        yield _paragraph(
            _("Ask your district's MOCAP contact: %(contact)s."), facts, contact=", ".join(contact)
        )
    else:
        yield _paragraph(_("Ask your school's counselor."), facts)
    yield _paragraph(
        _(
            "You have the right to have this letter explained to you in a language you understand, at no cost. "
            "Ask the district for an interpreter."
        ),
        facts,
    )
    if translation.get_language() != "es":
        # Written out, not translated: it stands in English letters for a reader who cannot read the rest.
        spanish = (
            "Usted tiene derecho a que le expliquen esta carta en español, sin costo. "
            "Pida un intérprete al distrito."
        )
        yield Block("paragraph", text=spanish, language="es")


_KINDS: dict[LetterKind, tuple[str, Callable[[DecisionFacts], Iterator[Block]]]] = {
    LetterKind.APPROVAL: (translation.gettext_noop("Your course request was approved"), _approval),
    LetterKind.DENIAL: (translation.gettext_noop("Your course request was not approved"), _denial),
}


def heading(text: str) -> Block:
    return Block("heading", text=text)


def paragraph(text: str) -> Block:
    return Block("paragraph", text=one_line(text))


def _paragraph(sentence: str, facts: DecisionFacts, **names: str) -> Block:
    names = {"district": facts.district, "student": facts.student, **names}
    return Block("paragraph", text=one_line(sentence % names))


def typed(text: str) -> Iterator[Block]:
    """What a person typed: each line a paragraph."""
    return (Block("paragraph", text=one_line(line)) for line in text.splitlines())


def _rows(facts: DecisionFacts, outcome: str) -> Block:
    rows = (
        (_("Decision"), outcome),
        (_("Decided on"), long_day(facts.day)),
        (_("Student"), facts.student),
        (_("School"), facts.school),
        (_("Course"), facts.course),
        (_("Provider"), facts.provider),
        (_("When"), facts.term),
    )
    return Block("rows", rows=tuple((term, one_line(value)) for term, value in rows))


def _is_empty(block: Block) -> bool:
    return not (block.text or block.items or block.rows)


def long_day(day: dt.date) -> str:
    """Monday, December 7, 2026"""
    return date_format(day, pgettext("long date, in Django's date letters", "l, F j, Y"))
