"""The most a provider may charge a district: a share of the state adequacy target (R-75 … R-78, R-80)."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from mocap_portal.foundation.directory.models import LegalKey, LegalValue, NoLegalValue
from mocap_portal.foundation.directory.models.legal import LegalValueQuerySet

from .models import Structure

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit with the arithmetic behind it: `share` of `target` dollars, rounded down to the cent (R-77)."""

    share: Decimal
    target: Decimal

    @property
    def limit(self) -> Decimal:
        return self.product.quantize(CENT, rounding=ROUND_DOWN)

    @property
    def product(self) -> Decimal:
        """The arithmetic before it is rounded."""
        return self.share * self.target

    @property
    def percent(self) -> str:
        """The share as people say it: 7, or 7.5."""
        return f"{(self.share * 100).normalize():f}"


def cap(structure: Structure, *, on: dt.date, values: LegalValueQuerySet | None = None) -> Cap | None:
    """The cap of a course of this structure that starts on this day: of the year for FY, of one semester for A and B.

    None where no target or no share holds on that day: then nothing limits the price. `values`: the legal values to
    ask, today's rows unless others are given.
    """
    values = LegalValue.objects.all() if values is None else values
    key = LegalKey.CAP_YEAR_SHARE if structure == Structure.FULL_YEAR else LegalKey.CAP_SEMESTER_SHARE
    try:
        share = values.number(key, on=on)
        target = values.number(LegalKey.ADEQUACY_TARGET, on=on)
    except NoLegalValue:
        return None
    return Cap(share=share, target=target)
