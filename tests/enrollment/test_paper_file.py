"""A file of decisions on paper: what it becomes, what is wrong with it, and that it may come twice."""

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time import actions, paper_file
from enrollment.part_time.actions.paper_decision import FROM_ENTRY
from enrollment.part_time.actions.paper_import import PaperImport, import_paper_decisions
from enrollment.part_time.models import (
    Channel,
    CourseLine,
    CourseRequest,
    Decision,
    DecisionChannel,
    LineState,
    RequestState,
    Unfinished,
)
from enrollment.part_time.tasks import chase_requests
from enrollment.records.models import Claim, ClaimState, Relationship
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import School
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.foundation.shared.calendar import CENTRAL, central_date
from mocap_portal.foundation.shared.tabular import UnreadableFile
from providers.models import Course
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import ClaimFactory, GuardianFactory, StudentFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)  # a Friday
EXPLANATION = "The student has failed two virtual courses in a row and asks for a teacher in the room."
BORN = dt.date(2011, 4, 9)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def school() -> School:
    school: School = SchoolFactory.create(state_school_id="1050")
    TermFactory.create()
    for code in ("ALG2-A", "BIO1-A"):
        CourseFactory.create(provider__code=f"P-{code}", provider_course_code=code)
    return school


@pytest.fixture
def coordinator(school: School) -> Membership:
    hat: Membership = MembershipFactory.create(coordinator=True, lea=school.lea)
    return hat


@pytest.fixture
def client(coordinator: Membership) -> Client:
    return sign_in(Client(), coordinator)


ALGEBRA = {
    "student_first_name": "Robin",
    "student_last_name": "Rivers",
    "birth_date": BORN.isoformat(),
    "grade": "10",
    "state_school_id": "1050",
    "mosis_id": "",
    "asked_by": "Pat Rivers",
    "relationship": "mother",
    "phone": "573-555-0100",
    "email": "",
    "received_on": "2026-11-02",
    "term": "2027-S2",
    "provider_code": "P-ALG2-A",
    "provider_course_code": "ALG2-A",
    "structure": "A",
    "in_person_courses": "4",
    "outcome": "approved",
    "decided_on": "2026-11-10",
    "decided_by": "Dana Dean, principal",
    "explanation": "",
    "paper_reference": "File 12",
}
BIOLOGY = ALGEBRA | {
    "provider_code": "P-BIO1-A",
    "provider_course_code": "BIO1-A",
    "outcome": "denied",
    "explanation": EXPLANATION,
}
SISTER = ALGEBRA | {"student_first_name": "Rowan"}


