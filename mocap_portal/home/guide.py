"""What the public page about part-time requests tells, from the rows that hold on a day."""

import datetime as dt
from dataclasses import dataclass

from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue, NoLegalValue

NUMBERS = (
    LegalKey.DECISION_DAYS,
    LegalKey.REGISTER_DAYS,
    LegalKey.CONFIRM_DAYS,
    LegalKey.BOARD_APPEAL_DAYS,
    LegalKey.STATE_APPEAL_DAYS,
    LegalKey.FULL_LOAD,
    LegalKey.MAXIMUM_AGE,
    LegalKey.PRIOR_SEMESTER,
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
    rows = LegalValue.objects.on(on).filter(key__in=NUMBERS)
    numbers = {row.key: int(row.number) for row in rows}
    if missing := set(NUMBERS) - set(numbers):
        raise NoLegalValue(f"No value of {', '.join(sorted(missing))} holds on {on}.")
    codes = list(
        CodeMeaning.objects.on(on)
        .filter(code_set__in=[CodeSet.ACKNOWLEDGEMENT, CodeSet.DENIAL_FACTOR])
        .order_by("position", "code")
    )
    return Guide(
        day=on,
        numbers=numbers,
        statements=[code for code in codes if code.code_set == CodeSet.ACKNOWLEDGEMENT],
        factors=[code for code in codes if code.code_set == CodeSet.DENIAL_FACTOR],
    )
