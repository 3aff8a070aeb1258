"""When a provider's next report is due: so many days after its last one, or after its first registration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Exists, Max, Min, OuterRef, Q

from enrollment.registration.models import RosterLine
from mocap_portal.foundation.directory.models import LegalKey, LegalValue, Provider, SchoolYear
from mocap_portal.foundation.shared.calendar import central_date

from .models import ProviderReport, ReportedEnrollment, ReportState

GOOD_FOR_NOW = [ReportState.WAITING, ReportState.ACCEPTED]


@dataclass(frozen=True, slots=True)
class Due:
    """A provider with students in the school year. `last_as_of`: the day of its last report, if there is one."""

    provider: Provider
    due_on: dt.date
    last_as_of: dt.date | None
    is_overdue: bool


def reports_due(
    on: dt.date,
    *,
    provider_id: int | None = None,
    providers: Collection[int] | None = None,
    tried: int | None = None,
    only_overdue: bool = False,
) -> list[Due]:
    """Every provider that has to report in the school year of this day, the longest overdue first.

    `provider_id`: only this one; `providers`: only these. `tried`: a report as if it were accepted. `only_overdue`:
    those that have to have reported before this day. Raises NoLegalValue. Six queries at most, whatever there is.
    """
    year = SchoolYear.objects.filter(starts_on__lte=on, ends_on__gte=on).first()
    if year is None:
        return []
    days = dt.timedelta(days=LegalValue.objects.whole(LegalKey.PROVIDER_REPORT_DAYS, on=on))
    if provider_id is not None:
        providers = [provider_id]
    of_these = Q() if providers is None else Q(provider__in=providers)
    sent = ProviderReport.objects.filter(of_these, school_year=year, state__in=GOOD_FOR_NOW).order_by()
    last = dict(sent.values_list("provider").annotate(last=Max("as_of")))
    registered = RosterLine.objects.filter(line__request__term__school_year=year).order_by()
    silent = registered.exclude(provider__in=last)
    if providers is not None:  # of few none may be left, and then nothing is asked
        silent = silent.filter(provider__in=set(providers) - last.keys())
    first_sent = silent.values_list("provider").annotate(first=Min("sent_at"))
    since = {provider: central_date(first) for provider, first in first_sent}
    report = ProviderReport.objects.filter(pk=tried, school_year=year).first() if tried else None
    if report is not None:
        last[report.provider_id] = report.as_of

    def due_on(provider: int) -> dt.date:
        return (last.get(provider) or since.get(provider) or year.starts_on) + days

    if only_overdue and providers is not None:
        providers = [provider for provider in providers if due_on(provider) < on]
        if not providers:
            return []
    reported = ReportedEnrollment.objects.filter(school_year=year, is_present=True).order_by()
    has_students = Exists(registered.filter(provider=OuterRef("pk"))) | Exists(
        reported.filter(provider=OuterRef("pk"))
    )
    if report is not None:
        has_students |= Q(pk=report.provider_id)
    wanted = Provider.objects.filter(has_students)
    if providers is not None:
        wanted = wanted.filter(pk__in=providers)
    found = []
    for provider in wanted.select_related("organization").order_by("organization__name", "pk"):
        due = due_on(provider.pk)
        if due < on or not only_overdue:
            found.append(Due(provider, due, last.get(provider.pk), due < on))
    return sorted(found, key=lambda due: due.due_on)
