"""The most a provider may charge a district: a share of the state adequacy target (R-75 … R-78, R-80)."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from mocap_portal.foundation.directory.models import LegalKey, LegalValue, NoLegalValue

from .models import Structure

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit with the arithmetic behind it: `share` of `target` dollars, rounded down to the cent (R-77)."""

    share: Decimal
    target: Decimal

    @property
    def limit(self) -> Decimal:
        return (self.share * self.target).quantize(CENT, rounding=ROUND_DOWN)

    @property
    def percent(self) -> str:
        """The share as people say it: 7, or 7.5."""
        return f"{(self.share * 100).normalize():f}"


def cap(structure: Structure, *, on: dt.date) -> Cap | None:
    """The cap of a course of this structure that starts on this day: of the year for FY, of one semester for A and B.

    None where no target or no share holds on that day: then nothing limits the price.
    """
    key = LegalKey.CAP_YEAR_SHARE if structure == Structure.FULL_YEAR else LegalKey.CAP_SEMESTER_SHARE
    try:
        share = LegalValue.objects.number(key, on=on)
        target = LegalValue.objects.number(LegalKey.ADEQUACY_TARGET, on=on)
    except NoLegalValue:
        return None
    return Cap(share=share, target=target)
