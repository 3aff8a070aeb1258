"""The June list on its page and as a file; what a June file lacks and has too many."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coredata.layouts import Kind, layout
from enrollment.part_time.models import LineState
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from tests.coredata.kit import certify, clerk_of, good, send
from tests.coredata.report_kit import reviewer
from tests.coredata.test_student_courses import file_of, rows
from tests.factories.coredata import UploadFactory
from tests.sign_in import sign_in

from .kit import (
    ANN,
    BEN,
    CARL,
    certify_october,
    course_of,
    csv_of,
    june_rows,
    registered,
    reported,
    send_june,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]


@pytest.fixture
def client(clerk: Membership) -> Client:
    return sign_in(Client(), clerk)


@pytest.fixture
def october(clerk: Membership) -> Membership:
    certify_october(clerk)
    return clerk


def address(name: str, *args: Any) -> str:
    return reverse(f"june:{name}", args=args)


def page(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(address(name, *args), query)
    assert response.status_code == 200
    return response.content.decode()


def lines_of(client: Client, name: str, *args: Any) -> list[dict[str, str]]:
    response = client.get(address(name, *args))
    assert response.status_code == 200 and "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text)))


def test_before_october_is_certified_the_page_says_what_to_do(lea: Lea, client: Client) -> None:
    text = client.get(address("own"), follow=True).content.decode()
    assert "October is not certified." in text and reverse("coredata:files") in text
    assert client.get(address("june_csv", lea.pk, 2027))["Location"] == address("june", lea.pk, 2027)


@pytest.mark.usefixtures("october")
def test_the_clerk_finds_the_list_and_its_parts(lea: Lea, client: Client) -> None:
    reported(status="completed", final_grade="B", credits_earned="0.5")
    reported(mosis_id=BEN, course_code="115846", semester="YL", status="active")
    registered(lea, state=LineState.WITHDRAWN)
    assert reverse("june:own") in client.get(reverse("coredata:files")).content.decode()
    assert client.get(address("own"))["Location"] == address("june", lea.pk, 2027)
    text = page(client, "june", lea.pk, 2027)
    for said in (
        "Roe, Ann",
        "Poe, Ben",
        BEN,
        "Approved course, started since",
        "To fill in",
        "Proposed by the provider.",
    ):
        assert said in text
    assert "Proposed by your own record." in text and "Credits: 0.5" in text and ": Active" in text
    assert "What started since" in text
    only = page(client, "june", lea.pk, 2027, shown="withdrawn")
    assert CARL in only and BEN not in only
    assert "No course is like this." in page(client, "june", lea.pk, 2027, shown="uncoded")
    assert BEN in page(client, "june", lea.pk, 2027, shown="no such part")


@pytest.mark.usefixtures("october")
def test_a_student_is_asked_for_by_post(lea: Lea, client: Client) -> None:
    here = address("june", lea.pk, 2027)
    text = client.post(here, {"who": ANN}).content.decode()
    assert "Roe, Ann" in text and "Poe, Ben" not in text
    assert "No course is like this." in client.post(here, {"who": CARL}).content.decode()
    assert "ten digits" in client.post(here, {"who": "42"}).content.decode()


def test_another_district_s_list_is_not_there_and_the_state_office_reads_it(
    lea: Lea, october: Membership
) -> None:
    upload = send_june(october)
    stranger = sign_in(Client(), clerk_of(Lea.objects.get(state_district_id="992102")))
    for name, args in (
        ("june", [lea.pk, 2027]),
        ("june_csv", [lea.pk, 2027]),
        ("trial", [upload.pk]),
        ("trial_csv", [upload.pk]),
    ):
        assert stranger.get(address(name, *args)).status_code == 404
    office = sign_in(Client(), reviewer())
    text = page(office, "june", lea.pk, 2027)
    assert "Roe, Ann" in text and address("june_csv", lea.pk, 2027) not in text
    assert office.get(address("june_csv", lea.pk, 2027)).status_code == 403
    assert office.get(address("june", lea.pk, 1999)).status_code == 404
    assert "Nothing is missing" in page(office, "trial", upload.pk)


@pytest.mark.usefixtures("october")
def test_the_file_has_the_layout_s_columns_and_its_outcomes(
    lea: Lea, clerk: Membership, client: Client
) -> None:
    reported(status="completed", final_grade="B", credits_earned="0.50")
    line = registered(lea, state=LineState.WITHDRAWN)
    found = lines_of(client, "june_csv", lea.pk, 2027)
    assert list(found[0]) == [column.name for column in layout(Kind.STU_CRS_COMP, 2027).columns]
    by_key = {(row["StateID"], row["CourseSemester"]): row for row in found}
    assert len(by_key) == len(found) == 4
    ann, carl, ben = by_key[ANN, "S1"], by_key[CARL, "S2"], by_key[BEN, "YL"]
    expected = {
        "CollectionVersion": "2027Jun1.0StuCRSComp", "CurrentSchoolYear": "2027", "ReportingDistrictCode": "991101",
        "ReportingSchoolCode": "1050", "LocalStudentID": "7", "StudentLastName": "Roe", "StudentFirstName": "Ann",
        "StudentDateOfBirth": "03/14/2011", "StudentGradeLevel": "10", "EDSSN": "", "PosCode": "60",
        "AssignNum": "A2", "LocCourseNum": "M2", "LocCourseName": "Algebra II", "CourseNum": "115845",
        "GradeEarned": "B", "CreditsEarned": "0.5", "ProgramCode": "50", "DeliverySystem": "V",
    }  # fmt: skip
    assert {name: ann[name] for name in expected} == expected
    assert (carl["GradeEarned"], carl["CreditsEarned"], carl["AssignNum"]) == ("WD", "0", "")
    assert (carl["PosCode"], carl["StudentGradeLevel"], carl["ReportingSchoolCode"]) == ("60", "10", "1050")
    assert (ben["GradeEarned"], ben["CreditsEarned"]) == ("", "")
    assert (ben["ReceivingCollDistCode"], ben["SendDistCode"], ben["SendSchoolCode"]) == (
        "991101",
        "991101",
        "1050",
    )
    noted = Disclosure.objects.get()
    student = line.line.request.claim.student
    assert (noted.student, noted.recipient, noted.disclosed_by) == (student, clerk.organization, clerk)


def test_a_name_that_looks_like_a_formula_is_defused(lea: Lea, clerk: Membership, client: Client) -> None:
    named = [row | {"StudentLastName": "=1+1"} for row in rows("stu")]
    certify_october(clerk, students=file_of("stu", named))
    assert {row["StudentLastName"] for row in lines_of(client, "june_csv", lea.pk, 2027)} == {"'=1+1"}


def test_the_trial_s_page_names_missing_and_extra(lea: Lea, october: Membership, client: Client) -> None:
    changed = june_rows()
    changed[1]["CourseNum"] = "115847"
    upload = send_june(october, csv_of(changed))
    there = address("trial", upload.pk)
    assert there in client.get(reverse("coredata:upload", args=[upload.pk])).content.decode()
    text = page(client, "trial", upload.pk)
    assert "One course is missing" in text and "One course is extra" in text
    assert "take the program code out" in text and "add it to October" in text
    registered(lea)  # missing, too, and on record
    found = lines_of(client, "trial_csv", upload.pk)
    assert Disclosure.objects.get().student.mosis_id == CARL
    assert [
        (row["what"], row["june_line"], row["october_line"], row["mosis_id"], row["course_code"])
        for row in found
    ] == [
        ("missing", "", "", CARL, "115847"),
        ("missing", "", "3", ANN, "115845"),
        ("extra", "3", "", ANN, "115847"),
    ]


def test_a_june_file_without_october_is_held_against_nothing(clerk: Membership, client: Client) -> None:
    upload = send_june(clerk)
    assert "October is not certified." in page(client, "trial", upload.pk)
    here = reverse("coredata:upload", args=[upload.pk])
    assert client.get(address("trial_csv", upload.pk))["Location"] == here


def test_other_files_have_no_such_page(lea: Lea, october: Membership, client: Client) -> None:
    core = send(good("core"), by=october)
    replaced = send_june(october)
    certify(send_june(october), by=october)
    unread = UploadFactory.create(lea=lea, sent_by=october)
    for upload in (core, replaced, unread):
        here = reverse("coredata:upload", args=[upload.pk])
        assert client.get(address("trial", upload.pk))["Location"] == here
        assert client.get(address("trial_csv", upload.pk))["Location"] == here
    assert (
        address("trial", core.pk)
        not in client.get(reverse("coredata:upload", args=[core.pk])).content.decode()
    )


def test_certified_october_leads_to_the_list(lea: Lea, clerk: Membership, client: Client) -> None:
    courses = certify(send(good("crs"), by=clerk), by=clerk)
    text = client.get(reverse("coredata:upload", args=[courses.pk])).content.decode()
    assert address("june", lea.pk, 2027) in text


def added(lea: Lea, count: int, first: int) -> None:
    course = course_of("115847")
    for number in range(first, first + count):
        registered(lea, f"{5_000_000_000 + number}", course=course)


def test_more_rows_ask_nothing_more(
    lea: Lea, october: Membership, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    upload = send_june(october, csv_of(june_rows()[:1]))
    here, there = address("june", lea.pk, 2027), address("trial", upload.pk)
    client.get(here)
    added(lea, 2, 0)
    for _ in range(2):
        with django_assert_num_queries(QUERIES_OF_LIST):
            assert client.get(here).status_code == 200
        with django_assert_num_queries(QUERIES_OF_TRIAL):
            assert client.get(there).status_code == 200
        with django_assert_num_queries(QUERIES_OF_FILE):
            b"".join(client.get(address("june_csv", lea.pk, 2027)).streaming_content)  # type: ignore[attr-defined]
        added(lea, 28, 2)
    text = page(client, "june", lea.pk, 2027, page="2")
    assert text.count("<tr") == 1 + 33 - 25


QUERIES_OF_LIST, QUERIES_OF_TRIAL, QUERIES_OF_FILE = 17, 22, 14
