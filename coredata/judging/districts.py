"""Making districts' files ready to be judged: what each is, and the others of the same district and year beside it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from django.utils.translation import gettext as _

from ..checks import Case, prepare
from ..collection import Collection
from ..known import Known
from ..layouts import Kind, layout
from ..reading import Limits, Sheet, Unusable
from ..reading import read as read_sheet
from .judgement import Judgement, Ready, refused

SHOWN = 60  # characters of a value in a sentence about the whole file


@dataclass(frozen=True)
class _Read:
    """A file as far as it could be read."""

    name: str
    sheet: Sheet
    collection: Collection
    district_code: str


def read_files(
    files: Iterable[tuple[str, bytes]],
    *,
    district_code: str | None,
    on: dt.date,
    key_of: Callable[[int], bytes],
    stored: Callable[[Known], Mapping[Kind, Case]] | None = None,
    when_read: Callable[[Collection, int], None] = lambda collection, rows: None,
    reports: Callable[[str, bytes, Sheet], Ready] | None = None,
    limits: Limits | None = None,
) -> list[Judgement | Ready]:
    """The files in their order, ready to be judged; of one that cannot be used the judgement.

    The rest is as for `judge`. `stored`: for a file that will be kept, what the portal has of the same district and
    year, for kinds that are not among the files. `when_read` is told what each file is, and how many rows it has, as
    soon as that is known. `reports`: what makes a provider's report ready; None where none is taken.
    """
    read: list[Judgement | Ready | tuple[_Read, Case]] = []
    for name, data in files:
        try:
            sheet = read_sheet(data, name=name, limits=limits)
            if sheet.is_report:
                read.append(_report(name, data, sheet, reports))
                continue
            found = _read(name, sheet, district_code)
            known = Known(
                found.collection,
                found.district_code,
                on,
                is_told=district_code is not None,
                is_upload=stored is not None,
            )
            if stored is not None and known.state.school_year is None:
                raise _no_such_year(found.collection)
        except Unusable as problem:
            read.append(refused(name, problem))
            continue
        when_read(found.collection, found.sheet.records.rows.height + len(found.sheet.records.ragged))
        year = found.collection.year
        case = prepare(
            found.sheet,
            found.collection,
            layout(found.collection.kind, year),
            known=known,
            key=key_of(year),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        read.append((found, case))
    cases = [one[1] for one in read if isinstance(one, tuple)]
    return [_beside_others(*one, cases, stored) if isinstance(one, tuple) else one for one in read]


def _beside_others(
    found: _Read,
    case: Case,
    cases: Sequence[Case],
    stored: Callable[[Known], Mapping[Kind, Case]] | None,
) -> Ready:
    kept = stored(case.known) if stored else {}
    return Ready(found.name, replace(case, others={**kept, **_beside(case, cases)}))


def _no_such_year(collection: Collection) -> Unusable:
    return Unusable(
        _(
            "The portal has no school year that ends in %(year)d. Correct CollectionVersion and export the file again."
        )
        % {"year": collection.year},
        rule="V-03",
    )


def _report(
    name: str, data: bytes, sheet: Sheet, reports: Callable[[str, bytes, Sheet], Ready] | None
) -> Ready:
    if reports is None:
        raise Unusable(_("This is a provider's report, not a core data file. Its provider sends it."))
    return reports(name, data, sheet)


def _read(name: str, sheet: Sheet, district_code: str | None) -> _Read:
    """Raises Unusable for a file of which every row belongs to another collection or district."""
    versions = values(sheet, Kind.CRS_ASSIGN, "CollectionVersion")
    known = [(version, collection) for version in versions if (collection := Collection.read(version))]
    if not known:
        raise Unusable(
            _(
                "No row names a collection that the portal knows: CollectionVersion is “%(value)s”. It is written as "
                "in 2027Oct1.0CrsAssign."
            )
            % {"value": versions[0][:SHOWN] if versions else ""},
            rule="V-01",
            column="CollectionVersion",
        )
    _literal, collection = known[0]
    districts = values(sheet, Kind.CRS_ASSIGN, "ReportingDistrictCode")
    if district_code is not None and districts and district_code not in districts:
        raise Unusable(
            _("Every row is of district %(theirs)s, none of %(district)s. Send your own district's file.")
            % {"theirs": districts[0][:SHOWN], "district": district_code},
            rule="V-10",
            column="ReportingDistrictCode",
        )
    return _Read(name, sheet, collection, district_code or (districts[0] if districts else ""))


def values(sheet: Sheet, kind: Kind, name: str) -> list[str]:
    """The values of a column, the most frequent first; of equally frequent ones the one that stands first."""
    of_any_year = layout(kind, 2000)
    wanted = of_any_year.named(name)
    places = [
        str(place)
        for place, header in enumerate(sheet.records.header)
        if of_any_year.named(header) is wanted and str(place) in sheet.records.rows.columns
    ]
    if not places:
        return []
    column = sheet.records.rows[places[0]]
    if len(column) and (column == column[0]).all():  # as it should be
        return [column[0]]
    counts = sheet.records.rows.group_by(pl.col(places[0]).alias("value"), maintain_order=True).len()
    return counts.sort("len", descending=True, maintain_order=True)["value"].to_list()


def _beside(case: Case, cases: Sequence[Case]) -> Mapping[Kind, Case]:
    """The other files of the same district and year, the last of each kind."""
    return {
        other.kind: other
        for other in cases
        if other.kind is not case.kind
        and other.known.district_code == case.known.district_code
        and other.collection.year == case.collection.year
    }