def file(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def stored(by: Membership, *rows: dict[str, str]) -> PaperImport:
    return import_paper_decisions(file(*rows), by=by, at=NOW)


def told(result: PaperImport) -> list[tuple[int | None, str | None, str]]:
    return [(problem.row, problem.column, problem.message) for problem in result.problems]


def counts(result: PaperImport) -> tuple[int, int, int, int]:
    return (result.requests, result.decisions, result.there, len(result.problems))


# What a good file becomes -------------------------------------------------------------------------


def test_rows_of_a_student_and_day_are_one_request(coordinator: Membership) -> None:
    assert counts(stored(coordinator, ALGEBRA, BIOLOGY, SISTER)) == (2, 3, 0, 0)
    request = CourseRequest.objects.get(claim__first_name="Robin")
    noon = dt.datetime(2026, 11, 2, 12, tzinfo=CENTRAL)
    assert (request.channel, request.entered_by, request.submitted_at) == (Channel.PAPER, coordinator, noon)
    assert (request.state, request.signed_name, request.in_person_courses) == (
        RequestState.DECIDED,
        "Pat Rivers",
        4,
    )
    assert request.clock is not None
    assert request.clock.stopped_at == dt.datetime(2026, 11, 10, 12, tzinfo=CENTRAL)
    lines = request.lines.order_by("position").select_related("decision", "registration_clock")
    algebra, biology = lines
    assert (algebra.state, biology.state) == (LineState.APPROVED, LineState.DENIED)
    assert (biology.decision.explanation, biology.decision.paper_reference) == (EXPLANATION, "File 12")
    assert {line.decision.channel for line in lines} == {DecisionChannel.PAPER}
    assert algebra.decision.decided_by_name == "Dana Dean, principal"
    assert algebra.decision.decided_at == dt.datetime(2026, 11, 10, 12, tzinfo=CENTRAL)
    assert request.claim.state == ClaimState.TYPED
    assert request.claim.how_to_reach == ["573-555-0100"]
    assert not Notice.objects.exists()  # nobody has to review it, and nobody of the family has an account


@pytest.mark.rule("R-18")
def test_what_was_decided_in_august_is_not_late_in_the_night_it_comes(
    coordinator: Membership,
) -> None:
    MembershipFactory.create(dese_reviewer=True)
    august = ALGEBRA | {"received_on": "2026-08-20", "decided_on": "2026-08-28"}
    yesterday = SISTER | {"decided_on": "2026-11-19"}
    assert counts(stored(coordinator, august, yesterday)) == (2, 2, 0, 0)
    lines = CourseLine.objects.order_by("decision__decided_at").select_related(
        "decision", "registration_clock"
    )
    assert [
        (
            central_date(line.decision.decided_at),
            line.registration_clock.due_on,
            line.registration_clock.source,
        )
        for line in lines
    ] == [
        (dt.date(2026, 8, 28), dt.date(2026, 11, 25), FROM_ENTRY),
        (dt.date(2026, 11, 19), dt.date(2026, 11, 24), "A-04"),
    ]
    for day in ("2026-11-20", "2026-11-21"):
        chase_requests(day)
    assert not DigestItem.objects.filter(urgent=True).exists()
    chase_requests("2026-11-26")
    assert DigestItem.objects.filter(day="2026-11-26", urgent=True, user=coordinator.user).count() == 2
    # What the family and the district read stays: it was asked for and decided in August.
    request = lines[0].request
    assert request.submitted_at is not None and request.clock is not None
    assert (central_date(request.submitted_at), request.clock.stopped_at) == (
        dt.date(2026, 8, 20),
        lines[0].decision.decided_at,
    )


def test_a_known_mosis_id_links_the_student(coordinator: Membership, school: School) -> None:
    student = StudentFactory.create(school=school, birth_date=BORN, first_name="Robin", last_name="Brooks")
    mother = GuardianFactory.create(student=student).user
    row = ALGEBRA | {"mosis_id": student.mosis_id or ""}
    assert counts(stored(coordinator, row)) == (1, 1, 0, 0)
    claim = Claim.objects.get()
    assert (claim.state, claim.student, claim.last_name) == (ClaimState.CONFIRMED, student, "Brooks")
    assert [notice.user for notice in Notice.objects.all()] == [mother]
    assert counts(stored(coordinator, row)) == (0, 0, 1, 0)  # the record has another name than the row


def test_an_unknown_mosis_id_and_one_of_another_district_leave_the_child_to_be_confirmed(
    coordinator: Membership,
) -> None:
    elsewhere = StudentFactory.create(birth_date=BORN)
    for number in ("9999999999", elsewhere.mosis_id or ""):
        row = ALGEBRA | {"mosis_id": number, "student_first_name": f"Robin {number}"}
        assert counts(stored(coordinator, row)) == (1, 1, 0, 0)
    assert {claim.state for claim in Claim.objects.all()} == {ClaimState.TYPED}


def test_other_ways_of_writing_the_same(coordinator: Membership) -> None:
    row = ALGEBRA | {"relationship": "Mother", "term": "2027-s2", "structure": "a", "outcome": "APPROVED"}
    spelled = {name.upper().replace("_", " "): value for name, value in row.items()}
    assert counts(stored(coordinator, spelled)) == (1, 1, 0, 0)
    assert Claim.objects.get().relationship == Relationship.MOTHER


def test_two_papers_of_one_request(coordinator: Membership) -> None:
    stored(coordinator, ALGEBRA, BIOLOGY | {"decided_on": "2026-11-12", "paper_reference": "File 13"})
    request = CourseRequest.objects.get()
    assert set(Decision.objects.values_list("paper_reference", flat=True)) == {"File 12", "File 13"}
    assert request.clock is not None
    assert request.clock.stopped_at == dt.datetime(2026, 11, 12, 12, tzinfo=CENTRAL)


def test_the_same_file_twice_changes_nothing(coordinator: Membership) -> None:
    stored(coordinator, ALGEBRA, BIOLOGY, SISTER)
    assert counts(stored(coordinator, ALGEBRA, BIOLOGY, SISTER)) == (0, 0, 3, 0)
    assert (CourseRequest.objects.count(), Decision.objects.count(), Claim.objects.count()) == (2, 3, 2)


def test_what_a_colleague_stored_since_the_file_was_read_is_there_already(coordinator: Membership) -> None:
    read = paper_file.read

    def meanwhile(data: bytes, **arguments: Any) -> paper_file.PaperFile:
        found = read(data, **arguments)
        with patch("enrollment.part_time.paper_file.read", read):
            stored(coordinator, ALGEBRA)
        return found

    with patch("enrollment.part_time.paper_file.read", meanwhile):
        result = stored(coordinator, ALGEBRA)
    assert counts(result) == (0, 0, 1, 0)
    assert CourseRequest.objects.count() == 1


def test_whoever_is_interrupted_sends_the_file_again(coordinator: Membership) -> None:
    """Killed in the middle of the second request: the first is whole, of the second there is nothing."""
    original = actions.record_paper_decision
    calls: list[int] = []

    def killed(request_id: int, *args: Any, **more: Any) -> list[Decision]:
        calls.append(request_id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return original(request_id, *args, **more)

    with (
        patch("enrollment.part_time.actions.paper_import.record_paper_decision", killed),
        pytest.raises(KeyboardInterrupt),
    ):
        stored(coordinator, ALGEBRA, SISTER)
    assert (CourseRequest.objects.count(), Decision.objects.count(), Claim.objects.count()) == (1, 1, 1)
    assert counts(stored(coordinator, ALGEBRA, SISTER)) == (1, 1, 1, 0)


# What is wrong with a file ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "column", "message"),
    [
        ({"student_first_name": ""}, "student_first_name", "This is empty."),
        ({"student_last_name": "R" * 61}, "student_last_name", "This has 61 characters; 60 fit."),
        ({"birth_date": "4/9/2011"}, "birth_date", "This is not a date."),
        ({"birth_date": "2005-11-02"}, "birth_date", "MOCAP courses are for students under 21 years of age."),
        ({"grade": "13"}, "grade", "This is not a grade."),
        ({"state_school_id": "9999"}, "state_school_id", "This is not one of the values known here."),
        ({"mosis_id": "123"}, "mosis_id", "A MOSIS ID has ten digits, leading zeros included."),
        ({"asked_by": ""}, "asked_by", "This is empty."),
        ({"relationship": "aunt"}, "relationship", "This is not one of the values known here."),
        ({"phone": ""}, "phone", "Nobody can be reached."),
        ({"email": "pat"}, "email", "This is not an e-mail address."),
        (
            {"received_on": "2026-11-21", "decided_on": "2026-11-21"},
            "received_on",
            "This day is in the future.",
        ),
        ({"term": "2027-SU"}, "term", "This is not one of the values known here."),
        (
            {"provider_course_code": "NONE"},
            "provider_course_code",
            "No such course was on offer for this term on the day of receipt.",
        ),
        ({"structure": "C"}, "structure", "This is not one of the values known here."),
        ({"in_person_courses": "13"}, "in_person_courses", "This is not a number of courses."),
        ({"outcome": "maybe"}, "outcome", "This is not one of the values known here."),
        ({"decided_on": "2026-11-01"}, "decided_on", "The decision is older than the request."),
        ({"decided_by": ""}, "decided_by", "This is empty."),
        ({"paper_reference": ""}, "paper_reference", "This is empty."),
        (
            {"outcome": "denied", "explanation": "No."},
            "explanation",
            "Explain in at least 40 characters why this course is not in the student's best educational interest.",
        ),
    ],
)
def test_a_wrong_value(changes: dict[str, str], column: str, message: str, coordinator: Membership) -> None:
    result = stored(coordinator, ALGEBRA | changes)
    assert (2, column, message) in told(result)
    [problem] = [problem for problem in result.problems if problem.column == column]
    assert problem.value == (ALGEBRA | changes)[column]
    assert problem.remedy
    assert not CourseRequest.objects.exists()


def test_a_mosis_id_of_another_child(coordinator: Membership, school: School) -> None:
    student = StudentFactory.create(school=school)
    result = stored(coordinator, ALGEBRA | {"mosis_id": student.mosis_id or ""})
    assert told(result) == [(2, "mosis_id", "The student with this MOSIS ID has another birth date.")]


@pytest.mark.rule("R-134")
def test_a_child_of_ones_own_is_left_to_a_colleague(coordinator: Membership) -> None:
    ClaimFactory.create(
        claimant=coordinator.user, first_name="ROBIN", last_name="Rivers", birth_date=BORN, unsent=True
    )
    assert told(stored(coordinator, ALGEBRA)) == [(2, None, "This is about a child of your own.")]


def test_a_request_is_stored_whole_or_not_at_all(coordinator: Membership) -> None:
    result = stored(coordinator, ALGEBRA, BIOLOGY | {"outcome": "maybe"}, SISTER)
    assert counts(result)[:3] == (1, 1, 0)
    assert told(result) == [
        (2, None, "Line 3 of the same student is wrong, so this row was left out too."),
        (3, "outcome", "This is not one of the values known here."),
    ]
    assert CourseRequest.objects.get().claim.first_name == "Rowan"


def test_a_row_that_cannot_be_placed_holds_back_its_student(coordinator: Membership) -> None:
    result = stored(coordinator, ALGEBRA, BIOLOGY | {"received_on": "soon"})
    assert counts(result)[:3] == (0, 0, 0)
    assert (2, None, "Line 3 of the same student is wrong, so this row was left out too.") in told(result)


def test_rows_of_a_request_agree(coordinator: Membership) -> None:
    result = stored(coordinator, ALGEBRA, BIOLOGY | {"in_person_courses": "5"})
    assert (3, "in_person_courses", "Line 2 of the same request says otherwise.") in told(result)
    assert (3, "provider_course_code", "Line 2 has this course already.") in told(
        stored(coordinator, ALGEBRA, ALGEBRA)
    )
    assert not CourseRequest.objects.exists()


def test_what_is_stored_otherwise_is_not_stored_again(coordinator: Membership) -> None:
    stored(coordinator, ALGEBRA)
    number = CourseRequest.objects.get().number
    other = f"Request {number} has another decision about this course."
    denied = ALGEBRA | {"outcome": "denied", "explanation": EXPLANATION}
    assert told(stored(coordinator, denied)) == [(2, "outcome", other)]
    assert told(stored(coordinator, ALGEBRA | {"decided_on": "2026-11-12"})) == [(2, "outcome", other)]


def test_what_the_family_asked_for_here_is_decided_there(coordinator: Membership, school: School) -> None:
    request = CourseRequestFactory.create(
        submitted=True,
        term=TermFactory.create(),
        claim__school=school,
        claim__first_name="robin",
        claim__last_name="Rivers",
        claim__birth_date=BORN,
    )
    line = CourseLineFactory.create(request=request, course=Course.objects.get(provider_course_code="ALG2-A"))
    assert told(stored(coordinator, ALGEBRA)) == [
        (2, "provider_course_code", f"Request {request.number} already asks for this course.")
    ]
    CourseLine.objects.filter(pk=line.pk).update(state=LineState.CANCELLED)
    assert counts(stored(coordinator, ALGEBRA)) == (1, 1, 0, 0)


@pytest.mark.rule("R-141")
@pytest.mark.parametrize(
    "row",
    [
        ALGEBRA | {"SSN": ""},
        ALGEBRA | {"Student Social Security No.": "1"},
        ALGEBRA | {"number": "123-45-6789"},
        ALGEBRA | {"explanation": "His number is 123-45-6789."},
    ],
)
def test_a_file_with_social_security_numbers_is_not_read(
    row: dict[str, str], coordinator: Membership
) -> None:
    with pytest.raises(UnreadableFile, match="Social Security numbers"):
        stored(coordinator, row)
    assert not CourseRequest.objects.exists()


def test_a_file_that_cannot_be_used_says_why(coordinator: Membership) -> None:
    for data, sentence in (
        (b"", "The file is empty."),
        (b"a,b\n1,2\n", "The header lacks these columns:"),
        (b"\xff\xfe", "Line 1 is not UTF-8 text."),
    ):
        with pytest.raises(UnreadableFile, match=sentence):
            import_paper_decisions(data, by=coordinator, at=NOW)
    with pytest.raises(UnreadableFile, match="This file has 2 rows; 1 are read at once"):
        import_paper_decisions(file(ALGEBRA, SISTER), by=coordinator, at=NOW, most_rows=1)


@pytest.mark.parametrize("children", [2, 40])
def test_reading_asks_as_often_for_many_rows(
    children: int, coordinator: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rows = [ALGEBRA | {"student_first_name": f"Child {number}"} for number in range(children)]
    data = file(*rows)
    with django_assert_num_queries(READ_QUERIES):
        read = paper_file.read(data, by=coordinator, at=NOW)
    assert read.new == children


READ_QUERIES = 8


# The pages ----------------------------------------------------------------------------------------


def upload(data: bytes) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("papers.csv", data, content_type="text/csv")}


def send(client: Client, *rows: dict[str, str]) -> str:
    """Sends a file; the address of what it would do."""
    response = client.post(reverse("part_time:import_papers"), upload(file(*rows)))
    assert response.status_code == 302
    return str(response.headers["Location"])


def test_a_file_is_looked_at_before_it_is_stored(client: Client) -> None:
    wrong = SISTER | {"outcome": "maybe"}
    page = send(client, ALGEBRA, BIOLOGY, wrong)
    response = client.get(page)
    read = response.context["file"]
    assert (read.new, len(read.requests), read.there, read.wrong) == (2, 1, 0, 1)
    assert "Store 2 decisions" in response.content.decode()
    assert not CourseRequest.objects.exists()
    assert client.post(page).headers["Location"] == page
    assert Decision.objects.count() == 2
    after = client.get(page).context["file"]
    assert (after.new, after.there, after.wrong) == (0, 2, 1)
    client.post(page, {"discard": "1"})
    assert not Unfinished.objects.exists()
    assert Decision.objects.count() == 2


def test_a_stored_file_is_not_kept(client: Client) -> None:
    page = send(client, ALGEBRA)
    assert client.post(page).headers["Location"] == reverse("part_time:inbox")
    assert not Unfinished.objects.exists()
    assert client.post(page).status_code == 404  # a second click


def test_columns_that_nobody_asked_for_are_not_kept(client: Client) -> None:
    address = "12 Main Street\nApt 3"
    send(client, {"lunch": address, **ALGEBRA}, {"lunch": "free", **BIOLOGY, "outcome": "maybe"})
    text = Unfinished.objects.get().answers["text"]
    assert "Main Street" not in text and "free" not in text and "lunch" in text
    problems = client.get(reverse("part_time:import_preview", args=[Unfinished.objects.get().pk]))
    assert [problem.row for problem in problems.context["file"].problems] == [
        2,
        4,
    ]  # as in the file that was sent


def test_wrong_rows_are_given_back_without_formulas(client: Client) -> None:
    asked_by = '=HYPERLINK("http://example.org")'
    page = send(client, ALGEBRA | {"asked_by": asked_by, "outcome": "maybe"}, SISTER)
    response = client.get(f"{page}problems.csv")
    assert response.headers["Content-Disposition"] == 'attachment; filename="paper-decisions-to-mend.csv"'
    [row] = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert row["asked_by"] == f"'{asked_by}"
    assert row["Errors"] == (
        "outcome: This is not one of the values known here. Write one of: approved, denied."
    )
    mended = row | {"outcome": "approved"}
    client.post(send(client, mended))
    assert Claim.objects.get(first_name="Robin").asker_name == asked_by  # the apostrophe is gone again


def test_the_example_is_a_file_that_can_be_sent(client: Client, coordinator: Membership) -> None:
    data = client.get(reverse("part_time:paper_template")).content
    CourseFactory.create(provider__code="PRA", provider_course_code="ALG2-A")
    biology = CourseFactory.create(
        provider=Course.objects.latest("pk").provider, provider_course_code="BIO1-A"
    )
    result = import_paper_decisions(data, by=coordinator, at=NOW)
    assert counts(result) == (1, 2, 0, 0)
    assert CourseLine.objects.get(course=biology).state == LineState.DENIED


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"x" * (paper_file.MOST_BYTES + 1), "This file is larger than 1 MB. Send it in parts."),
        (b"\x89PNG\r\n\x1a\n", "Line 1 is not UTF-8 text. Save the file as “CSV UTF-8” and send it again."),
        (
            file(*[ALGEBRA] * (paper_file.MOST_ROWS + 1)),
            "This file has 501 rows; 500 are read at once. Send it in parts.",
        ),
    ],
    ids=["empty", "too large", "a picture", "too many rows"],
)
def test_a_file_that_is_none_is_refused_and_not_kept(data: bytes, sentence: str, client: Client) -> None:
    response = client.post(reverse("part_time:import_papers"), upload(data))
    assert response.context["form"].errors == {"file": [sentence]}
    assert not Unfinished.objects.exists()


