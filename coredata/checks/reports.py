"""Rules about a provider's report: V-80 to V-92."""

from __future__ import annotations

import datetime as dt

import polars as pl
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import CodeSet
from mocap_portal.foundation.shared.rules import Rule

from ..known import Known
from ..known_reports import ReportKnown
from ..layouts import Kind, Required
from ..reading import LINE
from .case import DIGITS, NUMBER, Case, as_date, as_number, filled
from .registry import check
from .search import Sought, nothing, together

REPORTS = [Kind.PROVIDER_REPORT]
MOCAP, COMPLETED, WITHDRAWN = "mocap", "completed", "withdrawn"
NOT_STARTED = ["pending", "no_start"]
DASHED = r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b"
CODED = {
    "basis": CodeSet.REPORTED_BASIS,
    "teacher_provided": CodeSet.TEACHER_PROVIDED,
    "enrollment_type": CodeSet.ENROLLMENT_TYPE,
}


def told(case: Case) -> ReportKnown:
    """What is known beside the report."""
    assert isinstance(case.known, ReportKnown)
    return case.known


def _no_history(known: Known) -> str | None:
    return None if known.is_upload else _("the reports that were accepted before")


@check("V-80", kinds=REPORTS)
def required_columns(case: Case, rule: Rule) -> Sought:
    return together(
        case.whole_file(column=column.name, expected=column.name)
        for column in case.layout.columns
        if column.required is not Required.NO and not case.has(column.field)
    )


@check("V-80", "format_version", kinds=REPORTS)
def format_version(case: Case, rule: Rule) -> Sought:
    known = list(case.known.codes(CodeSet.REPORT_FORMAT))
    return case.find(~pl.col("format_version").is_in(known), "format_version", expected=", ".join(known))


@check("V-80", "provider_code", kinds=REPORTS)
def own_report(case: Case, rule: Rule) -> Sought:
    code = told(case).provider_code
    return case.find(pl.col("provider_code") != code, "provider_code", expected=code)


@check("V-80", "school_year", kinds=REPORTS)
def one_school_year(case: Case, rule: Rule) -> Sought:
    year = str(case.collection.year)
    return case.find(filled("school_year") & (pl.col("school_year") != year), "school_year", expected=year)


@check("V-81", "enrollment_id", kinds=REPORTS, compares=True)
def enrollment_once(case: Case, rule: Rule) -> Sought:
    return case.find(filled("enrollment_id") & pl.col("enrollment_id").is_duplicated(), "enrollment_id")


@check(
    "V-81",
    "enrollment_id",
    "mosis_id",
    "birth_date",
    "provider_course_code",
    "course_code",
    kinds=REPORTS,
    lack=_no_history,
)
def enrollment_stays_the_same(case: Case, rule: Rule) -> Sought:
    """A slip may be corrected: another student is another ID and another birth date, a course likewise."""
    before = told(case).snapshot.rename(lambda name: name if name == "enrollment_id" else f"was_{name}")
    rows = case.rows.join(before, on="enrollment_id", how="inner", maintain_order="left")
    student = (pl.col("mosis_id") != pl.col("was_mosis_id")) & pl.col("born").ne_missing(
        pl.col("was_birth_date")
    )
    course = (pl.col("provider_course_code") != pl.col("was_provider_course_code")) & (
        pl.col("course_code") != pl.col("was_course_code")
    )
    year = pl.col("was_school_year") != case.collection.year
    return case.find(student | course | year, "enrollment_id", rows=rows)


@check("V-82", "mosis_id", "basis", kinds=REPORTS)
def mosis_id(case: Case, rule: Rule) -> Sought:
    is_id = pl.col("mosis_id").str.contains("^[0-9]{10}$")
    return case.find(_wrong_or_lacking("mosis_id", is_id), "mosis_id")


@check("V-82", "birth_date", "basis", kinds=REPORTS)
def birth_date(case: Case, rule: Rule) -> Sought:
    return case.find(_wrong_or_lacking("birth_date", pl.col("born").is_not_null()), "birth_date")


def _wrong_or_lacking(name: str, is_right: pl.Expr) -> pl.Expr:
    return (filled(name) & ~is_right) | (~filled(name) & (pl.col("basis") == MOCAP))


def _no_directory(known: Known) -> str | None:
    return None if known.state.districts else _("the districts of that year")


@check("V-83", "district_code", kinds=REPORTS, lack=_no_directory)
def districts(case: Case, rule: Rule) -> Sought:
    unknown = ~pl.col("district_code").is_in(list(case.known.state.districts))
    return case.find(filled("district_code") & unknown, "district_code")


@check("V-84", "course_code", kinds=REPORTS)
def form_of_course_codes(case: Case, rule: Rule) -> Sought:
    return case.find(filled("course_code") & ~_has_course_form(), "course_code")


def _no_provider(known: Known) -> str | None:
    assert isinstance(known, ReportKnown)
    return None if known.provider else _("the catalog of this provider")


@check("V-84", "course_code", "begin_date", kinds=REPORTS, lack=_no_provider)
def in_the_catalog(case: Case, rule: Rule) -> Sought:
    """Listed on the day on which the course begins; on any day of the year where that day cannot be read."""
    catalog = told(case).own_catalog
    asked = case.rows.select(LINE, "course_code", begins=as_date("begin_date"))
    listed = asked.join(catalog, on="course_code", how="inner").filter(
        pl.col("begins").is_null() | pl.col("begins").is_between(pl.col("valid_from"), pl.col("valid_to"))
    )
    is_listed = pl.col(LINE).is_in(listed[LINE].implode())
    return case.find(_has_course_form() & ~is_listed, "course_code")


