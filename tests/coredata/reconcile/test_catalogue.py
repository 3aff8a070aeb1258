"""The catalogue is whole and right; a file that is not is refused with the entry and what it lacks."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from string import Formatter

import pytest

from coredata.reconcile.catalogue import (
    CATALOGUE,
    Actor,
    Cause,
    Family,
    InvalidCatalogue,
    Kind,
    Runs,
    Severity,
    load,
)
from coredata.reconcile.models import Mismatch
from coredata.reconcile.statements import PATTERNS, RULES

ENTRY = """
[[mismatch]]
id = "M-01"
name = "Not in October"
family = "presence"
severity = "E"
sentence = "A decided request has no row in October."
district = "Add it with {expected} within {limit} days."
provider = "You report {reported}."
dese = ""
acts = ["DC", "VN"]
remedy = ["Add the course.", "Certify again with {expected}."]
causes = [{ id = "not_scheduled", text = "Nobody scheduled it." }]
why = "The state sees students in core data only."
source = "MOCAP home page"
runs = "night"
numbers = { days = 14, share = 0.5 }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mismatches.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_is_read_as_it_is_written(tmp_path: Path) -> None:
    kinds = load(written(tmp_path, ENTRY))

    assert dict(kinds) == {
        "M-01": Kind(
            id="M-01",
            name="Not in October",
            family=Family.PRESENCE,
            severity=Severity.MUST,
            sentence="A decided request has no row in October.",
            district="Add it with {expected} within {limit} days.",
            provider="You report {reported}.",
            dese="",
            acts=(Actor.DATA_CLERK, Actor.PROVIDER),
            remedy=("Add the course.", "Certify again with {expected}."),
            causes=(Cause("not_scheduled", "Nobody scheduled it."),),
            why="The state sees students in core data only.",
            source="MOCAP home page",
            runs=Runs.NIGHT,
            numbers={"days": 14, "share": Decimal("0.5")},
        )
    }


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"M-01"', '"V-01"', "V-01: the id is not one such as M-01."),
        ('id = "M-01"\n', "", "entry number 1: id must be a text."),
        ("family", "famly", "M-01: unknown key famly."),
        ('name = "Not in October"\n', "", "M-01: name must be a text."),
        ('"presence"', '"absence"', f"M-01: family is absence, not one of {', '.join(Family)}."),
        ('"E"', '"X"', "M-01: severity is X, not one of E, W, I."),
        ('dese = ""\n', "", "M-01: dese must be a text, an empty one where it is not shown."),
        ("with {expected} within", "with {wanted} within", "M-01: district has no place for {wanted}."),
        ("You report {reported}.", "Not {expected}.", "M-01: provider has no place for {expected}."),
        ("again with {expected}", "again with {expected:>3}", "M-01: remedy has no place for {expected}."),
        ('["DC", "VN"]', '["DC", "XX"]', "M-01: acts is XX, not one of DC, MC, HD, VN, DE."),
        ('["DC", "VN"]', '"DC"', "M-01: acts must be a list of texts."),
        ('["Add the course.", "Certify again with {expected}."]', "[]", "M-01: remedy is empty."),
        (
            '[{ id = "not_scheduled", text = "Nobody scheduled it." }]',
            "[]",
            "M-01: causes must be a list of { id, text }.",
        ),
        ("text = ", "words = ", "M-01: causes must be a list of { id, text }."),
        (
            '[{ id = "not_scheduled", text = "Nobody scheduled it." }]',
            '[{ id = "a", text = "A." }, { id = "a", text = "B." }]',
            "M-01: a cause is there twice.",
        ),
        ('"night"', '"day"', "M-01: runs is day, not one of night, rehearsal, off."),
        ("days = 14", "days = true", "M-01: numbers must be a table of numbers."),
        ("[[mismatch]]", "[[rule]]", "holds something other than [[mismatch]] entries."),
        (ENTRY, ENTRY + ENTRY, "M-01 is there twice."),
        (ENTRY, "mismatch = ", "not TOML: Invalid value (at end of document)."),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    path = written(tmp_path, ENTRY.replace(before, after))

    with pytest.raises(InvalidCatalogue) as caught:
        load(path)

    assert str(caught.value) == f"mismatches.toml: {message}"


def test_what_nobody_would_read_is_refused(tmp_path: Path) -> None:
    silent = ENTRY.replace("Add it with {expected} within {limit} days.", "").replace(
        "You report {reported}.", ""
    )

    with pytest.raises(InvalidCatalogue, match="is shown to nobody"):
        load(written(tmp_path, silent))


def test_all_codes_are_there_in_their_order() -> None:
    assert list(CATALOGUE) == [f"M-{number:02}" for number in range(1, 95)]


@pytest.mark.rule("M-45")
def test_what_certified_data_cannot_show_is_left_to_the_rehearsal() -> None:
    not_at_night = {kind.id: kind.runs.value for kind in CATALOGUE.values() if kind.runs is not Runs.NIGHT}

    assert not_at_night == {
        "M-12": "rehearsal",
        "M-25": "rehearsal",
        "M-26": "rehearsal",
        "M-45": "off",
        "M-75": "rehearsal",
    }


def test_whoever_can_mend_it_is_told() -> None:
    untold = [
        (kind.id, actor.value)
        for kind in CATALOGUE.values()
        for actor in kind.acts
        if not {Actor.PROVIDER: kind.provider, Actor.DESE: kind.dese}.get(actor, kind.district)
    ]

    assert untold == []


def test_a_code_and_a_cause_fit_their_columns() -> None:
    longest = Mismatch._meta.get_field("cause").max_length or 0

    assert all(len(cause.id) <= longest for kind in CATALOGUE.values() for cause in kind.causes)


@pytest.mark.parametrize(
    ("facts", "began", "days"),
    [
        ({"date": "2027-01-11"}, "Jan. 11, 2027", 14),
        ({}, "—", 14),
        ({"date": "", "limit": 21}, "—", 21),
        ({"date": "2027-13-11"}, "2027-13-11", 14),
    ],
)
def test_facts_stand_in_their_places(facts: dict[str, object], began: str, days: int) -> None:
    kind = CATALOGUE["M-11"]

    assert kind.fill(kind.dese, facts) == (
        f"Began on {began}, after October was certified, and was not added within {days} days."
    )


@pytest.mark.parametrize("code", [code for code in CATALOGUE if code in {**RULES, **PATTERNS}])
def test_what_a_sentence_shows_is_what_is_found(code: str) -> None:
    """Each place of a sentence is a fact of the code's statement, each cause that it names is one of the code's."""
    kind, query = CATALOGUE[code], {**RULES, **PATTERNS}[code]
    sentences = (kind.district, kind.provider, kind.dese, *kind.remedy)
    places = {
        place for sentence in sentences for _text, place, *_more in Formatter().parse(sentence) if place
    }
    if len(kind.numbers) == 1:
        places.discard("limit")

    assert [place for place in sorted(places) if f"'{place}'" not in query] == []
    named = re.findall(r"(?:THEN|ELSE) '([a-z_]+)'", query)
    facts = {"found", "reported"}
    assert [cause for cause in named if cause not in facts and kind.cause(cause) is None] == []


def test_a_fact_is_never_read_as_a_place() -> None:
    kind = CATALOGUE["M-24"]

    assert kind.fill(kind.district, {"found": "{expected}", "expected": 50}) == (
        "This course carries program code {expected}. MOCAP courses need 50."
    )
