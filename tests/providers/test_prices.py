import datetime as dt
from decimal import Decimal

import pytest

from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from providers.models import Structure
from providers.prices import Cap, cap

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R-75", "R-76", "R-78")
@pytest.mark.parametrize(
    ("day", "structure", "limit"),
    [
        (dt.date(2025, 7, 1), Structure.FULL_YEAR, "1000.30"),
        (dt.date(2026, 11, 22), Structure.A, "500.15"),
        (dt.date(2024, 6, 30), Structure.FULL_YEAR, "892.50"),
        (dt.date(2019, 7, 1), Structure.B, "446.25"),
        (dt.date(2024, 7, 1), Structure.FULL_YEAR, "946.40"),
        (dt.date(2025, 6, 30), Structure.A, "473.20"),
    ],
)
def test_the_cap_is_a_share_of_the_target_of_that_day(day: dt.date, structure: Structure, limit: str) -> None:
    found = cap(structure, on=day)
    assert found is not None
    assert found.limit == Decimal(limit)


@pytest.mark.rule("R-77")
@pytest.mark.parametrize(
    ("share", "target", "limit"),
    [("0.07", "7145.99", "500.21"), ("0.14", "7145.99", "1000.43"), ("0.07", "0.14", "0.00")],
)
def test_limits_are_rounded_down_to_the_cent(share: str, target: str, limit: str) -> None:
    assert Cap(share=Decimal(share), target=Decimal(target)).limit == Decimal(limit)


def test_nothing_is_capped_where_no_target_holds() -> None:
    assert cap(Structure.A, on=dt.date(2018, 1, 1)) is None
    LegalValue.objects.filter(key=LegalKey.CAP_SEMESTER_SHARE).delete()
    assert cap(Structure.A, on=dt.date(2026, 11, 22)) is None
    assert cap(Structure.FULL_YEAR, on=dt.date(2026, 11, 22)) is not None
