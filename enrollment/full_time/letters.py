"""The host's decision in words: one English text for student, parent, host and resident district (R-42)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from mocap_portal.foundation.papers.letters import Block, LetterText, heading, long_day, paragraph, typed
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.names import one_line

from .models import Outcome, ProgramApplication

LANGUAGE = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeterminationFacts:
    """What a letter of admission or refusal is made from. `replaces`: the day of the refusal that a review reversed."""

    number: str
    day: dt.date
    outcome: Outcome
    student: str
    program: str
    host: str
    resident_district: str
    term: str
    basis: str
    in_person_options: str
    decided_by: str
    starts_on: dt.date | None = None
    review_process: str = ""
    contact: str = ""
    replaces: dt.date | None = None

    @property
    def kind(self) -> LetterKind:
        return LetterKind.ADMISSION if self.outcome == Outcome.ADMITTED else LetterKind.REFUSAL

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, as Letter.facts keeps them."""
        days = {
            name: value.isoformat() if value else None
            for name, value in (("day", self.day), ("starts_on", self.starts_on), ("replaces", self.replaces))
        }
        return asdict(self) | days | {"outcome": str(self.outcome)}


def facts_of(
    application: ProgramApplication,
    *,
    outcome: Outcome,
    basis: str,
    in_person_options: str,
    starts_on: dt.date | None,
    decided_by: str,
    day: dt.date,
    replaces: dt.date | None = None,
) -> DeterminationFacts:
    """Gathers the facts; `application` has its program, host, claim, term and resident district."""
    program = application.program
    with translation.override(LANGUAGE):
        return DeterminationFacts(
            number=application.number,
            day=day,
            outcome=outcome,
            student=application.claim.full_name,
            program=program.name,
            host=program.host.organization.name,
            resident_district=application.resident_lea.organization.name,
            term=str(application.term),
            basis=basis.strip(),
            in_person_options=in_person_options.strip(),
            decided_by=decided_by,
            starts_on=starts_on,
            review_process=program.review_process if outcome == Outcome.REFUSED else "",
            contact=", ".join(
                filter(None, [program.contact_name, program.contact_phone, program.contact_email])
            ),
            replaces=replaces,
        )


def write(facts: DeterminationFacts) -> LetterText:
    """The letter in words."""
    with translation.override(LANGUAGE):
        admitted = facts.outcome == Outcome.ADMITTED
        return LetterText(
            language=LANGUAGE,
            title=_("You are admitted to the program")
            if admitted
            else _("The program did not admit the student"),
            sender=one_line(facts.host),
            school=one_line(facts.program),
            day=long_day(facts.day),
            reference=_("Application %(number)s") % {"number": facts.number},
            page_words=_("Page"),
            blocks=tuple(_admission(facts) if admitted else _refusal(facts)),
            signature=(one_line(facts.decided_by), one_line(facts.program), one_line(facts.host)),
        )


def _admission(facts: DeterminationFacts) -> Iterator[Block]:
    yield _said(_("You applied to %(program)s for %(student)s. The program admits the student."), facts)
    if facts.replaces:
        yield _said(
            _("This letter replaces our letter of %(replaces)s, which did not admit the student."), facts
        )
    yield _rows(facts, _("Admitted"))
    yield from _reasons(facts)
    yield heading(_("What happens next"))
    yield Block(
        "steps",
        items=tuple(
            one_line(step % _names(facts))
            for step in (
                _(
                    "%(resident)s is told today. It takes the student off its roll for the day before the first day."
                ),
                _("%(host)s puts the student on its roll on %(starts_on)s and sends a schedule."),
                _(
                    "From that day on %(host)s answers for teaching, state tests and the diploma. There is no fee."
                ),
            )
        ),
    )
    yield from _questions(facts)


def _refusal(facts: DeterminationFacts) -> Iterator[Block]:
    yield _said(
        _("You applied to %(program)s for %(student)s. The program does not admit the student at this time."),
        facts,
    )
    yield _rows(facts, _("Not admitted"))
    yield from _reasons(facts)
    yield heading(_("If you disagree"))
    yield _said(
        _("You can ask %(host)s to look at this decision again. %(resident)s has no part in it."), facts
    )
    yield from typed(facts.review_process)
    yield from _questions(facts)


def _reasons(facts: DeterminationFacts) -> Iterator[Block]:
    yield heading(_("Why"))
    yield from typed(facts.basis)
    yield paragraph(_("We also looked at what can be had in a school building:"))
    yield from typed(facts.in_person_options)


def _questions(facts: DeterminationFacts) -> Iterator[Block]:
    yield heading(_("Questions"))
    yield _said(_("Ask the program: %(contact)s."), facts)
    yield paragraph(
        _("You have the right to have this letter explained to you in a language you understand, at no cost.")
    )


def _rows(facts: DeterminationFacts, outcome: str) -> Block:
    rows = [
        (_("Decision"), outcome),
        (_("Decided on"), long_day(facts.day)),
        (_("Student"), facts.student),
        (_("Program"), facts.program),
        (_("Host"), facts.host),
        (_("Resident district"), facts.resident_district),
        (_("From"), long_day(facts.starts_on) if facts.starts_on else ""),
        (_("Term"), "" if facts.starts_on else facts.term),
    ]
    return Block("rows", rows=tuple((term, one_line(value)) for term, value in rows if value))


def _said(sentence: str, facts: DeterminationFacts) -> Block:
    return paragraph(sentence % _names(facts))


def _names(facts: DeterminationFacts) -> dict[str, str]:
    return {
        "program": facts.program,
        "student": facts.student,
        "host": facts.host,
        "resident": facts.resident_district,
        "contact": facts.contact,
        "starts_on": long_day(facts.starts_on) if facts.starts_on else "",
        "replaces": long_day(facts.replaces) if facts.replaces else "",
    }
