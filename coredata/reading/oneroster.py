"""A OneRoster 1.1 or 1.2 zip as one report: a row for each enrollment of a student, under the columns of the report.

Bulk files only. What OneRoster has no field for stands in `metadata.*` columns of enrollments.csv, named as the report
names it; the state course code in courses.csv, the term code in academicSessions.csv. Nothing is written to a disk, and
no other column is read.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TypeAlias

from django.utils.translation import gettext as _

from .limits import Limits
from .refusal import Unusable

Row: TypeAlias = dict[str, str]
Rows: TypeAlias = Mapping[str, Row]

ENDING = ".zip"
MANIFEST, ENROLLMENTS = "manifest.csv", "enrollments.csv"
LINKED = ("orgs.csv", "users.csv", "academicSessions.csv", "courses.csv", "classes.csv")
DEMOGRAPHICS = "demographics.csv"  # not asked for: a birth date may stand in users.csv, as metadata.birthDate
VERSIONS = ("1.1", "1.2")
FORMAT = "MOCAP-ENR-1.0"
MOST_FILES = 50  # the standard names fewer than twenty
STUDENT, DELETED = "student", "tobedeleted"
# Of the report, in metadata.* columns of enrollments.csv.
EXTENSIONS = (
    "approvalId",
    "enrollmentType",
    "basis",
    "teacherProvided",
    "enrollmentStatus",
    "statusDate",
    "withdrawReason",
    "creditsAttempted",
    "creditsEarned",
    "finalGrade",
    "percentComplete",
    "lastActivityDate",
)
COLUMNS = (
    "formatVersion",
    "vendorCode",
    "asOfDate",
    "schoolYear",
    "enrollmentId",
    "mosisId",
    "birthDate",
    "familyName",
    "givenName",
    "gradeLevel",
    "districtCode",
    "schoolCode",
    "vendorCourseCode",
    "stateCourseCode",
    "courseTitle",
    "termCode",
    "beginDate",
    "endDate",
    *EXTENSIONS,
)


def flatten(data: bytes, *, limits: Limits) -> bytes:
    """The report that a OneRoster zip holds, as CSV. A row stands on its line of enrollments.csv. Raises Unusable."""
    files = _unpack(data, limits)
    for name in (MANIFEST, *LINKED, ENROLLMENTS):
        if name not in files:
            raise Unusable(
                _("The zip lacks the file %(file)s. Export it again with all OneRoster files.")
                % {"file": name},
                rule="V-80",
            )
    manifest = {row.get("propertyName", ""): row.get("value", "") for row in _rows(MANIFEST, files)}
    if manifest.get("oneroster.version") not in VERSIONS:
        raise Unusable(
            _("%(file)s names no OneRoster version that the portal reads: 1.1 or 1.2.") % {"file": MANIFEST},
            rule="V-80",
        )
    linked = {name: _by_id(name, files) for name in LINKED}
    births = _by_id(DEMOGRAPHICS, files) if DEMOGRAPHICS in files else {}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for enrollment in _rows(ENROLLMENTS, files):
        if enrollment.get("role", STUDENT) == STUDENT and enrollment.get("status") != DELETED:
            writer.writerow(_row(enrollment, manifest, linked, births))
        else:
            out.write("\n")  # so that lines stay the same; a line without a value is no row
    return out.getvalue().encode()


def _row(enrollment: Row, manifest: Row, linked: Mapping[str, Rows], births: Rows) -> Row:
    user = _linked(linked["users.csv"], enrollment.get("userSourcedId"))
    group = _linked(linked["classes.csv"], enrollment.get("classSourcedId"))
    course = _linked(linked["courses.csv"], group.get("courseSourcedId"))
    term = _linked(linked["academicSessions.csv"], _first(group.get("termSourcedIds")))
    school = _linked(linked["orgs.csv"], enrollment.get("schoolSourcedId") or group.get("schoolSourcedId"))
    is_district = school.get("type") == "district"
    district = school if is_district else _linked(linked["orgs.csv"], school.get("parentSourcedId"))
    born = _linked(births, user.get("sourcedId")).get("birthDate") or user.get("metadata.birthDate", "")
    return {
        "formatVersion": FORMAT,
        "vendorCode": manifest.get("source.systemCode", ""),
        "asOfDate": enrollment.get("metadata.asOfDate") or manifest.get("metadata.asOfDate", ""),
        "schoolYear": term.get("schoolYear", ""),
        "enrollmentId": enrollment.get("sourcedId", ""),
        "mosisId": user.get("identifier", ""),
        "birthDate": born,
        "familyName": user.get("familyName", ""),
        "givenName": user.get("givenName", ""),
        "gradeLevel": _first(user.get("grades")),
        "districtCode": district.get("identifier", ""),
        "schoolCode": "" if is_district else school.get("identifier", ""),
        "vendorCourseCode": course.get("courseCode", ""),
        "stateCourseCode": course.get("metadata.stateCourseCode", ""),
        "courseTitle": course.get("title", ""),
        "termCode": term.get("metadata.termCode", ""),
        "beginDate": enrollment.get("beginDate", ""),
        "endDate": enrollment.get("endDate", ""),
        **{name: enrollment.get(f"metadata.{name}", "") for name in EXTENSIONS},
    }


def _linked(rows: Rows, sourced_id: str | None) -> Row:
    """The row of this id; an empty one where there is none: what it should hold is then found to be empty."""
    return rows.get(sourced_id or "", {})


def _first(values: str | None) -> str:
    return (values or "").split(",")[0].strip()


def _by_id(name: str, files: Mapping[str, str]) -> Rows:
    return {row.get("sourcedId", row.get("userSourcedId", "")): row for row in _rows(name, files)}


def _rows(name: str, files: Mapping[str, str]) -> Iterator[Row]:
    """The rows of a file by its exact column names, stripped. Raises Unusable."""
    reader = csv.DictReader(io.StringIO(files[name], newline=""), strict=True, restval="")
    try:
        for row in reader:
            yield {key.strip(): (value or "").strip() for key, value in row.items() if key is not None}
    except csv.Error as error:
        raise Unusable(
            _("%(file)s has a quotation mark out of place near line %(line)d.")
            % {"file": name, "line": reader.line_num}
        ) from error


def _unpack(data: bytes, limits: Limits) -> dict[str, str]:
    """The texts of the CSV files by their names, unpacked no further than the limit. Raises Unusable."""
    files: dict[str, str] = {}
    left = limits.bytes
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            for entry in _entries(package):
                with package.open(entry) as packed:
                    content = packed.read(left + 1)  # what the zip says of sizes need not be true
                left -= len(content)
                _refuse_bombs(left, limits)
                files[entry.filename] = _text(entry.filename, content)
    except Unusable:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        OSError,
        EOFError,
        ValueError,
    ) as error:
        raise Unusable(_("The zip is damaged or locked. Pack it again without a password.")) from error
    return files


def _entries(package: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of a zip, all at the top and each once. Raises Unusable."""
    entries = package.infolist()
    if len(entries) > MOST_FILES:
        raise Unusable(
            _("The zip holds %(count)d files; a OneRoster zip has fewer than %(most)d.")
            % {"count": len(entries), "most": MOST_FILES}
        )
    names = [entry.filename for entry in entries]
    if not all(map(_is_plain, names)):
        raise Unusable(
            _("The zip has folders. Pack the OneRoster files themselves, without a folder around them.")
        )
    if len(set(names)) < len(names):
        raise Unusable(_("The zip holds a file twice. Pack each OneRoster file once."))
    return entries


def _is_plain(path: str) -> bool:
    return path == PurePosixPath(path).name and "\\" not in path


def _refuse_bombs(left: int, limits: Limits) -> None:
    if left < 0:
        raise Unusable(
            _("The zip is larger than %(most)d MB when it is unpacked, more than any report.")
            % {"most": limits.bytes // 1_000_000}
        )


def _text(name: str, content: bytes) -> str:
    if not name.endswith(".csv"):
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(
            _("%(file)s is not UTF-8 text. Export it again.") % {"file": name[:60]}, rule="V-07"
        ) from error
