"""Corrected rows: on the page of a mismatch, put aside, looked through, taken along, made a trial."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from coredata.actions import check_upload, withdraw
from coredata.models import ReportRow, Upload, UploadState
from coredata.reconcile import actions
from coredata.reconcile.corrected import files_of, kept_by
from coredata.reconcile.models import CollectedRow, Mismatch, MismatchState, RunKind
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from tests.coredata.kit import DAY, NOW, certify, clerk_of, good, send, stored
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ProviderReportFactory, ReportRowFactory
from tests.factories.reconcile import MismatchFactory
from tests.factories.records import StudentFactory
from tests.sign_in import sign_in

from .pages import page
from .test_rehearsal import changed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_june")]
STUDENT = "0000000042"
CODE, BOTH = "M-23", [("crs_assign", 3), ("crs_assign", 7)]  # the section has two teachers
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def found(lea: Lea, clerk: Membership) -> dict[str, Mismatch]:
    """What a night finds by code: October says 52 where the provider teaches, June a grade that it did not report."""
    report = ProviderReportFactory.create(provider=Provider.objects.get(code="LANTERN"), accepted=True)
    ReportRowFactory.create(
        report=report,
        status="completed",
        final_grade="A",
        credits_earned="0.5",
        district_code="991101",
        mosis_id=STUDENT,
        course_code="115845",
        semester="S1",
    )
    certify(send(changed("crs", "ProgramCode", "50", "52"), by=clerk), by=clerk)
    certify(send(good("stu"), by=clerk), by=clerk)
    certify(send(good("jun"), by=clerk), by=clerk)
    compare()
    return {row.code: row for row in Mismatch.objects.filter(lea=lea)}


def compare() -> None:
    actions.compare(2027, as_of=DAY, at=LATER, kind=RunKind.HAND)


@pytest.fixture
def client(clerk: Membership) -> Client:
    return sign_in(Client(), clerk)


def post(client: Client, name: str, *args: object, **data: object) -> str:
    response = client.post(reverse(f"reconcile:{name}", args=args), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def aside(**more: object) -> list[tuple[str, int | None]]:
    rows = CollectedRow.objects.kept().filter(**more).order_by("kind", "line", "pk")
    return list(rows.values_list("kind", "line"))


# The page of a mismatch ---------------------------------------------------------------------------


def test_the_page_of_a_mismatch_shows_the_row_before_and_after(
    client: Client, found: dict[str, Mismatch]
) -> None:
    text = page(client, "mismatch", found[CODE].pk)
    assert "Course Assignment, line 3" in text
    assert "Course Assignment, line 7" in text
    assert text.count("<del>52</del>") == 2
    assert text.count("<ins>50</ins>") == 2
    assert "Use this corrected row" in text


def test_where_no_row_can_be_told_it_says_what_to_do(client: Client, found: dict[str, Mismatch]) -> None:
    text = page(client, "mismatch", found["M-08"].pk)
    assert "The portal cannot tell which row is wrong" in text
    assert "Use this corrected row" not in text


def test_a_row_in_another_districts_file_is_not_shown(
    client: Client, lea: Lea, found: dict[str, Mismatch]
) -> None:
    theirs = MismatchFactory.create(code=CODE, facts=found[CODE].facts, mosis_id=STUDENT)
    assert theirs.lea is not None
    hat = clerk_of(theirs.lea)
    text = page(sign_in(Client(), hat), "mismatch", theirs.pk)
    assert "The row stands in another district" in text
    assert "<del>52</del>" not in text
    with pytest.raises(actions.NothingToCorrect):
        actions.collect([theirs.pk], by=hat, at=NOW)


def test_the_state_office_and_the_provider_are_offered_none(found: dict[str, Mismatch]) -> None:
    hat = MembershipFactory.create(dese_reviewer=True)
    assert "Corrected row" not in page(sign_in(Client(), hat), "mismatch", found[CODE].pk)


def test_a_file_that_is_not_compared_yet_gives_no_row_by_an_old_line(
    client: Client, clerk: Membership, found: dict[str, Mismatch]
) -> None:
    lines = changed("crs", "ProgramCode", "50", "52").decode().splitlines()
    certify(send("\n".join([lines[0], *reversed(lines[1:])]).encode(), by=clerk), by=clerk, at=LATER)
    text = page(client, "mismatch", found[CODE].pk)
    assert "A file was certified after this was found." in text
    assert "Use this corrected row" not in text


def others_sit_there(clerk: Membership, *students: str) -> None:
    """These students are in the section, too, with both of its teachers."""
    header, *lines = good("stu").decode().splitlines()
    there = [line.replace(STUDENT, other) for other in students for line in lines if ",A2," in line]
    certify(send("\n".join([header, *lines, *there]).encode(), by=clerk), by=clerk, at=LATER)


@pytest.mark.parametrize(
    ("others", "words"),
    [
        (["0000000043"], "for one other student, too"),
        (["0000000043", "0000000044"], "for 2 other students, too"),
    ],
)
def test_a_section_in_which_others_sit_as_they_should_is_not_changed(
    client: Client, clerk: Membership, found: dict[str, Mismatch], others: list[str], words: str
) -> None:
    others_sit_there(clerk, *others)
    compare()
    mismatch = found[CODE]
    mismatch.refresh_from_db()
    text = page(client, "mismatch", mismatch.pk)
    assert f"Changing this section would change it {words}." in text
    assert "Give this student a section of their own." in text
    assert "Use this corrected row" not in text
    with pytest.raises(actions.NothingToCorrect):
        actions.collect([mismatch.pk], by=clerk, at=LATER)


def test_a_section_in_which_the_same_is_wrong_of_all_is_changed_for_all(
    client: Client, clerk: Membership, found: dict[str, Mismatch]
) -> None:
    others_sit_there(clerk, "0000000043")
    row = ReportRow.objects.get()
    ReportRowFactory.create(
        report=row.report, status="active", mosis_id="0000000043", course_code="115845", semester="S1"
    )
    compare()
    both = Mismatch.objects.filter(code=CODE, state=MismatchState.OPEN)
    assert {one.mosis_id for one in both} == {STUDENT, "0000000043"}
    assert "Use this corrected row" in page(client, "mismatch", found[CODE].pk)
    actions.collect([one.pk for one in both], by=clerk, at=LATER)
    (file,) = files_of(kept_by(clerk))
    assert [(row.line, row.values, len(row.entries)) for row in file.rows] == [
        (3, [("ProgramCode", "52", "50")], 2),
        (7, [("ProgramCode", "52", "50")], 2),
    ]


def test_how_many_sit_in_another_districts_section_is_not_told(
    clerk: Membership, found: dict[str, Mismatch]
) -> None:
    others_sit_there(clerk, "0000000043")
    compare()
    found[CODE].refresh_from_db()
    theirs = MismatchFactory.create(code=CODE, facts=found[CODE].facts, mosis_id=STUDENT)
    assert theirs.lea is not None
    text = page(sign_in(Client(), clerk_of(theirs.lea)), "mismatch", theirs.pk)
    assert "The row stands in another district" in text
    assert "Changing this section" not in text


# Putting aside ------------------------------------------------------------------------------------


def test_a_row_is_put_aside_once_for_all_clerks_and_taken_out(
    client: Client, lea: Lea, found: dict[str, Mismatch]
) -> None:
    for _time in range(2):
        assert "The corrected row is put aside" in post(client, "use_row", found[CODE].pk)
    assert aside() == BOTH
    colleague = sign_in(Client(), MembershipFactory.create(lea_admin=True, lea=lea))
    text = page(colleague, "rows")
    assert "Corrected rows of Course Assignment" in text
    assert "<del>52</del>" in text

    rows = list(CollectedRow.objects.values_list("pk", flat=True))
    assert "The row is taken out." in post(colleague, "take_out", row=rows[:1])
    assert aside() == BOTH[1:]
    assert "That is undone, for 2 rows." in post(colleague, "undo_rows", rows[0])
    assert aside() == BOTH
    assert "It is taken out" not in post(client, "take_out", row=[])


def test_a_stranger_can_neither_put_aside_nor_take_out(clerk: Membership, found: dict[str, Mismatch]) -> None:
    actions.collect([found[CODE].pk], by=clerk, at=NOW)
    stranger = MembershipFactory.create(data_clerk=True)
    key = CollectedRow.objects.earliest("pk").pk
    for refused in (
        lambda: actions.collect([found[CODE].pk], by=stranger, at=NOW),
        lambda: actions.take_out([key], by=stranger, at=NOW),
        lambda: actions.undo_step(key, by=stranger, at=NOW),
    ):
        with pytest.raises(actions.NotYourRows):
            refused()
    assert "No corrected row is put aside." in page(sign_in(Client(), stranger), "rows")
    assert aside() == BOTH


def test_two_mismatches_of_one_row_are_one_row(clerk: Membership, found: dict[str, Mismatch]) -> None:
    second = MismatchFactory.create(
        code="M-27", lea=found[CODE].lea, facts=found[CODE].facts, mosis_id=STUDENT, course_code="115845"
    )
    third = MismatchFactory.create(
        code="M-24", lea=second.lea, facts=second.facts, mosis_id=STUDENT, course_code="115845"
    )
    actions.collect([found[CODE].pk, third.pk], by=clerk, at=NOW)
    (file,) = files_of(kept_by(clerk))
    assert [(row.line, row.values, len(row.entries)) for row in file.rows] == [
        (3, [("ProgramCode", "52", "50")], 2),
        (7, [("ProgramCode", "52", "50")], 2),
    ]
    Mismatch.objects.filter(pk=third.pk).update(facts={**third.facts, "expected": "51"})
    (file,) = files_of(kept_by(clerk))
    assert (len(file.rows), [row.line for row in file.useless]) == (0, [3, 7])
    assert "different values of ProgramCode" in file.useless[0].why_not
    with pytest.raises(actions.OutOfDate):
        actions.trial_of(2027, file.collection.kind, by=clerk, at=NOW)


def test_what_was_certified_anew_is_dropped_with_a_sentence(
    client: Client, clerk: Membership, found: dict[str, Mismatch]
) -> None:
    post(client, "use_row", found[CODE].pk)
    certify(send(changed("crs", "MinutesPerWeek", "250", "240"), by=clerk), by=clerk, at=LATER)
    text = page(client, "rows")
    assert "The file was certified anew since." in text
    assert "Make a new trial" not in text
    assert client.post(reverse("reconcile:rows_csv", args=[2027, "crs_assign"])).status_code == 404
    compare()
    assert "The data agree by now" in page(client, "rows")


def test_what_stands_in_the_new_file_takes_the_place_of_the_old(
    client: Client, clerk: Membership, found: dict[str, Mismatch]
) -> None:
    post(client, "use_row", found[CODE].pk)
    before = set(CollectedRow.objects.values_list("pk", flat=True))
    lines = changed("crs", "ProgramCode", "50", "52").decode().splitlines()
    certify(send("\n".join([lines[0], *lines[2:]]).encode(), by=clerk), by=clerk, at=LATER)
    compare()
    post(client, "use_row", found[CODE].pk)
    assert aside() == [("crs_assign", 2), ("crs_assign", 6)]
    assert aside(pk__in=before) == []


def test_many_are_looked_through_put_aside_and_undone(client: Client, found: dict[str, Mismatch]) -> None:
    some = [found[code].pk for code in (CODE, "M-49", "M-08")]
    preview = client.get(reverse("reconcile:use_many"), {"one": some}).content.decode()
    assert "The rows of 2 mismatches, before and after." in preview
    assert "Of one other the portal cannot tell a row" in preview
    assert aside() == []
    text = post(client, "use_many", ones=" ".join(map(str, some)))
    assert "3 corrected rows are put aside." in text
    assert aside() == [*BOTH, ("stu_crs_comp", 3)]
    assert "Undo: take these rows out" in text
    newest = CollectedRow.objects.latest("pk").pk
    assert "That is undone, for 3 rows." in post(client, "undo_rows", newest)
    assert aside() == []


def test_many_without_a_row_lead_back(client: Client, found: dict[str, Mismatch]) -> None:
    text = client.get(reverse("reconcile:use_many"), {"one": [found["M-08"].pk]}, follow=True)
    assert "There is no row here that the portal can correct" in text.content.decode()


def test_the_database_keeps_a_row_once(found: dict[str, Mismatch], clerk: Membership) -> None:
    (row, _other) = actions.collect([found[CODE].pk], by=clerk, at=NOW)
    row.pk = None
    with pytest.raises(IntegrityError, match="a_row_of_a_mismatch_is_collected_once"), transaction.atomic():
        row.save(force_insert=True)


# Taking along -------------------------------------------------------------------------------------


def test_the_rows_come_whole_in_the_files_own_layout_and_it_is_logged(
    client: Client, lea: Lea, found: dict[str, Mismatch]
) -> None:
    student = StudentFactory.create(school__lea=lea, mosis_id=STUDENT)
    post(client, "use_row", found[CODE].pk)
    response = client.post(reverse("reconcile:rows_csv", args=[2027, "crs_assign"]))
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    told = ("CollectionVersion", "CurrentSchoolYear", "EDSSN", "AssignNum", "CourseNum", "ProgramCode")
    assert [tuple(row[name] for name in told) for row in rows] == [
        ("2027Oct1.0CrsAssign", "2027", "", "A2", "115845", "50"),
        ("2027Oct1.0CrsAssign", "2027", "", "A2", "115845", "50"),
    ]
    assert rows[0]["UnitsOfCredit"] == "0.5"
    assert response["Cache-Control"] == "private, no-store"
    assert list(Disclosure.objects.values_list("student", flat=True)) == [student.pk]


def test_no_cell_is_a_formula(client: Client, clerk: Membership, found: dict[str, Mismatch]) -> None:
    certify(send(changed("crs", "LocCourseName", "Algebra II", "@SUM(A1)"), by=clerk), by=clerk, at=LATER)
    Mismatch.objects.all().update(facts={})
    certify(
        send(changed("crs", "ProgramCode", "50", "52").replace(b"Algebra II", b"@SUM(A1)"), by=clerk),
        by=clerk,
        at=LATER,
    )
    compare()
    post(client, "use_row", found[CODE].pk)
    response = client.post(reverse("reconcile:rows_csv", args=[2027, "crs_assign"]))
    assert "'@SUM(A1)" in response.content.decode()


def test_a_new_trial_has_the_rows_and_what_is_certified_stays(
    client: Client,
    found: dict[str, Mismatch],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    certified = Upload.objects.get(collection__kind="crs_assign", state=UploadState.CERTIFIED)
    before = stored(certified)
    for code in (CODE, "M-49"):
        post(client, "use_row", found[code].pk)
    question = page(client, "trial_of_rows", 2027, "crs_assign")
    assert "with 2 corrected rows?" in question
    with django_capture_on_commit_callbacks() as asked:
        response = client.post(reverse("reconcile:trial_of_rows", args=[2027, "crs_assign"]))
    assert len(asked) == 1  # a worker checks it
    made = check_upload(Upload.objects.get(made_of=certified).pk, at=LATER)
    assert response.headers["Location"] == reverse("coredata:upload", args=[made.pk])
    assert (made.state, made.errors) == (UploadState.TRIAL, 0)
    assert [row["program_code"] for row in stored(made) if row["line"] in (3, 7)] == ["50", "50"]
    assert stored(certified) == before
    text = client.get(response.headers["Location"]).content.decode()
    assert reverse("reconcile:rehearsal", args=[2027]) in text
    assert "Made of" in text

    certify(made, by=clerk_of(made.lea), at=LATER)
    compare()
    found[CODE].refresh_from_db()
    assert (found[CODE].state, found[CODE].resolved_by_upload) == (MismatchState.RESOLVED, made)


def test_of_june_that_is_not_certified_there_are_rows_only(
    client: Client, clerk: Membership, found: dict[str, Mismatch]
) -> None:
    june = Upload.objects.get(collection__kind="stu_crs_comp", state=UploadState.CERTIFIED)
    withdraw(june.pk, by=clerk, at=LATER)
    compare()
    row = MismatchFactory.create(
        code="M-47",
        lea=june.lea,
        mosis_id=STUDENT,
        facts={name: found["M-49"].facts[name] for name in ("october", "report")},
    )
    text = page(client, "mismatch", row.pk)
    assert "Student Course Completion, a new row" in text
    post(client, "use_row", row.pk)
    assert aside() == [("stu_crs_comp", None)]
    assert "no trial can be made of it" in page(client, "rows")
    response = client.post(reverse("reconcile:rows_csv", args=[2027, "stu_crs_comp"]))
    (written,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (written["StateID"], written["GradeEarned"], written["EDSSN"]) == (STUDENT, "A", "")
    assert client.get(reverse("reconcile:trial_of_rows", args=[2027, "stu_crs_comp"])).status_code == 302


def test_the_pages_take_as_many_queries_whatever_is_put_aside(
    client: Client,
    clerk: Membership,
    found: dict[str, Mismatch],
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    def counted() -> list[int]:
        counts = []
        for address in ("reconcile:rows", "reconcile:of_district", "reconcile:use_many"):
            with django_assert_max_num_queries(40) as queries:
                assert client.get(reverse(address)).status_code == 200
            counts.append(len(queries))
        return counts

    actions.collect([found[CODE].pk, found["M-49"].pk], by=clerk, at=NOW)
    counted()
    few = counted()
    more = MismatchFactory.create_batch(12, code=CODE, lea=found[CODE].lea, facts=found[CODE].facts)
    actions.collect([row.pk for row in more], by=clerk, at=NOW)
    assert counted() == few
