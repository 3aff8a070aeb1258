"""Rules about one file and the district's others of the year: V-24, V-63 to V-65, V-67, V-69 to V-71, V-73 to V-76."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from mocap_portal.foundation.directory.models import CodeSet
from mocap_portal.foundation.shared.rules import Rule

from ..layouts import DISTRICT_KINDS, Kind
from ..reading import LINE
from .case import COURSE_KEY, Case, filled
from .courses import october_courses, time_of
from .keys import course_once
from .registry import check
from .search import Sought

ASSIGNMENT = ("school_year", "district_code", "school_code", "assignment_number")
OCTOBER = (Kind.CRS_ASSIGN, Kind.STU_ASSIGN)
WITHOUT_PASS = ("fail", "withdrawn")  # groups of grades earned
KINDERGARTEN = "K"


@check("V-24", "mosis_id", kinds=set(DISTRICT_KINDS) - {Kind.STU_CORE}, beside=(Kind.STU_CORE,))
def in_student_core(case: Case, rule: Rule) -> Sought:
    core = case.others[Kind.STU_CORE].rows.filter(pl.col("student").is_not_null()).select("student")
    rows = case.rows.filter(pl.col("student").is_not_null()).join(core, on="student", how="anti")
    return case.find(filled("mosis_id"), "mosis_id", rows=rows.sort(LINE))


@check("V-63", *COURSE_KEY, kinds=[Kind.STU_ASSIGN], beside=(Kind.CRS_ASSIGN,))
def assignment_is_there(case: Case, rule: Rule) -> Sought:
    """An assignment that is there twice breaks V-60."""
    is_there = case.october.place.is_not_null()
    return case.find(filled("assignment_number") & ~is_there, "assignment_number")


@check("V-64", "program_code", *ASSIGNMENT, kinds=[Kind.CRS_ASSIGN], beside=(Kind.STU_ASSIGN,))
def mocap_has_students(case: Case, rule: Rule) -> Sought:
    """Whichever of its teachers the students are written under: some systems name only the first."""
    students = case.others[Kind.STU_ASSIGN].rows
    rows = case.rows.filter("is_mocap").join(students, on=ASSIGNMENT, how="anti")
    return case.find(filled("assignment_number"), "assignment_number", rows=rows.sort(LINE))


@check("V-65", *COURSE_KEY, "course_code", kinds=[Kind.STU_ASSIGN], beside=(Kind.CRS_ASSIGN,))
def same_course_code(case: Case, rule: Rule) -> Sought:
    rows = case.rows.with_columns(told=case.october.told("course_code", ""))
    bad = filled("course_code") & filled("told") & (pl.col("course_code") != pl.col("told"))
    return case.find(bad, "course_code", expected=pl.col("told"), rows=rows)


@check("V-69", *COURSE_KEY, "mosis_id", "course_code", kinds=[Kind.STU_ASSIGN], beside=(Kind.CRS_ASSIGN,))
def course_once_in_october(case: Case, rule: Rule) -> Sought:
    return course_once(case, case.rows.with_columns(semester=case.october.told("semester", "")))


@check("V-67", "mosis_id", "birth_date", kinds=[Kind.STU_ASSIGN, Kind.STU_CRS_COMP], beside=(Kind.STU_CORE,))
def birth_date_as_in_core(case: Case, rule: Rule) -> Sought:
    return _birth_date_as_in(case, Kind.STU_CORE)


@check("V-67", "mosis_id", "birth_date", kinds=[Kind.STU_CRS_COMP], beside=(Kind.STU_ASSIGN,))
def birth_date_as_in_october(case: Case, rule: Rule) -> Sought:
    return _birth_date_as_in(case, Kind.STU_ASSIGN)


def _birth_date_as_in(case: Case, kind: Kind) -> Sought:
    other = case.others[kind].rows.filter(pl.col("student").is_not_null() & pl.col("born").is_not_null())
    other = other.select("student", other_born=pl.col("born")).unique("student", keep="first")
    rows = case.rows.join(other, on="student", how="inner", maintain_order="left")
    told = pl.format("{} in {}", pl.col("other_born").dt.to_string(), pl.lit(str(kind.label)))
    return case.find(pl.col("born") != pl.col("other_born"), "birth_date", expected=told, rows=rows)


@check("V-70", kinds=[Kind.STU_ASSIGN], beside=(Kind.CRS_ASSIGN, Kind.STU_CRS_COMP))
def outcome_of_mocap(case: Case, rule: Rule) -> Sought:
    """A young student without any row in June is V-76's."""
    missing = _without_counterpart(_mocap(case), _june(case))
    rows = missing.filter(~_is_absent_and_young(case))
    return case.find(filled("student"), "course_code", rows=rows)


