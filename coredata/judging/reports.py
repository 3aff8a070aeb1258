"""Making a provider's report ready to be judged: whose it is, of which school year and day."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.utils.translation import gettext as _

from ..checks import prepare
from ..collection import Collection
from ..known_reports import ReportKnown
from ..layouts import FIRST_YEAR, LAST_YEAR, Kind, layout
from ..reading import REPORT_KEY, Limits, Sheet, Unusable, oneroster, read
from .districts import SHOWN, values
from .judgement import Judgement, Ready, refused

NO_KEY = b""  # a report has no educator's number, so nothing is hashed


def read_report(
    name: str, data: bytes, *, provider_code: str, on: dt.date, limits: Limits | None = None
) -> Ready | Judgement:
    """A report of this provider that will be kept, ready to be judged; the judgement where it cannot be used."""
    try:
        sheet = _sheet(name, data, limits or Limits.of_settings())
        ready = ready_report(name, data, sheet, provider_code=provider_code, on=on, is_upload=True)
    except Unusable as problem:
        return refused(name, problem)
    if ready.case.known.state.school_year is None:
        return refused(name, _no_such_year(ready.case.collection.year))
    return ready


def _sheet(name: str, data: bytes, limits: Limits) -> Sheet:
    """A table, or the one that a OneRoster zip holds."""
    if name.lower().endswith(oneroster.ENDING) and 0 < len(data) <= limits.bytes:
        return read(
            oneroster.flatten(data, limits=limits), name="enrollments.csv", limits=limits, key=REPORT_KEY
        )
    return read(data, name=name, limits=limits, key=REPORT_KEY)


def _no_such_year(year: int) -> Unusable:
    return Unusable(
        _(
            "The portal has no school year that ends in %(year)d. Correct schoolYear and send the report again."
        )
        % {"year": year},
        rule="V-80",
        column="schoolYear",
    )


def ready_report(
    name: str, data: bytes, sheet: Sheet, *, provider_code: str | None, on: dt.date, is_upload: bool = False
) -> Ready:
    """The same of one that was read. Raises Unusable for what is no report, or another provider's."""
    if not sheet.is_report:
        raise Unusable(
            _(
                "This is a core data file of a district, not a provider's report. The template shows what a report is."
            ),
            rule="V-80",
        )
    codes = values(sheet, Kind.PROVIDER_REPORT, "vendorCode")
    if provider_code is not None and codes and provider_code not in codes:
        raise Unusable(
            _("Every row is of provider %(theirs)s, none of %(provider)s. Send your own report.")
            % {"theirs": codes[0][:SHOWN], "provider": provider_code},
            rule="V-80",
            column="vendorCode",
        )
    year = _year(sheet)
    known = ReportKnown(
        Collection(year, None, Kind.PROVIDER_REPORT),
        district_code="",
        on=on,
        is_told=False,
        is_upload=is_upload,
        provider_code=provider_code or (codes[0] if codes else ""),
    )
    case = prepare(
        sheet,
        known.collection,
        layout(Kind.PROVIDER_REPORT, year),
        known=known,
        key=NO_KEY,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return Ready(name, case)


def _year(sheet: Sheet) -> int:
    """The school year that most rows name. Raises Unusable."""
    found = values(sheet, Kind.PROVIDER_REPORT, "schoolYear")
    known = [int(text) for text in found if text.isascii() and text.isdigit() and len(text) == 4]
    for year in known:
        if FIRST_YEAR <= year <= LAST_YEAR:
            return year
    raise Unusable(
        _(
            "No row names a school year: schoolYear is “%(value)s”. It is the year in which the school year ends, "
            "as in 2027."
        )
        % {"value": found[0][:SHOWN] if found else ""},
        rule="V-80",
        column="schoolYear",
    )
