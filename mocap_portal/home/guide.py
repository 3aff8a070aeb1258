"""What the public pages about the two tracks tell, from the rows that hold on a day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue, NoLegalValue

PART_TIME = (
    LegalKey.DECISION_DAYS,
    LegalKey.REGISTER_DAYS,
    LegalKey.CONFIRM_DAYS,
    LegalKey.BOARD_APPEAL_DAYS,
    LegalKey.STATE_APPEAL_DAYS,
    LegalKey.FULL_LOAD,
    LegalKey.MAXIMUM_AGE,
    LegalKey.PRIOR_SEMESTER,
)

FULL_TIME = (
    LegalKey.MAXIMUM_AGE,
    LegalKey.ADULT_AGE,
    LegalKey.PRIOR_SEMESTER,
    LegalKey.RESIDENT_INPUT_DAYS,
    LegalKey.RECORDS_ANSWER_DAYS,
    LegalKey.FOSTER_ANSWER_DAYS,
    LegalKey.FULL_TIME_CREDITS,
    LegalKey.PROGRESS_REPORTS,
    LegalKey.PROGRAM_REVIEW_DAYS,
    LegalKey.PLACEMENT_DAYS,
)


@dataclass(frozen=True)
class Guide:
    """Numbers by the name of their key, what a family agrees to, and what a denial may rest on."""

    day: dt.date
    numbers: dict[str, int]
    statements: list[CodeMeaning]
    factors: list[CodeMeaning]


def part_time(on: dt.date) -> Guide:
    """The guide for a day. Raises NoLegalValue when the state office has left a gap."""
    codes = list(
        CodeMeaning.objects.on(on)
        .filter(code_set__in=[CodeSet.ACKNOWLEDGEMENT, CodeSet.DENIAL_FACTOR])
        .order_by("position", "code")
    )
    return Guide(
        day=on,
        numbers=_numbers(PART_TIME, on),
        statements=[code for code in codes if code.code_set == CodeSet.ACKNOWLEDGEMENT],
        factors=[code for code in codes if code.code_set == CodeSet.DENIAL_FACTOR],
    )


@dataclass(frozen=True)
class FullTimeGuide:
    """Numbers by the name of their key."""

    day: dt.date
    numbers: dict[str, int]


def full_time(on: dt.date) -> FullTimeGuide:
    """The guide for a day. Raises NoLegalValue when the state office has left a gap."""
    return FullTimeGuide(day=on, numbers=_numbers(FULL_TIME, on))


def _numbers(keys: Sequence[LegalKey], on: dt.date) -> dict[str, int]:
    rows = LegalValue.objects.on(on).filter(key__in=keys)
    numbers = {row.key: int(row.number) for row in rows}
    if missing := set(keys) - set(numbers):
        raise NoLegalValue(f"No value of {', '.join(sorted(missing))} holds on {on}.")
    return numbers