def test_a_file_of_a_colleague_is_not_found(client: Client, school: School) -> None:
    page = send(client, ALGEBRA)
    colleague = sign_in(Client(), MembershipFactory.create(coordinator=True, lea=school.lea))
    assert {colleague.get(address).status_code for address in (page, f"{page}problems.csv")} == {404}


def test_columns_are_explained_on_the_page_and_in_the_papers() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "paper-decisions.md").read_text(encoding="utf-8")
    documented = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert documented == list(paper_file.COLUMNS) == [column["name"] for column in paper_file.explained()]
    assert set(paper_file.COLUMNS) == {*paper_file.REQUIRED, *paper_file.OPTIONAL}


# The command --------------------------------------------------------------------------------------


def run(path: Path, by: Membership, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str, str]:
    code = 0
    assert by.organization is not None
    lea = by.organization.lea.state_district_id
    try:
        call_command("import_paper_decisions", str(path), "--lea", lea, "--by", by.user.email, *more)
    except SystemExit as end:
        code = int(end.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_stores_and_prints_one_object(
    tmp_path: Path, coordinator: Membership, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "papers.csv"
    path.write_bytes(file(ALGEBRA, BIOLOGY, SISTER | {"asked_by": "P" * 121}))
    code, out, err = run(path, coordinator, capsys, "--json")
    assert json.loads(out) == {
        "requests": 1,
        "decisions": 2,
        "already_there": 0,
        "errors": [
            {
                "row": 4,
                "column": "asked_by",
                "value": None,  # who asked does not reach a log
                "message": "This has 121 characters; 120 fit.",
                "remedy": "Shorten it.",
            }
        ],
    }
    assert (code, err.strip()) == (1, "Rows with problems were left out. The others are stored.")
    path.write_bytes(file(ALGEBRA, BIOLOGY))
    assert run(path, coordinator, capsys) == (
        0,
        "0 requests with 0 decisions stored, 2 rows already there, 0 problems.\n",
        "",
    )


def test_the_command_says_what_it_cannot_use(
    tmp_path: Path, coordinator: Membership, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "missing.csv"
    code, out, _err = run(missing, coordinator, capsys, "--json")
    assert code == 2
    assert [error["message"] for error in json.loads(out)["errors"]] == [
        f"The file {missing} cannot be read."
    ]
    path = tmp_path / "papers.csv"
    path.write_bytes(file(ALGEBRA | {"ssn": ""}))
    assert run(path, coordinator, capsys)[0] == 2
    counselor = MembershipFactory.create(counselor=True, organization=coordinator.organization)
    path.write_bytes(file(ALGEBRA))
    code, _out, err = run(path, counselor, capsys)
    assert (code, err.strip()) == (64, "This person is no MOCAP coordinator of the district.")
    with pytest.raises(SystemExit) as end:
        call_command("import_paper_decisions", str(path), "--lea", "000000x", "--by", "x@example.org")
    assert end.value.code == 64
    assert not CourseRequest.objects.exists()
