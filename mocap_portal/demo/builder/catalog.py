"""Two providers, their courses, and who has signed a data agreement with whom."""

import datetime as dt

from mocap_portal.foundation.directory.models import Provider, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date
from providers.actions import import_catalog, record_agreement
from providers.models import AgreementKind, Course

from .places import COMPASS_POINT, DATA, HARROW_SPRINGS, WALNUT_FORK, lea

LANTERN = "LANTERN"
PRAIRIE = "PRAIRIE"

# Harrow Springs has none with Prairie Loop: a registration there says what is missing.
AGREEMENTS = [
    (WALNUT_FORK, LANTERN),
    (WALNUT_FORK, PRAIRIE),
    (HARROW_SPRINGS, LANTERN),
    (COMPASS_POINT, PRAIRIE),
]


def course(provider: str, code: str, structure: str = "A") -> Course:
    return Course.objects.get(
        provider__code=provider, provider_course_code=code, structure=structure, valid_to=None
    )


def build_catalog(at: dt.datetime) -> None:
    # Authorized from the summer before the last one, so that every course may start now.
    this_year = SchoolYear.objects.get(starts_on__lte=central_date(at), ends_on__gte=central_date(at))
    last_summer = SchoolYear.objects.get(year=this_year.year - 1).starts_on
    result = import_catalog((DATA / "catalog.csv").read_bytes(), on=last_summer)
    if result.problems:
        raise ValueError(result.problems)
    for number, (district, provider) in enumerate(AGREEMENTS, start=1):
        record_agreement(
            kind=AgreementKind.DATA,
            lea=lea(district),
            provider=Provider.objects.get(code=provider),
            valid_from=last_summer,
            valid_to=None,
            forbids_sale=True,
            forbids_advertising=True,
            reference=f"Contract file {number}",
        )
