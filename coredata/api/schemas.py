"""What goes in and out, as JSON. The texts below the fields are what the description of the API says of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, Field

from mocap_portal.foundation.shared.rules import Severity

from ..checks import rules
from ..models import Problem, ProviderReport, ReportedEnrollment, ReportState
from ..summaries import as_json, by_rule

MOST_PAGES = 100_000


def _without_default(schema: dict[str, Any]) -> None:
    """What was not said is empty for us; nobody can say that themselves."""
    schema.pop("default")


class Described(Schema):
    model_config = ConfigDict(use_attribute_docstrings=True)


class PageQuery(Described):
    page: int = Field(1, ge=1, le=MOST_PAGES)
    """Which page of the list; the first is 1. After the last page there is nothing."""


class ProblemQuery(PageQuery):
    rule: str = Field("", pattern=r"^V-[0-9]{2}$", json_schema_extra=_without_default)
    """Only problems of this rule, such as V-83."""


class KeyHeader(Described):
    idempotency_key: str = Field(
        "", alias="Idempotency-Key", pattern=r"^[!-~]{1,200}$", json_schema_extra=_without_default
    )
    """A key of your own for this request, such as a UUID. Sent again with the same key and the same body, the request
    is answered as before and nothing is done twice."""


class Refused(Described):
    """Why a request was refused."""

    detail: str
    """One sentence: what is wrong and what to do."""


class Report(Described):
    """A report and where it stands, with the counts that `load_provider_report --json` prints."""

    file: str
    """The name of the file."""
    upload: int
    """The number of the report; it is part of its addresses."""
    state: ReportState
    """received until it is checked; then refused or checked; waiting once it is submitted; accepted or returned once
    the state office has decided; retracted if it took its yes back. superseded and replaced: a later report took its
    place."""
    rows_read: int
    rows_good: int
    rows_with_warnings: int
    rows_with_errors: int
    seconds: float | None
    """From its arrival until it was checked."""
    errors: int
    """How many problems keep it from being submitted."""
    warnings: int
    """How many problems the state office will see."""
    school_year: int | None
    """The year in which the school year ends."""
    as_of: dt.date | None
    refusal: str
    """Why it was refused: nothing of it is stored."""
    reason: str
    """Why the state office returned or retracted it."""
    sent_at: dt.datetime
    checked_at: dt.datetime | None
    submitted_at: dt.datetime | None
    accepted_at: dt.datetime | None


class RuleBroken(Described):
    """How often a report breaks a rule."""

    rule: str
    severity: Severity
    """E is an error, W a warning."""
    count: int
    sentence: str
    """What the rule asks."""
    example: str
    remedy: str


class RuleNotRun(Described):
    """A rule that could not be checked."""

    rule: str
    needs: str


class WholeReport(Report):
    """A report with what is wrong in it, rule by rule."""

    problems: list[RuleBroken]
    """Errors first."""
    rules_not_run: list[RuleNotRun]


class Reports(Described):
    """One page of a list of reports."""

    files: list[Report]
    """The newest first."""
    count: int
    """How many there are on all pages."""
    pages: int


class RowProblem(Described):
    """What is wrong in one place, as `check_file --json` prints it."""

    row: int | None
    """The line in the file, with the header as line 1; null for what is wrong with the file as a whole."""
    column: str
    value: str | None
    rule: str
    severity: Severity
    message: str
    remedy: str


class RowProblems(Described):
    """One page of what is wrong, line by line."""

    problems: list[RowProblem]
    count: int
    pages: int


class Enrollment(Described):
    """What your accepted reports say of an enrollment. It names no student: enrollmentId is your own."""

    enrollment_id: str
    school_year: int
    status: str
    status_date: dt.date | None
    is_present: bool
    """Whether the report that counts now has it."""
    first_as_of: dt.date | None
    """The day of the first accepted report that had it."""
    last_as_of: dt.date | None


class Enrollments(Described):
    """One page of enrollments."""

    enrollments: list[Enrollment]
    count: int
    pages: int


def told(report: ProviderReport) -> dict[str, Any]:
    """The fields of Report."""
    seconds = None if report.judged_at is None else (report.judged_at - report.sent_at).total_seconds()
    return {
        **as_json(report, seconds),
        "errors": report.errors,
        "warnings": report.warnings,
        "school_year": report.school_year_id,
        "as_of": report.as_of,
        "refusal": report.refusal,
        "reason": report.reason,
        "sent_at": report.sent_at,
        "checked_at": report.judged_at,
        "submitted_at": report.submitted_at,
        "accepted_at": report.accepted_at,
    }


def told_whole(report: ProviderReport) -> dict[str, Any]:
    """The fields of WholeReport."""
    return told(report) | {
        "problems": by_rule(report, page="coredata:report_problems"),
        "rules_not_run": report.not_run,
    }


def told_problems(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    known = rules()
    return [
        {
            "row": one.line,
            "column": one.column,
            "value": one.value,
            "rule": one.rule,
            "severity": one.severity,
            "message": one.message,
            "remedy": known[one.rule].remedy if one.rule in known else "",
        }
        for one in problems
    ]


def told_enrollments(rows: Iterable[ReportedEnrollment]) -> list[dict[str, Any]]:
    return [
        {
            "enrollment_id": row.enrollment_id,
            "school_year": row.school_year_id,
            "status": row.status,
            "status_date": row.status_date,
            "is_present": row.is_present,
            "first_as_of": row.first_report.as_of,
            "last_as_of": row.last_report.as_of,
        }
        for row in rows
    ]
