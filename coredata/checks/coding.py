"""Rules about how a MOCAP course is coded in October: V-50 to V-58, and the load of its students."""

from __future__ import annotations

import polars as pl
from django.utils.translation import gettext as _

from mocap_portal.foundation.directory.models import LegalKey
from mocap_portal.foundation.shared.rules import Rule

from ..known import Known
from ..layouts import Kind
from ..reading import LINE
from .case import DISTRICT_TEACHES, PROVIDER_TEACHES, Case, filled
from .courses import october_courses
from .registry import check
from .search import Sought, nothing

ELECTRONIC, VIRTUAL, OUTSIDE_SCHOOL_HOURS = "S", "V", "VH"  # delivery systems of Core Data Exhibit 34


def _is_mocap() -> pl.Expr:
    return pl.col("is_mocap")


@check("V-50", "program_code", "delivery_system")
def delivery_of_mocap(case: Case, rule: Rule) -> Sought:
    """VH is a matter of its own (V-56)."""
    right = pl.col("delivery_system").is_in([VIRTUAL, ELECTRONIC, OUTSIDE_SCHOOL_HOURS])
    return case.find(_is_mocap() & ~right, "delivery_system", expected=pl.col("program_code"))


@check("V-51", "program_code", "delivery_system")
def taught_but_electronic(case: Case, rule: Rule) -> Sought:
    bad = (pl.col("program_code") == PROVIDER_TEACHES) & (pl.col("delivery_system") == ELECTRONIC)
    return case.find(bad, "delivery_system", expected=VIRTUAL)


@check("V-52", "program_code", "position_code")
def position_of_mocap(case: Case, rule: Rule) -> Sought:
    teacher = str(rule.numbers["teacher"])
    return case.find(_is_mocap() & (pl.col("position_code") != teacher), "position_code", expected=teacher)


@check("V-53", "program_code", "educator")
def own_teacher(case: Case, rule: Rule) -> Sought:
    bad = (pl.col("program_code") == DISTRICT_TEACHES) & (pl.col("educator") == "")
    return case.find(bad, "educator")


def _no_catalog(known: Known) -> str | None:
    return None if known.state.catalog else _("the MOCAP catalog of that year")


@check("V-54", "program_code", "course_code", lack=_no_catalog)
def course_of_the_catalog(case: Case, rule: Rule) -> Sought:
    listed = pl.col("course_code").is_in(list(case.known.state.catalog))
    return case.find(_is_mocap() & ~listed, "course_code", expected=pl.col("program_code"))


def _no_lea(known: Known) -> str | None:
    return None if known.lea else _("the district in the directory")


@check("V-55", "program_code", "course_code", lack=_no_lea)
def course_of_an_agreement(case: Case, rule: Rule) -> Sought:
    own = pl.col("course_code").is_in(list(case.known.without_program_code))
    return case.find(_is_mocap() & own, "course_code", expected=pl.col("program_code"))


@check("V-56", "program_code", "delivery_system")
def mocap_outside_school_hours(case: Case, rule: Rule) -> Sought:
    bad = _is_mocap() & (pl.col("delivery_system") == OUTSIDE_SCHOOL_HOURS)
    return case.find(bad, "delivery_system", expected=pl.col("program_code"))


@check("V-58", "program_code", kinds=[Kind.CRS_ASSIGN], lack=_no_lea)
def approved_but_none_coded(case: Case, rule: Rule) -> Sought:
    approved = case.known.approved_courses or 0
    if not approved or case.rows["is_mocap"].any():
        return nothing()
    return case.whole_file(column=case.layout.column("program_code").name, expected=str(approved))


@check("V-77", kinds=[Kind.STU_ASSIGN], beside=(Kind.CRS_ASSIGN,))
def credits_attempted(case: Case, rule: Rule) -> Sought:
    most = case.known.number(LegalKey.FULL_TIME_CREDITS)
    attempted = (
        october_courses(case, only_mocap=True)
        .group_by("student")
        .agg(pl.col(LINE).min(), pl.col("units").sum())
    )
    return _about_students(case, attempted.filter(pl.col("units") > most), "units", expected=str(most))


@check("V-78", kinds=[Kind.STU_ASSIGN], beside=(Kind.CRS_ASSIGN,), lack=_no_lea, asks=("with_learning_plan",))
def learning_plan(case: Case, rule: Rule) -> Sought:
    over = case.known.number(LegalKey.LEARNING_PLAN_OVER)
    courses = (
        october_courses(case, only_mocap=True)
        .group_by("student")
        .agg(pl.col(LINE).min(), pl.col("course_code").n_unique().alias("courses"))
    )
    without = ~pl.col("student").is_in(list(case.known.with_learning_plan or ()))
    return _about_students(case, courses.filter((pl.col("courses") > over) & without), "courses")


def _about_students(case: Case, rows: pl.DataFrame, counted: str, *, expected: str = "") -> Sought:
    """One finding for each student, on the first line of theirs."""
    return case.find(
        filled("student"), "mosis_id", value=pl.col(counted).cast(pl.String), expected=expected, rows=rows
    )