def _has_course_form() -> pl.Expr:
    return pl.col("course_code").str.contains("^[0-9]{6}$")


@check("V-85", "begin_date", "end_date", kinds=REPORTS)
def begins_before_it_ends(case: Case, rule: Rule) -> Sought:
    bad = as_date("begin_date") > as_date("end_date")
    return case.find(bad.fill_null(value=False), "end_date", expected=pl.col("begin_date"))


@check("V-85", "begin_date", "status_date", "as_of_date", "status", kinds=REPORTS)
def changed_meanwhile(case: Case, rule: Rule) -> Sought:
    """Who has not started, or never did, may have said so before the first day."""
    day, begins = as_date("status_date"), as_date("begin_date")
    is_early = (day < begins) & ~pl.col("status").is_in(NOT_STARTED)
    bad = is_early.fill_null(value=False) | (day > as_date("as_of_date")).fill_null(value=False)
    return case.find(bad, "status_date", expected=pl.col("begin_date"))


@check("V-86", "status", kinds=REPORTS)
def status(case: Case, rule: Rule) -> Sought:
    known = list(case.known.codes(CodeSet.ENROLLMENT_STATUS))
    return case.find(~pl.col("status").is_in(known), "status", expected=", ".join(known))


@check("V-86", "status", "final_grade", kinds=REPORTS)
def completed_with_a_grade(case: Case, rule: Rule) -> Sought:
    bad = (pl.col("status") == COMPLETED) & ~filled("final_grade")
    return case.find(bad, "final_grade", expected=case.layout.column("final_grade").name)


@check("V-86", "status", "status_date", kinds=REPORTS)
def withdrawn_on_a_day(case: Case, rule: Rule) -> Sought:
    bad = (pl.col("status") == WITHDRAWN) & ~filled("status_date")
    return case.find(bad, "status_date", expected=case.layout.column("status_date").name)


@check("V-87", "as_of_date", kinds=REPORTS)
def day_of_the_report(case: Case, rule: Rule) -> Sought:
    """One day, no later than today, no earlier than that of the report that counts now."""
    day = as_date("as_of_date")
    bad = day.is_null() | (day > case.known.on) | (day != as_of(case))
    if case.known.is_upload and (last := told(case).last_accepted) and last.as_of:
        bad |= day < last.as_of
    return case.find(bad, "as_of_date")


def as_of(case: Case) -> dt.date | None:
    """The day that most rows name; of equally frequent ones the one that stands first."""
    if not case.has("as_of_date"):
        return None
    days = case.rows.select(day=as_date("as_of_date")).drop_nulls()
    if days.is_empty():
        return None
    counts = days.group_by("day", maintain_order=True).len().sort("len", descending=True, maintain_order=True)
    found: dt.date = counts["day"][0]
    return found


@check("V-88", "enrollment_id", kinds=REPORTS, lack=_no_history, compares=True)
def still_there(case: Case, rule: Rule) -> Sought:
    before = told(case).snapshot.filter(pl.col("is_present"), pl.col("school_year") == case.collection.year)
    gone = before.join(case.rows, on="enrollment_id", how="anti").sort("enrollment_id")
    rows = gone.select(pl.lit(None, dtype=pl.Int64).alias(LINE), "enrollment_id")
    return case.find(pl.lit(value=True), "enrollment_id", rows=rows)


@check("V-89", kinds=REPORTS)
def no_other_column(case: Case, rule: Rule) -> Sought:
    return together(
        case.whole_file(column=name, expected=_("a column that a report does not have"))
        for name in case.unread
    )


@check("V-89", kinds=REPORTS)
def no_social_security_number(case: Case, rule: Rule) -> Sought:
    """What is found is not repeated, by no other rule either."""
    return together(
        case.find(
            pl.col(column.field).str.contains(DASHED),
            column.field,
            value=pl.lit(None),
            expected=_("what looks like a Social Security number"),
        )
        for column in case.columns
    )


@check("V-90", kinds=REPORTS)
def codes(case: Case, rule: Rule) -> Sought:
    return together(
        case.find(~pl.col(name).is_in(known), name, expected=", ".join(known))
        for name, code_set in CODED.items()
        if case.has(name)
        for known in [list(case.known.codes(code_set))]
    )


@check("V-91", kinds=REPORTS, lack=_no_history)
def about_as_many_rows(case: Case, rule: Rule) -> Sought:
    last = told(case).last_accepted
    if last is None:
        return nothing()
    now = case.rows.height + len(case.ragged)
    if abs(now - last.rows_read) <= last.rows_read * rule.numbers["share"]:
        return nothing()
    return case.whole_file(value=str(now), expected=str(last.rows_read))


@check("V-92", "credits_attempted", kinds=REPORTS)
def credits_attempted(case: Case, rule: Rule) -> Sought:
    bad = filled("credits_attempted") & as_number("credits_attempted", NUMBER).is_null()
    return case.find(bad, "credits_attempted")


@check("V-92", "percent_complete", kinds=REPORTS)
def percent_complete(case: Case, rule: Rule) -> Sought:
    share = as_number("percent_complete", DIGITS)
    fits = share.is_between(0, 100).fill_null(value=False)
    return case.find(filled("percent_complete") & ~fits, "percent_complete")
