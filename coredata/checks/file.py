"""Rules about a file and its header: V-01 to V-18."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from mocap_portal.foundation.shared.rules import Rule
from mocap_portal.foundation.shared.tabular import FORMULA

from ..known import Known
from ..layouts import EVERY_KIND, Cycle, Kind, Required, Type
from ..reading import LINE
from .case import Case
from .registry import check
from .search import Sought, nothing, together

SPREADSHEET_NUMBER = r"^[0-9]+(\.[0-9]+)?[eE][+-]?[0-9]+$|^[0-9]+\.0+$"


@check("V-01", "collection_version")
def collection_of_the_file(case: Case, rule: Rule) -> Sought:
    return case.find(
        pl.col("collection_version") != str(case.collection),
        "collection_version",
        expected=str(case.collection),
    )


@check("V-02", "collection_version", "school_year")
def year_of_the_collection(case: Case, rule: Rule) -> Sought:
    opens = pl.col("collection_version").str.slice(0, 4)
    return case.find(pl.col("school_year") != opens, "school_year", expected=opens)


@check("V-03")
def open_collection(case: Case, rule: Rule) -> Sought:
    is_open = case.known.is_open(case.collection)
    return nothing() if is_open else case.whole_file(value=str(case.collection))


@check("V-04")
def required_columns(case: Case, rule: Rule) -> Sought:
    return together(
        case.whole_file(column=column.name, expected=column.name)
        for column in case.layout.columns
        if column.required is Required.YES and not case.has(column.field)
    )


@check("V-05")
def columns_of_the_layout(case: Case, rule: Rule) -> Sought:
    return together(case.whole_file(column=name, value=name) for name in case.unread)


@check("V-07", kinds=EVERY_KIND)
def encoding(case: Case, rule: Rule) -> Sought:
    return case.whole_file() if case.is_windows_1252 else nothing()


@check("V-08", kinds=EVERY_KIND)
def as_many_values_as_columns(case: Case, rule: Rule) -> Sought:
    """Such a row is judged by no other rule: a value too many has moved its neighbours."""
    counts = {LINE: list(case.ragged), "count": [str(count) for count in case.ragged.values()]}
    rows = pl.DataFrame(counts, schema={LINE: pl.Int64, "count": pl.String})
    return case.find(pl.lit(value=True), value=pl.col("count"), expected=str(case.width), rows=rows)


def _no_district(known: Known) -> str | None:
    return None if known.is_told else _("the district whose files these are")


@check("V-10", "district_code", lack=_no_district)
def own_district(case: Case, rule: Rule) -> Sought:
    district = case.known.district_code
    return case.find(pl.col("district_code") != district, "district_code", expected=district)


@check("V-11", kinds=EVERY_KIND)
def not_rewritten_by_a_spreadsheet(case: Case, rule: Rule) -> Sought:
    return case.find_each(
        {
            column.field: pl.col(column.field).str.contains(SPREADSHEET_NUMBER)
            for column in case.columns
            if column.identifier and not column.is_secret
        }
    )


def _no_history(known: Known) -> str | None:
    return None if known.is_upload else _("what the district has certified")


@check("V-12", lack=_no_history)
def not_certified_before(case: Case, rule: Rule) -> Sought:
    is_known = any(one.sha256 == case.sha256 for one in case.known.certified_files)
    return case.whole_file() if is_known else nothing()


@check("V-13", lack=_no_history)
def about_as_many_rows(case: Case, rule: Rule) -> Sought:
    if not case.known.certified_files:
        return nothing()
    last, now = case.known.certified_files[0].rows_read, case.rows.height + len(case.ragged)
    if abs(now - last) <= last * rule.numbers["share"]:
        return nothing()
    return case.whole_file(value=str(now), expected=str(last))


@check("V-17", kinds=[Kind.STU_CRS_COMP], lack=_no_history)
def october_is_certified(case: Case, rule: Rule) -> Sought:
    october = (Kind.CRS_ASSIGN, Kind.STU_ASSIGN)
    is_certified = all(case.known.has_certified(Cycle.OCTOBER, kind) for kind in october)
    return nothing() if is_certified else case.whole_file()


@check("V-18", kinds=EVERY_KIND)
def no_formula(case: Case, rule: Rule) -> Sought:
    texts = [column.field for column in case.columns if column.type is Type.TEXT and not column.is_secret]
    return case.find_each(
        {name: pl.any_horizontal(pl.col(name).str.starts_with(mark) for mark in FORMULA) for name in texts},
        # In the order of characters the marks stand around digits and before letters, so that most columns have none.
        hints={name: (_is_between(name, "!", "0") | _is_between(name, "=", "A")).any() for name in texts},
    )


def _is_between(name: str, first: str, end: str) -> pl.Expr:
    return (pl.col(name) >= first) & (pl.col(name) < end)
