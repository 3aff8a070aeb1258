"""What there is to read about a code, put together from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .catalogue import CATALOGUE, NOTHING, PLACES, Family, Kind, Runs

WORDS = dict.fromkeys(PLACES, "…")


def families() -> list[tuple[Family, list[Kind]]]:
    """The codes by what they are about."""
    return [(family, [kind for kind in CATALOGUE.values() if kind.family is family]) for family in Family]


def facts(kind: Kind) -> list[dict[str, str]]:
    """What is known of a code, for the list on its page."""
    return [{"term": term, "value": value} for term, value in _facts(kind)]


def _facts(kind: Kind) -> Iterator[tuple[str, str]]:
    yield _("Weight"), str(kind.severity.label)
    yield _("About"), str(kind.family.label)
    when = {
        Runs.NIGHT: _("Each night, and when something newer comes in"),
        Runs.REHEARSAL: _("In a rehearsal only: what is certified cannot show it"),
        Runs.OFF: _("Not looked for yet"),
    }
    yield _("When it is looked for"), when[kind.runs]
    for who, sentence in (
        (_("What the district reads"), kind.district),
        (_("What the provider reads"), kind.provider),
        (_("What the MOCAP office reads"), kind.dese),
    ):
        yield who, example(kind, sentence) if sentence else _("Nothing: it is not shown there")
    yield _("Who acts"), ", ".join(str(actor.label) for actor in kind.acts) or NOTHING
    for name, number in kind.numbers.items():
        yield _("Limit: %(name)s") % {"name": name.replace("_", " ")}, str(number)
    yield _("Source"), kind.source


def example(kind: Kind, sentence: str) -> str:
    """A sentence as a form: an ellipsis where a fact stands."""
    own = {"limit": next(iter(kind.numbers.values()))} if len(kind.numbers) == 1 else {}
    return kind.fill(sentence, {**WORDS, **own})


def steps(kind: Kind) -> list[str]:
    """The remedy without facts."""
    return [example(kind, step) for step in kind.remedy]