@check(
    "V-71", "program_code", "mosis_id", "course_code", "semester", kinds=[Kind.STU_CRS_COMP], beside=OCTOBER
)
def mocap_of_october(case: Case, rule: Rule) -> Sought:
    rows = case.rows.filter(pl.col("is_mocap") & pl.col("student").is_not_null())
    return case.find(filled("student"), "course_code", rows=_without_counterpart(rows, october_courses(case)))


@check("V-76", kinds=[Kind.STU_ASSIGN], beside=(Kind.CRS_ASSIGN, Kind.STU_CRS_COMP))
def young_student_in_june(case: Case, rule: Rule) -> Sought:
    rows = _mocap(case).filter(_is_absent_and_young(case))
    return case.find(filled("student"), "mosis_id", value=pl.col("student"), rows=rows)


def _is_absent_and_young(case: Case) -> pl.Expr:
    in_june = case.others[Kind.STU_CRS_COMP].rows["student"].drop_nulls().unique().to_list()
    young = [KINDERGARTEN, *(f"{grade:02d}" for grade in range(1, 6))]
    return ~pl.col("student").is_in(in_june) & pl.col("grade").is_in(young)


def _mocap(case: Case) -> pl.DataFrame:
    return october_courses(case, only_mocap=True)


def _june(case: Case) -> pl.DataFrame:
    rows = case.others[Kind.STU_CRS_COMP].rows.filter(pl.col("student").is_not_null())
    semester = pl.col("semester") if "semester" in rows.columns else pl.lit("")
    return rows.select("student", "course_code", semester.alias("semester"))


def _without_counterpart(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """The rows whose student has no such course at such a time among the others."""
    times = others.select("student", "course_code", other_time=time_of("semester"))
    pairs = rows.select(LINE, "student", "course_code", time=time_of("semester")).join(
        times, on=["student", "course_code"], how="inner"
    )
    met = pairs.filter((pl.col("time") & pl.col("other_time")) != 0).select(LINE)
    return rows.join(met, on=LINE, how="anti").sort(LINE)


def _group(case: Case) -> pl.Expr:
    """What a grade earned amounts to: pass, fail, incomplete, withdrawn, audited; null for one not in the table."""
    groups: Mapping[str, str] = case.known.codes(CodeSet.GRADE_EARNED)
    return pl.col("grade_earned").replace_strict(groups, default=None, return_dtype=pl.String)


@check("V-73", "grade_earned", "credits_earned", kinds=[Kind.STU_CRS_COMP])
def no_credit_without_a_pass(case: Case, rule: Rule) -> Sought:
    bad = _group(case).is_in(WITHOUT_PASS) & (pl.col("credits") > 0)
    return case.find(bad, "credits_earned", expected=pl.col("grade_earned"))


@check("V-74", "grade_earned", "credits_earned", "grade_level", kinds=[Kind.STU_CRS_COMP])
def credit_for_a_pass(case: Case, rule: Rule) -> Sought:
    none = (pl.col("credits") == 0) | (pl.col("credits_earned") == "")
    high = pl.col("grade").str.contains("^[0-9]{2}$") & (
        pl.col("grade").cast(pl.Int32, strict=False) >= rule.numbers["least_grade"]
    )
    bad = (_group(case) == "pass") & high & none
    return case.find(bad, "credits_earned", expected=pl.col("grade_earned"))


@check(
    "V-75", "credits_earned", "mosis_id", "course_code", "semester", kinds=[Kind.STU_CRS_COMP], beside=OCTOBER
)
def credit_as_offered(case: Case, rule: Rule) -> Sought:
    """A year in June may be two semesters in October: their units add up."""
    october = october_courses(case).filter(pl.col("units").is_not_null())
    october = october.select("student", "course_code", "units", other_time=time_of("semester"))
    rows = case.rows.filter(pl.col("credits").is_not_null() & pl.col("student").is_not_null())
    pairs = rows.with_columns(time=time_of("semester")).join(
        october, on=["student", "course_code"], how="inner"
    )
    offered = (
        pairs.filter((pl.col("time") & pl.col("other_time")) != 0)
        .group_by(LINE)
        .agg(offered=pl.col("units").sum())
    )
    rows = rows.join(offered, on=LINE, how="inner", maintain_order="left")
    return case.find(
        pl.col("credits") > pl.col("offered") + 1e-9,
        "credits_earned",
        expected=pl.col("offered").cast(pl.String),
        rows=rows,
    )
