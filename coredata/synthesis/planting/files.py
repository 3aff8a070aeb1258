"""The files of a planted state: districts' and providers' as these write them, and tables for everything else."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from coredata.layouts import Kind

from .model import EXPIRED, PAUSED, Books, Reported
from .sources import Sources

REPORT = (
    "formatVersion",
    "vendorCode",
    "asOfDate",
    "schoolYear",
    "enrollmentId",
    "approvalId",
    "mosisId",
    "birthDate",
    "familyName",
    "givenName",
    "gradeLevel",
    "districtCode",
    "enrollmentType",
    "basis",
    "teacherProvided",
    "vendorCourseCode",
    "stateCourseCode",
    "courseTitle",
    "termCode",
    "beginDate",
    "endDate",
    "enrollmentStatus",
    "statusDate",
    "withdrawReason",
    "creditsAttempted",
    "creditsEarned",
    "finalGrade",
)
BEFORE = ".before"


class Tables(StrEnum):
    """What stands in the tables, and the names of their columns."""

    TERMS = "terms.csv"
    SCHOOLS = "schools.csv"
    PROVIDERS = "providers.csv"
    CATALOG = "catalog.csv"
    AGREEMENTS = "agreements.csv"
    APPROVALS = "approvals.csv"
    FULL_TIME = "full_time.csv"

    @property
    def columns(self) -> list[str]:
        return COLUMNS[self].split()


COLUMNS = {
    Tables.TERMS: "code starts_on ends_on",
    Tables.SCHOOLS: "lea code closed_on",
    Tables.PROVIDERS: "code valid_from valid_to suspended_on",
    Tables.CATALOG: "provider own_code course_code title grade_low grade_high credits program valid_to",
    Tables.AGREEMENTS: "kind lea other",
    Tables.APPROVALS: "number lea school mosis_id first_name last_name birth_date grade provider own_code term state "
    "basis decided_on decide_by started_on ended_on",
    Tables.FULL_TIME: "number host school resident resident_school mosis_id first_name last_name birth_date grade "
    "provider own_code starts_on ends_on credit admitted_on",
}


def files_of(sources: Sources) -> Iterator[tuple[str, str]]:
    """Name and text of each file."""
    for books in sources.books.values():
        for kind, sheet in books.sheets.items():
            if kind not in books.left_out:
                yield books.file(kind), sheet.text()
        for name, sheet in books.more.items():
            yield name, sheet.text()
        if books.vanished:
            yield books.file(Kind.STU_ASSIGN, BEFORE), _before(books)
    for version, reports in ((BEFORE, sources.earlier_reports), ("", sources.reports)):
        for provider in sorted({row.provider for row in reports}):
            of_provider = [row for row in reports if row.provider == provider]
            yield f"report_{provider}{version}.csv", _report(of_provider)
    for table, rows in _tables(sources):
        yield table.value, _text(table.columns, rows)


def _before(books: Books) -> str:
    """The version of Student Assignment in which nothing was missing yet."""
    sheet = books.october.copy()
    for row in books.vanished:
        sheet.add(row)
    return sheet.text()


def _report(rows: list[Reported]) -> str:
    return _text(REPORT, ([row.cells.get(name, "") for name in REPORT] for row in rows))


def _tables(sources: Sources) -> Iterator[tuple[Tables, Iterable[Sequence[object]]]]:
    days = sources.days
    yield Tables.TERMS, ((code, *days.term(code)) for code in ("S1", "S2", "YL"))
    yield Tables.SCHOOLS, _schools(sources)
    providers = sorted({offer.provider for offer in sources.offers.values()})
    summer = days.day(7, 31)
    yield (
        Tables.PROVIDERS,
        (
            (
                code,
                summer.replace(year=summer.year - 1, month=7, day=1),
                summer if code == EXPIRED else summer.replace(year=summer.year + 2, month=6, day=30),
                days.day(8, 1) if code == PAUSED else None,
            )
            for code in providers
        ),
    )
    yield (
        Tables.CATALOG,
        (
            (
                offer.provider,
                offer.own_code,
                offer.code,
                offer.title,
                offer.grades.start,
                offer.grades.stop - 1,
                offer.credits,
                offer.program,
                offer.valid_to,
            )
            for offer in sources.offers.values()
        ),
    )
    yield Tables.AGREEMENTS, sorted(set(sources.agreements))
    part_time = [approval for approval in sources.approvals if not approval.resident]
    yield (
        Tables.APPROVALS,
        (
            (
                one.number,
                one.lea,
                one.school,
                one.student.mosis_id,
                one.student.first,
                one.student.last,
                one.student.birth_date,
                one.student.grade,
                one.provider,
                one.own_code,
                one.term,
                one.state,
                one.basis,
                one.decided_on,
                one.decide_by or days.day(7, 24),
                one.started_on,
                one.ended_on,
            )
            for one in part_time
        ),
    )
    full_time = [approval for approval in sources.approvals if approval.resident]
    yield (
        Tables.FULL_TIME,
        (
            (
                one.number,
                one.lea,
                one.school,
                one.resident,
                one.resident_school,
                one.student.mosis_id,
                one.student.first,
                one.student.last,
                one.student.birth_date,
                one.student.grade,
                one.provider,
                one.own_code,
                *days.term(one.term),
                one.credit,
                one.decided_on,
            )
            for one in full_time
        ),
    )


def _schools(sources: Sources) -> Iterator[Sequence[object]]:
    """Every building that a file names, and the day on which one was closed."""
    closed_on = sources.days.day(7, 1).replace(month=6, day=30)
    for books in sources.books.values():
        seen = {student.school for student in books.students}
        for sheet in books.sheets.values():
            seen.update(sheet[place]["ReportingSchoolCode"] for place in sheet)
        for school in sorted(seen):
            yield books.code, school, closed_on if (books.code, school) in sources.closed_schools else None


def _text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
