"""Rules about one value, or the values of one row: V-20 to V-45."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import CodeSet, LegalKey
from mocap_portal.foundation.shared.rules import Rule, Severity

from ..known import Known
from ..layouts import EVERY_KIND, Kind, Required, Type
from .case import Case, filled
from .registry import check
from .search import Sought, together

# Required columns with a rule of their own.
SPECIAL = {
    "assignment_number": "V-31",
    "grade_earned": "V-72",
    "format_version": "V-80",
    "provider_code": "V-80",
    "as_of_date": "V-87",
    "status": "V-86",
    "basis": "V-90",
    "teacher_provided": "V-90",
    "enrollment_type": "V-90",
}
DATES_OF_REPORTS = {"birth_date": "V-82", "as_of_date": "V-87"}  # of a provider's report, the same
RESERVED = ("102", "103")  # the first digits of school codes that DESE rule SSA00888 speaks of


@check("V-20", kinds=EVERY_KIND)
def required_values(case: Case, rule: Rule) -> Sought:
    return case.find_each(
        {
            column.field: pl.col(column.field) == ""
            for column in case.columns
            if column.required is Required.YES and column.field not in SPECIAL
        }
    )


@check("V-21", kinds=EVERY_KIND)
def width(case: Case, rule: Rule) -> Sought:
    columns = [column for column in case.columns if not column.is_secret]
    return case.find_each(
        {column.field: pl.col(column.field).str.len_chars() > column.width for column in columns},
        expected={column.field: str(column.width) for column in columns},
        # No text has more characters than bytes, which need no counting.
        hints={column.field: pl.col(column.field).str.len_bytes().max() > column.width for column in columns},
    )


@check("V-22", "mosis_id")
def mosis_id(case: Case, rule: Rule) -> Sought:
    return case.find((pl.col("mosis_id") != "") & pl.col("student").is_null(), "mosis_id")


@check("V-23", "mosis_id")
def mosis_id_without_its_zeros(case: Case, rule: Rule) -> Sought:
    return case.find(pl.col("student") != pl.col("mosis_id"), "mosis_id", expected=pl.col("student"))


@check("V-25", kinds=EVERY_KIND)
def dates(case: Case, rule: Rule) -> Sought:
    others = DATES_OF_REPORTS if case.kind is Kind.PROVIDER_REPORT else {}
    return case.find_each(
        {
            column.field: filled(column.field) & case.date(column.field).is_null()
            for column in case.columns
            if column.type is Type.DATE and column.field not in others
        }
    )


@check("V-26", "birth_date")
def age(case: Case, rule: Rule) -> Sought:
    start = case.known.state.starts_on
    day = pl.col("born").dt.month().cast(pl.Int32) * 100 + pl.col("born").dt.day()
    birthday_is_later = day > start.month * 100 + start.day
    years = start.year - pl.col("born").dt.year() - birthday_is_later.cast(pl.Int32)
    too_old = case.known.number(LegalKey.MAXIMUM_AGE)
    return case.find(
        (years < rule.numbers["least"]) | (years >= too_old), "birth_date", expected=years.cast(pl.String)
    )


@check("V-27", "district_code")
def form_of_district_codes(case: Case, rule: Rule) -> Sought:
    return case.find(filled("district_code") & ~_is_of_digits("district_code", 6), "district_code")


def _no_directory(known: Known) -> str | None:
    return None if known.state.districts else _("the districts of that year")


@check("V-27", "district_code", lack=_no_directory)
def districts(case: Case, rule: Rule) -> Sought:
    unknown = ~pl.col("district_code").is_in(list(case.known.state.districts))
    return case.find(_is_of_digits("district_code", 6) & unknown, "district_code")


@check("V-28", "school_code")
def form_of_school_codes(case: Case, rule: Rule) -> Sought:
    bad = filled("school_code") & ~_is_of_digits("school_code", 4)
    return case.find(bad, "school_code", expected=pl.col("district_code"))


@check("V-28", "district_code", "school_code", lack=_no_directory)
def schools(case: Case, rule: Rule) -> Sought:
    """A school of the district. Where the district is unknown, V-27 says so."""
    unknown = ~(pl.col("district_code") + pl.col("school_code")).is_in(list(case.known.state.places))
    of_known = pl.col("district_code").is_in(list(case.known.state.schools))
    return case.find(
        _is_of_digits("school_code", 4) & of_known & unknown, "school_code", expected=pl.col("district_code")
    )


def _no_reserved(known: Known) -> str | None:
    return (
        None if known.codes(CodeSet.RESERVED_SCHOOL) else _("the districts that may use these school codes")
    )


@check("V-29", "district_code", "school_code", lack=_no_reserved)
def reserved_schools(case: Case, rule: Rule) -> Sought:
    begins = pl.col("school_code").str.slice(0, 3)
    may = pl.col("district_code").is_in(list(case.known.codes(CodeSet.RESERVED_SCHOOL)))
    return case.find(begins.is_in(RESERVED) & ~may, "school_code", expected=begins)


@check("V-30", "grade_level", kinds=EVERY_KIND)
def grade_level(case: Case, rule: Rule) -> Sought:
    grades = list(case.known.codes(CodeSet.GRADE_LEVEL))
    bad = filled("grade_level") & ~pl.col("grade").is_in(grades)
    if case.layout.column("grade_level").required is Required.CONDITIONAL:
        is_adult = pl.col("adult").is_in(["Y"]) if case.has("adult") else pl.lit(value=False)
        bad |= (pl.col("grade_level") == "") & ~is_adult
    return case.find(bad, "grade_level")


@check("V-31", "assignment_number")
def assignment_number(case: Case, rule: Rule) -> Sought:
    return case.find(pl.col("assignment_number") == "", "assignment_number")


@check("V-32", "position_code")
def position_code(case: Case, rule: Rule) -> Sought:
    return case.find(filled("position_code") & ~_is_of_digits("position_code", 2), "position_code")


@check("V-33", "course_code")
def course_code(case: Case, rule: Rule) -> Sought:
    return case.find(filled("course_code") & ~_is_of_digits("course_code", 6), "course_code")


def _no_course_list(known: Known) -> str | None:
    return None if known.codes(CodeSet.STATE_COURSE) else _("the state's list of courses of that year")


@check("V-34", "course_code", lack=_no_course_list)
def state_course(case: Case, rule: Rule) -> Sought:
    listed = pl.col("course_code").is_in(list(case.known.codes(CodeSet.STATE_COURSE)))
    return case.find(_is_of_digits("course_code", 6) & ~listed, "course_code")


@check("V-35", "program_code")
def program_code(case: Case, rule: Rule) -> Sought:
    return _form_and_table(
        case, "program_code", "^[0-9]{2}$", CodeSet.PROGRAM, is_whole=LegalKey.PROGRAMS_COMPLETE
    )


@check("V-36", "delivery_system")
def delivery_system(case: Case, rule: Rule) -> Sought:
    return _form_and_table(
        case, "delivery_system", "^[A-Z]{1,2}$", CodeSet.DELIVERY, is_whole=LegalKey.DELIVERIES_COMPLETE
    )


def _form_and_table(case: Case, name: str, form: str, code_set: CodeSet, *, is_whole: LegalKey) -> Sought:
    """An error for what cannot be a code; for a code that the table lacks only once the table is whole."""
    has_form = pl.col(name).str.contains(form)
    unlisted = Severity.ERROR if case.known.is_complete(is_whole) else Severity.WARNING
    listed = pl.col(name).is_in(list(case.known.codes(code_set)))
    return together(
        (
            case.find(filled(name) & ~has_form, name, severity=Severity.ERROR),
            case.find(has_form & ~listed, name, severity=unlisted),
        )
    )


@check("V-37", "semester", kinds=EVERY_KIND)
def semester(case: Case, rule: Rule) -> Sought:
    listed = pl.col("semester").is_in(list(case.known.codes(CodeSet.SEMESTER)))
    return case.find(filled("semester") & ~listed, "semester")


@check("V-38", "minutes_per_week")
def minutes(case: Case, rule: Rule) -> Sought:
    fits = pl.col("minutes").is_between(rule.numbers["least"], rule.numbers["most"]).fill_null(value=False)
    return case.find(filled("minutes_per_week") & ~fits, "minutes_per_week")


@check("V-39", "units_of_credit")
def units(case: Case, rule: Rule) -> Sought:
    steps = pl.col("units") / float(rule.numbers["step"])
    is_step = (steps - steps.round()).abs() < 1e-6
    fits = pl.col("units").is_between(rule.numbers["least"], rule.numbers["most"]) & is_step
    return case.find(filled("units_of_credit") & ~fits.fill_null(value=False), "units_of_credit")


@check("V-40", "grade_earned")
def grade_earned(case: Case, rule: Rule) -> Sought:
    listed = pl.col("grade_earned").is_in(list(case.known.codes(CodeSet.GRADE_EARNED)))
    is_whole = case.known.is_complete(LegalKey.GRADES_COMPLETE)
    severity = Severity.ERROR if is_whole else Severity.WARNING
    return case.find(filled("grade_earned") & ~listed, "grade_earned", severity=severity)


@check("V-41", "credits_earned", kinds=EVERY_KIND)
def credits_earned(case: Case, rule: Rule) -> Sought:
    return case.find(filled("credits_earned") & pl.col("credits").is_null(), "credits_earned")


@check("V-42", "educator")
def educator(case: Case, rule: Rule) -> Sought:
    return case.find(~pl.col("educator_fits"), "educator")


@check("V-43", "sending_district_code", "sending_school_code")
def both_of_the_sender(case: Case, rule: Rule) -> Sought:
    district, school = filled("sending_district_code"), filled("sending_school_code")
    return case.find(district != school, "sending_district_code")


@check("V-44", "sending_district_code", "receiving_district_code")
def receiver_of_the_sent(case: Case, rule: Rule) -> Sought:
    bad = filled("sending_district_code") & ~filled("receiving_district_code")
    return case.find(bad, "receiving_district_code")


@check("V-72", "grade_earned", kinds=[Kind.STU_CRS_COMP])
def grade_is_there(case: Case, rule: Rule) -> Sought:
    return case.find(pl.col("grade_earned") == "", "grade_earned")


def _is_of_digits(name: str, count: int) -> pl.Expr:
    return pl.col(name).str.contains(rf"^[0-9]{{{count}}}$")
