"""A OneRoster zip becomes the same report as the table, or one sentence."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from pytest_django import Settings

from coredata.models import ReportRow, ReportState
from coredata.reading import Limits, Unusable
from coredata.reading.oneroster import flatten
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea

from .report_kit import report_of, rules_of, send, staff_of

LIMITS = Limits(bytes=1_000_000, columns=300, line=10_000)
FILES = {
    "manifest.csv": "propertyName,value\nmanifest.version,1.0\noneroster.version,1.1\n"
    "source.systemCode,LANTERN\nmetadata.asOfDate,2027-05-31\n",
    "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n"
    "D1,active,,Walnut Fork,district,991101,\nS1,active,,High School,school,1050,D1\n"
    "D2,active,,Other,district,992102,\n",
    "users.csv": "sourcedId,status,enabledUser,role,username,givenName,familyName,identifier,email,grades,password\n"
    'U1,active,true,student,ada,Ada,Okafor,0000000042,a@x.example,"10,11",secret\n'
    "U2,active,true,student,luis,Luis,Reyes,0000000057,l@x.example,09,secret\n"
    "T1,active,true,teacher,tom,Tom,Teach,,t@x.example,,secret\n",
    "demographics.csv": "sourcedId,status,birthDate,sex\nU1,active,2010-04-05,female\nU2,active,2011-01-15,male\n",
    "academicSessions.csv": "sourcedId,title,type,startDate,endDate,schoolYear,metadata.termCode\n"
    "A1,Fall,term,2026-08-24,2026-12-18,2027,S1\n",
    "courses.csv": "sourcedId,title,courseCode,metadata.stateCourseCode\nC1,Algebra I A,ALG1-A,115845\n",
    "classes.csv": "sourcedId,title,courseSourcedId,schoolSourcedId,termSourcedIds\nK1,Algebra,C1,S1,A1\n",
    "enrollments.csv": "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,beginDate,endDate,"
    "metadata.enrollmentType,metadata.basis,metadata.teacherProvided,metadata.enrollmentStatus,"
    "metadata.creditsAttempted,metadata.percentComplete\n"
    "E-1,active,K1,S1,U1,student,2026-08-24,2026-12-18,PT,mocap,Y,active,0.5,40\n"
    "E-T,active,K1,S1,T1,teacher,,,,,,,,\n"
    "E-2,active,K1,D2,U2,student,2026-08-24,,PT,mocap,N,active,0.5,\n"
    "E-3,tobedeleted,K1,S1,U2,student,2026-08-24,,PT,mocap,N,active,0.5,\n",
}


def packed(without: str = "", **more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in {**FILES, **more}.items():
            if name != without:
                package.writestr(name, text)
    return out.getvalue()


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(Unusable) as refused:
        flatten(data, limits=limits)
    return str(refused.value)


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_june")
class TestSent:
    @pytest.fixture
    def staff(self, lea: Lea) -> Membership:
        return staff_of()

    @pytest.mark.parametrize("version", ["1.1", "1.2"])
    def test_it_is_checked_like_the_table(self, staff: Membership, version: str) -> None:
        manifest = FILES["manifest.csv"].replace(",1.1", f",{version}")
        report = send(packed(**{"manifest.csv": manifest}), by=staff, name="roster.ZIP")
        assert (report.state, rules_of(report), report.rows_read) == (ReportState.CHECKED, {}, 2)
        rows = ReportRow.objects.order_by("line").values_list(
            "line", "enrollment_id", "mosis_id", "birth_date", "district_code", "school_code", "course_code"
        )
        assert [(row[0], row[1], row[2], str(row[3]), *row[4:]) for row in rows] == [
            (2, "E-1", "0000000042", "2010-04-05", "991101", "1050", "115845"),
            (4, "E-2", "0000000057", "2011-01-15", "992102", "", "115845"),
        ]

    def test_what_is_not_linked_is_found_empty_on_its_line(self, staff: Membership) -> None:
        enrollments = FILES["enrollments.csv"].replace("K1,D2", "K9,D2")
        report = send(packed(**{"enrollments.csv": enrollments}), by=staff, name="roster.zip")
        assert report.rows_with_errors == 1
        lacking = report.problems.filter(rule="V-20").values_list("line", "column")
        assert set(lacking) == {
            (4, name)
            for name in ("schoolYear", "vendorCourseCode", "stateCourseCode", "courseTitle", "termCode")
        }

    def test_a_zip_that_cannot_be_used_is_refused(self, staff: Membership, settings: Settings) -> None:
        assert "lacks the file users.csv" in send(packed("users.csv"), by=staff, name="r.zip").refusal
        settings.CORE_DATA_MOST_BYTES = 100
        assert "larger than" in send(packed(), by=staff, name="r.zip").refusal
        assert send(report_of(), by=staff, name="r.zip").state == ReportState.REFUSED


def test_every_cell_comes_from_its_place() -> None:
    row = next(iter(csv.DictReader(io.StringIO(flatten(packed(), limits=LIMITS).decode()))))
    assert {name: value for name, value in row.items() if value} == {
        "formatVersion": "MOCAP-ENR-1.0",
        "vendorCode": "LANTERN",
        "asOfDate": "2027-05-31",
        "schoolYear": "2027",
        "enrollmentId": "E-1",
        "mosisId": "0000000042",
        "birthDate": "2010-04-05",
        "familyName": "Okafor",
        "givenName": "Ada",
        "gradeLevel": "10",
        "districtCode": "991101",
        "schoolCode": "1050",
        "vendorCourseCode": "ALG1-A",
        "stateCourseCode": "115845",
        "courseTitle": "Algebra I A",
        "termCode": "S1",
        "beginDate": "2026-08-24",
        "endDate": "2026-12-18",
        "enrollmentType": "PT",
        "basis": "mocap",
        "teacherProvided": "Y",
        "enrollmentStatus": "active",
        "creditsAttempted": "0.5",
        "percentComplete": "40",
    }


@pytest.mark.parametrize("name", [name for name in FILES if name != "demographics.csv"])
def test_each_missing_file_is_named(name: str) -> None:
    assert f"lacks the file {name}" in refusal(packed(name))


@pytest.mark.parametrize("name", ["oneroster/users.csv", "../users.csv", "/etc/users.csv", "a\\b.csv"])
def test_a_file_in_a_folder_is_refused(name: str) -> None:
    assert "The zip has folders" in refusal(packed(**{name: "x"}))


def test_what_grows_beyond_the_limit_is_refused() -> None:
    bomb = packed(**{"results.csv": "0" * 50_000_000})
    assert len(bomb) < 200_000
    assert "larger than 1 MB when it is unpacked" in refusal(bomb)


def test_what_is_no_oneroster_zip_is_refused() -> None:
    many = {f"file{number}.csv": "x" for number in range(60)}
    assert "holds 68 files" in refusal(packed(**many))
    assert "damaged or locked" in refusal(packed()[:-40])
    assert "no OneRoster version" in refusal(packed(**{"manifest.csv": "propertyName,value\n"}))
    latin = FILES["users.csv"].replace("Reyes", "Muñoz").encode("latin-1").decode("latin-1")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("users.csv", latin.encode("latin-1"))
    assert "users.csv is not UTF-8 text" in refusal(out.getvalue())
    assert "quotation mark out of place" in refusal(packed(**{"users.csv": 'sourcedId\n"a"b\n'}))


def test_a_file_that_lies_about_its_size_is_bounded_too() -> None:
    data = packed(**{"results.csv": "0" * 5_000_000})
    info = zipfile.ZipFile(io.BytesIO(data)).getinfo("results.csv")
    assert info.file_size == 5_000_000
    lying = data.replace((5_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert refusal(lying)
