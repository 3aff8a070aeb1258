"""Which function checks which rule, and what it needs to be run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.rules import Rule, Severity, load_rules

from ..known import Known
from ..layouts import DISTRICT_KINDS, Kind
from .case import Case
from .search import Findings, Sought, look, together

Check: TypeAlias = Callable[[Case, Rule], Sought]
Lack: TypeAlias = Callable[[Known], str | None]
"""What the portal would have to know, in words; None when it does."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of one rule: of files of these kinds, with these columns, beside these other files.

    `compares`: it looks at rows beside each other. Others look at a row or at the file as a whole, and cost little.
    `asks`: what of `Known` it asks while it compares.
    """

    rule_id: str
    check: Check
    kinds: frozenset[Kind]
    fields: tuple[str, ...]
    beside: tuple[Kind, ...]
    lack: Lack | None
    compares: bool
    asks: tuple[str, ...]

    @property
    def rule(self) -> Rule:
        return rules()[self.rule_id]

    def is_for(self, case: Case) -> bool:
        """Whether the rule says anything about files of this kind and school year."""
        year = case.known.state
        return (
            case.kind in self.kinds
            and all(map(case.layout.has, self.fields))
            and self.rule.held_in(year.starts_on, year.ends_on)
        )

    def needs(self, case: Case) -> str | None:
        """What is not there, so that it cannot be run; None when it can."""
        for name in self.fields:
            if not case.has(name):
                return _("the column %(column)s") % {"column": case.layout.column(name).name}
        for kind in self.beside:
            if kind not in case.others:
                return _("%(kind)s of the same district and year") % {"kind": kind.label}
        return self.lack(case.known) if self.lack else None


CHECKS: list[Checked] = []


def check(
    rule_id: str,
    *fields: str,
    kinds: Collection[Kind] = DISTRICT_KINDS,
    beside: tuple[Kind, ...] = (),
    lack: Lack | None = None,
    compares: bool = False,
    asks: tuple[str, ...] = (),
) -> Callable[[Check], Check]:
    """Register a check, of districts' files unless it says otherwise. A rule may have several, each for a part."""

    def register(function: Check) -> Check:
        compares_files = compares or bool(beside)
        CHECKS.append(
            Checked(rule_id, function, frozenset(kinds), fields, beside, lack, compares_files, asks)
        )
        return function

    return register


@cache
def rules() -> dict[str, Rule]:
    """The rules about files by their id."""
    return load_rules([Path(__file__).parent.parent / "rules.toml"])


Ran: TypeAlias = tuple[Rule, list[Findings], str | None]
"""A rule, what it found, and what it needs to find more."""


def run(case: Case, *, compares: bool) -> Iterator[Ran]:
    """The checks for this kind of file that compare rows, or those that do not: each rule, what it found or needs.

    Of a rule that is waived for the district only errors are found.
    """
    return _run(case, (checked for checked in CHECKS if checked.compares is compares))


def ask_ahead(case: Case) -> None:
    """Ask the database what checks that compare need to know: after this they ask nothing, and run in any thread."""
    for checked in CHECKS:
        if checked.compares and checked.is_for(case) and not checked.needs(case):
            for name in checked.asks:
                getattr(case.known, name)


def run_on(case: Case, fields: Collection[str]) -> Iterator[Ran]:
    """The same of the checks that look at one of these columns, or at all columns."""
    wanted = set(fields)
    return _run(case, (one for one in CHECKS if not one.fields or not wanted.isdisjoint(one.fields)))


def _run(case: Case, checks: Iterable[Checked]) -> Iterator[Ran]:
    asked = [(checked, checked.needs(case)) for checked in checks if checked.is_for(case)]
    sought = [() if needs else checked.check(case, checked.rule) for checked, needs in asked]
    found = iter(look(case.rows, together(sought)))
    for (checked, needs), one in zip(asked, sought, strict=True):
        findings = [next(found) for _search in one]
        if waived := _waived(case.known, checked.rule):
            # A warning rule may find errors, too: once a table of codes is whole, say.
            findings = [some.filter(severity=Severity.ERROR) for some in findings]
        yield checked.rule, findings, waived or needs


def _waived(known: Known, rule: Rule) -> str | None:
    waiver = known.waivers.get(rule.id)
    if waiver is None or rule.severity is not Severity.WARNING:
        return None
    return _("nothing: the state office has waived it until %(day)s (%(reason)s)") % {
        "day": date_format(waiver.until),
        "reason": waiver.reason,
    }
