"""What the portal knows beside a provider's report: its catalog, and the reports that were accepted before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from mocap_portal.foundation.directory.models import Provider
from providers.models import Course

from .known import Known
from .models import ProviderReport, ReportedEnrollment, ReportState, Waiver

SNAPSHOT = {
    "enrollment_id": pl.String,
    "mosis_id": pl.String,
    "birth_date": pl.Date,
    "provider_course_code": pl.String,
    "course_code": pl.String,
    "school_year": pl.Int64,
    "is_present": pl.Boolean,
}
CATALOG = {"course_code": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}


@dataclass(frozen=True)
class ReportKnown(Known):
    """What held in the report's school year. `is_upload`: whether it will be kept, so that earlier reports count."""

    provider_code: str

    @cached_property
    def provider(self) -> Provider | None:
        return Provider.objects.filter(code=self.provider_code).first()

    @cached_property
    def waivers(self) -> Mapping[str, Waiver]:
        """Rules are waived for districts."""
        return {}

    @cached_property
    def own_catalog(self) -> pl.DataFrame:
        """The provider's listings of the school year: state course code, first and last day (the year's, if open)."""
        listed = Course.objects.filter(
            self.state.valid_in_year(), provider__code=self.provider_code
        ).order_by()
        rows = [
            (code, first, last or dt.date.max)
            for code, first, last in listed.values_list("state_course_code", "valid_from", "valid_to")
        ]
        return pl.DataFrame(rows, schema=CATALOG, orient="row")

    @cached_property
    def last_accepted(self) -> ProviderReport | None:
        """The report that counts now for this school year."""
        return ProviderReport.objects.filter(
            provider__code=self.provider_code,
            school_year=self.collection.year,
            state=ReportState.ACCEPTED,
        ).first()

    @cached_property
    def snapshot(self) -> pl.DataFrame:
        """Every enrollment that the provider ever reported, of all school years."""
        known = ReportedEnrollment.objects.filter(provider__code=self.provider_code).order_by()
        own = {"enrollment_id", "school_year", "is_present"}
        places = (name if name in own else f"row__{name}" for name in SNAPSHOT)
        return pl.DataFrame(list(known.values_list(*places)), schema=SNAPSHOT, orient="row")
