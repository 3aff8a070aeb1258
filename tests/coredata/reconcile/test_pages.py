"""What a district reads of its mismatches, and does: lists, the page of one, answering several at once."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from coredata.models import StudentCourse
from coredata.reconcile import actions
from coredata.reconcile.cards import facts
from coredata.reconcile.models import Answer, AnswerKind, Mismatch, MismatchState
from enrollment.records.models import Disclosure
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.ui.words import long_day
from tests.factories.accounts import MembershipFactory
from tests.factories.coredata import ReportedEnrollmentFactory, UploadFactory
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.factories.part_time import CourseLineFactory
from tests.factories.reconcile import AnswerFactory, LeaRunFactory, MismatchFactory
from tests.factories.records import StudentFactory
from tests.sign_in import sign_in

from .pages import page

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 6, 16, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _in_november() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lea() -> Lea:
    found: Lea = LeaFactory.create(organization__name="Walnut Fork")
    return found


@pytest.fixture
def clerk(lea: Lea) -> Membership:
    hat: Membership = MembershipFactory.create(data_clerk=True, lea=lea)
    return hat


@pytest.fixture
def client(clerk: Membership) -> Client:
    return sign_in(Client(), clerk)


def card(client: Client, mismatch: Mismatch) -> str:
    return page(client, "mismatch", mismatch.pk)


# The list -----------------------------------------------------------------------------------------


def test_the_largest_cause_comes_first_and_in_it_the_students(client: Client, lea: Lea) -> None:
    MismatchFactory.create(lea=lea, code="M-07", mosis_id="1000000000")
    for mosis_id in ("3000000000", "2000000000"):
        MismatchFactory.create(lea=lea, code="M-20", mosis_id=mosis_id)
    MismatchFactory.create(code="M-20", mosis_id="4000000000")

    text = page(client, "of_district")

    assert "3 mismatches" in text
    order = [text.index(mosis_id) for mosis_id in ("2000000000", "3000000000", "1000000000")]
    assert order == sorted(order)
    by_cause = text[text.index("By cause") :]
    assert by_cause.index("Program code missing") < by_cause.index("No approval on file")
    assert "4000000000" not in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, {"open", "seen"}),
        ({"code": "M-20"}, {"seen"}),
        ({"family": "codes"}, {"seen"}),
        ({"severity": "W"}, {"open"}),
        ({"state": "acknowledged"}, {"seen"}),
        ({"state": "waived"}, {"waived"}),
        ({"state": "resolved"}, {"resolved"}),
        ({"state": "every"}, {"open", "seen", "waived", "resolved"}),
        ({"state": "handed_on"}, set()),
        ({"code": "M-00"}, {"open", "seen"}),
    ],
)
def test_the_address_says_which_are_listed(
    client: Client, lea: Lea, query: dict[str, str], shown: set[str]
) -> None:
    there = {
        "open": MismatchFactory.create(lea=lea, code="M-08"),
        "seen": MismatchFactory.create(lea=lea, code="M-20", state=MismatchState.ACKNOWLEDGED),
        "waived": MismatchFactory.create(lea=lea, code="M-08", waived=True),
        "resolved": MismatchFactory.create(lea=lea, code="M-08", resolved=True),
    }

    text = page(client, "of_district", **query)

    assert {name for name, row in there.items() if row.mosis_id in text} == shown


def test_a_code_that_says_nothing_to_districts_is_not_theirs(client: Client, lea: Lea) -> None:
    silent = MismatchFactory.create(lea=lea, code="M-93")

    assert silent.mosis_id not in page(client, "of_district", state="every")
    assert client.get(reverse("reconcile:mismatch", args=[silent.pk])).status_code == 404


def test_a_student_of_the_district_is_named(client: Client, lea: Lea) -> None:
    student = StudentFactory.create(school__lea=lea, first_name="Ada", last_name="Okafor")
    elsewhere = StudentFactory.create(first_name="Bo", last_name="Away")
    for mosis_id in (student.mosis_id, elsewhere.mosis_id):
        MismatchFactory.create(lea=lea, mosis_id=mosis_id)

    text = page(client, "of_district")

    assert "Okafor, Ada" in text
    assert "Away" not in text


def test_before_the_first_night_nothing_was_compared(client: Client) -> None:
    assert "Nothing was compared yet." in page(client, "of_district")


def test_when_nothing_is_open_all_agrees_and_says_on_which_files(client: Client, lea: Lea) -> None:
    file = UploadFactory.create(lea=lea, certified=True, name="students.csv")
    LeaRunFactory.create(lea=lea, students=file)
    LeaRunFactory.create()

    text = page(client, "of_district")

    assert "All agrees." in text
    assert "November 5, 2026 at 2:00" in text
    assert reverse("coredata:upload", args=[file.pk]) in text


def test_a_filter_that_leaves_nothing_says_so(client: Client, lea: Lea) -> None:
    MismatchFactory.create(lea=lea)

    assert "No mismatch is like this." in page(client, "of_district", code="M-20")


def test_a_fault_of_the_set_up_is_one_row_with_its_courses_inside(client: Client, lea: Lea) -> None:
    block = MismatchFactory.create(lea=lea, whole=True, code="M-05", facts={"number": 3})
    singles = MismatchFactory.create_batch(3, lea=lea)
    of_others = MismatchFactory.create()

    text, inside = page(client, "of_district"), card(client, block)

    assert "One mismatch" in text
    assert [single.mosis_id in text for single in singles] == [False] * 3
    assert "3 of your MOCAP courses are missing from your files together." in inside
    assert [single.mosis_id in inside for single in singles] == [True] * 3
    assert of_others.mosis_id not in inside
    assert singles[0].mosis_id in page(client, "of_district", code="M-01")


def test_the_lists_take_as_many_queries_whatever_there_is(
    client: Client, lea: Lea, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    provider = ProviderFactory.create()
    block = MismatchFactory.create(lea=lea, whole=True, code="M-05")
    LeaRunFactory.create(lea=lea)
    addresses = [reverse("reconcile:of_district"), reverse("reconcile:mismatch", args=[block.pk])]

    def counted() -> list[int]:
        counts = []
        for address in addresses:
            with django_assert_max_num_queries(40) as found:
                client.get(address)
            counts.append(len(found))
        return counts

    def more(count: int) -> None:
        for _number in range(count):
            student = StudentFactory.create(school__lea=lea)
            for code in ("M-01", "M-07", "M-20"):
                MismatchFactory.create(lea=lea, provider=provider, code=code, mosis_id=student.mosis_id)

    more(2)
    counted()
    few = counted()
    more(15)
    assert counted() == few


# One student, and the file -----------------------------------------------------------------------


def test_a_student_is_found_without_the_id_in_the_address(client: Client, lea: Lea) -> None:
    MismatchFactory.create(lea=lea, mosis_id="2000000000", resolved=True)
    MismatchFactory.create(mosis_id="3000000000")
    address = reverse("reconcile:student")

    assert "Not in October" in client.post(address, {"mosis_id": "2000000000"}).content.decode()
    assert "Nothing was ever found of 3000000000." in (
        client.post(address, {"mosis_id": "3000000000"}).content.decode()
    )
    assert "A MOSIS ID has ten digits" in client.post(address, {"mosis_id": "3"}).content.decode()
    assert "Not in October" not in client.get(address, {"mosis_id": "2000000000"}).content.decode()


@pytest.mark.rule("R-130")
def test_the_list_as_a_file_is_logged_for_each_student(client: Client, clerk: Membership, lea: Lea) -> None:
    student = StudentFactory.create(school__lea=lea)
    MismatchFactory.create(
        lea=lea, mosis_id=student.mosis_id, code="M-24", facts={"found": "=1+1", "expected": "50"}
    )
    MismatchFactory.create(lea=lea, code="M-07")

    response = client.post(f"{reverse('reconcile:download')}?code=M-24")

    (line,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (line["code"], line["mosis_id"], line["district"], line["severity"], line["open_since"]) == (
        "M-24",
        student.mosis_id,
        "Walnut Fork",
        "E",
        "2026-11-05",
    )
    assert line["what_is_wrong"] == "This course carries program code =1+1. MOCAP courses need 50."
    assert response["Cache-Control"] == "private, no-store"
    disclosure = Disclosure.objects.get()
    assert (disclosure.student, disclosure.recipient, disclosure.disclosed_by) == (
        student,
        clerk.organization,
        clerk,
    )
    assert client.get(reverse("reconcile:download")).status_code == 405


# The page of one ----------------------------------------------------------------------------------


def test_the_page_says_what_is_wrong_where_and_what_to_do(client: Client, lea: Lea) -> None:
    sections = UploadFactory.create(lea=lea, certified=True, name="courses.csv")
    LeaRunFactory.create(lea=lea, courses=sections)
    mismatch = MismatchFactory.create(
        lea=lea,
        code="M-24",
        cause="typo",
        facts={
            "expected": "50",
            "found": "02",
            "october": {"line": 7, "course_line": 3, "program": "02", "delivery": "V", "credits": "0.50"},
        },
    )

    text = card(client, mismatch)

    assert "This course carries program code 02. MOCAP courses need 50." in text
    assert "Set program code 50 on the section." in text
    assert "The code was mistyped." in text
    assert "Line 3 of Course Assignment" in text
    assert reverse("coredata:upload", args=[sections.pk]) in text
    assert "Thursday, November 5, 2026" in text
    assert "Student Assignment: due on" in text
    assert reverse("reconcile:kind", args=["M-24"]) in text


def test_of_another_district_s_row_only_the_claim_is_read(client: Client, lea: Lea) -> None:
    other = LeaFactory.create()
    line = CourseLineFactory.create(request__lea=other)
    mismatch = MismatchFactory.create(
        lea=lea,
        code="M-59",
        facts={
            "other": other.state_district_id,
            "line": line.pk,
            "october": {"line": 7771, "lea": other.pk, "program": "50"},
            "june": {"line": 7772, "lea": lea.pk, "grade": "B"},
        },
    )

    text = card(client, mismatch)

    assert f"District {other.state_district_id} also reports this full-time student." in text
    assert ["7771" in text, line.request.number in text, "7772" in text] == [False, False, True]


DAYS = [NOW - days * dt.timedelta(days=1) for days in (3, 2, 1)]


def compared(lea: Lea, at: dt.datetime) -> tuple[str, str]:
    """The LEA's files were compared at this moment; the addresses of its courses and of its June file."""
    files = UploadFactory.create_batch(2, lea=lea)
    LeaRunFactory.create(lea=lea, courses=files[0], june=files[1], finished_at=at)
    return reverse("coredata:upload", args=[files[0].pk]), reverse("coredata:upload", args=[files[1].pk])


def test_a_line_leads_to_the_file_in_which_it_stood(client: Client, lea: Lea) -> None:
    """Not to the newer one, by which the mismatch was resolved, nor to one that came after that."""
    first, second, third = [compared(lea, day) for day in DAYS]
    both = {"october": {"lea": lea.pk, "line": 7, "course_line": 3}, "june": {"lea": lea.pk, "line": 9}}
    mismatch = MismatchFactory.create(lea=lea, resolved=True, resolved_at=DAYS[1], facts=both)

    text = card(client, mismatch)
    assert [first[0] in text, first[1] in text] == [True, True]
    assert [address in text for address in (*second, *third)] == [False] * 4
    text = card(client, MismatchFactory.create(lea=lea, facts=both))
    assert [address in text for address in (*second, *third)] == [False, False, True, True]


def test_a_card_says_when_it_was_seen_last(lea: Lea) -> None:
    """Not by the run that found it gone, nor by another district's."""
    for day in DAYS:
        compared(lea, day)
    compared(LeaFactory.create(), NOW)
    hat = MembershipFactory.create(data_clerk=True, lea=lea)
    mismatches = [
        MismatchFactory.create(lea=LeaFactory.create()),
        MismatchFactory.create(lea=lea, resolved=True, resolved_at=DAYS[1]),
        MismatchFactory.create(lea=lea),
    ]
    rows = [{row["term"]: row["value"] for row in facts(one, hat, student="")} for one in mismatches]
    assert [row.get("Last seen") for row in rows] == [None, long_day(DAYS[0]), long_day(DAYS[2])]


def test_a_line_of_another_district_leads_to_that_district_s_file(client: Client, lea: Lea) -> None:
    """For whoever may open it; and to the file as it was when this mismatch was looked for."""
    other = LeaFactory.create()
    at_home, there = compared(lea, DAYS[1]), compared(other, DAYS[0])
    later = compared(other, DAYS[2])
    mismatch = MismatchFactory.create(
        lea=lea,
        code="M-20",
        facts={
            "expected": "50",
            "october": {"lea": other.pk, "line": 7, "course_line": 3},
            "june": {"lea": lea.pk, "line": 9},
        },
    )

    office = sign_in(Client(), MembershipFactory.create(dese_reviewer=True))
    text = card(office, mismatch)
    assert [there[0] in text, at_home[1] in text] == [True, True]
    assert [address in text for address in (at_home[0], there[1], *later)] == [False] * 4
    text = card(client, mismatch)
    assert [there[0] in text, at_home[1] in text] == [False, True]


def test_a_line_whose_file_the_reader_may_not_open_has_no_link(clerk: Membership) -> None:
    other = LeaFactory.create()
    theirs = compared(other, DAYS[0])
    mismatch = MismatchFactory.create(lea=other, facts={"october": {"line": 7, "course_line": 3}})

    def links(hat: Membership) -> dict[str, str]:
        return {row["term"]: row["url"] for row in facts(mismatch, hat, student="") if row["url"]}

    assert links(clerk) == {}
    assert links(MembershipFactory.create(dese_reviewer=True)) == {"Its section": theirs[0]}


def test_a_fact_that_is_missing_is_a_dash(client: Client, lea: Lea) -> None:
    assert "carries program code —." in card(client, MismatchFactory.create(lea=lea, code="M-24"))


def test_the_provider_s_row_is_one_click_away(client: Client, lea: Lea) -> None:
    reported = ReportedEnrollmentFactory.create(row__district_code=lea.state_district_id)
    mismatch = MismatchFactory.create(
        lea=lea,
        provider_only=True,
        provider=reported.provider,
        facts={"report": {"line": 9, "enrollment": reported.enrollment_id, "status": "active"}},
    )

    text = card(client, mismatch)

    assert "Line 9, status active" in text
    assert reverse("coredata:reported_enrollment", args=[reported.pk]) in text


@pytest.mark.rule("R-112")
def test_of_a_provider_s_student_the_state_s_questions_are_answered(client: Client, lea: Lea) -> None:
    mismatch = MismatchFactory.create(lea=lea, provider_only=True)

    nothing = card(client, mismatch)
    upload = UploadFactory.create(lea=lea, certified=True)
    StudentCourse.objects.create(
        lea=lea,
        school_year=mismatch.school_year,
        mosis_id=mismatch.mosis_id,
        course_code=mismatch.course_code,
        semester="S1",
        school_code="1050",
        program_code="50",
        delivery_system="",
        teachers=1,
        student_line=2,
        course_line=2,
        student_upload=upload,
        course_upload=upload,
    )
    badly_coded = card(client, mismatch)
    StudentCourse.objects.update(delivery_system="V")
    well_coded = card(client, mismatch)

    assert "No file of the district of this school year has the student." in nothing
    assert "There is no request for this student in this school year." in nothing
    assert "The course is not in the October files." in nothing
    assert "Yes: in the certified October files." in badly_coded
    assert "No: program code 50, delivery none. A MOCAP course has 50 or 52 with V or S." in badly_coded
    assert "Yes: program code 50, delivery V." in well_coded


def test_its_life_is_told_from_the_first_night(client: Client, lea: Lea, clerk: Membership) -> None:
    mismatch = MismatchFactory.create(lea=lea, provider_only=True)
    actions.answer(mismatch.pk, AnswerKind.HARMLESS, by=clerk, at=NOW, reason="Told by phone.")
    file = UploadFactory.create(lea=lea, certified=True, name="mended.csv")
    later = NOW + dt.timedelta(days=2)
    Mismatch.objects.filter(pk=mismatch.pk).update(
        state=MismatchState.RESOLVED,
        resolved_at=NOW + dt.timedelta(days=1),
        resolved_run=mismatch.first_run,
        resolved_by_upload=file,
    )
    Mismatch.objects.filter(pk=mismatch.pk).update(
        state=MismatchState.OPEN,
        resolved_at=None,
        resolved_run=None,
        resolved_by_upload=None,
        opened_at=later,
    )

    text = card(client, mismatch)
    history = text[text.index("What has happened") :]

    told = [
        "Found",
        "Known and harmless",
        "Told by phone.",
        "Resolved: the data agree",
        "By mended.csv",
        "Found again",
    ]
    assert [history.index(words) for words in told] == sorted(history.index(words) for words in told)


# Answering ----------------------------------------------------------------------------------------


def test_an_answer_is_given_and_taken_back_by_pages(client: Client, lea: Lea) -> None:
    mismatch = MismatchFactory.create(lea=lea, provider_only=True)
    address = reverse("reconcile:answer", args=[mismatch.pk, "ask"])

    assert "This field is required." in client.post(address, {"reason": ""}, follow=True).content.decode()
    for _time in range(2):
        answered = client.post(address, {"reason": "Which one?"}, follow=True).content.decode()

    given = Answer.objects.get()
    assert "Which one?" in answered
    back = reverse("reconcile:take_back", args=[given.pk])
    assert back in answered
    assert "Take back" in client.get(back).content.decode()
    for _time in range(2):
        client.post(back)
    assert Answer.objects.count() == 2
    mismatch.refresh_from_db()
    assert mismatch.state == MismatchState.OPEN


def test_a_refusal_stands_above_the_form(client: Client, lea: Lea) -> None:
    mismatch = MismatchFactory.create(lea=lea)

    text = client.post(reverse("reconcile:answer", args=[mismatch.pk, "denied"])).content.decode()

    assert "there is nobody to tell" in text


def test_an_answer_that_is_none_is_not_there(client: Client, lea: Lea) -> None:
    mismatch = MismatchFactory.create(lea=lea)

    assert client.get(reverse("reconcile:answer", args=[mismatch.pk, "undo"])).status_code == 404
    assert client.get(reverse("reconcile:answer_many", args=["undo"])).status_code == 404


def test_several_are_shown_answered_and_taken_back_together(client: Client, lea: Lea) -> None:
    ticked = MismatchFactory.create_batch(2, lea=lea, code="M-08")
    left = MismatchFactory.create(lea=lea, code="M-08")
    strange = MismatchFactory.create(code="M-08")
    address = reverse("reconcile:answer_many", args=["harmless"])

    preview = client.get(address, {"one": [row.pk for row in [*ticked, strange]]}).content.decode()
    ones = " ".join(str(row.pk) for row in ticked)
    assert f'value="{ones}"' in preview
    assert [row.mosis_id in preview for row in (*ticked, left, strange)] == [True, True, False, False]
    assert not Answer.objects.exists()

    sent = {"ones": f"{ones} {strange.pk}", "reason": "Our own courses."}
    done = client.post(address, sent, follow=True)
    text = done.content.decode()
    assert "2 are answered." in text
    assert set(Answer.objects.values_list("mismatch", flat=True)) == {row.pk for row in ticked}
    undo = reverse("reconcile:take_back_together", args=[Answer.objects.order_by("pk")[0].pk])
    assert undo in text

    assert "2 answers are taken back." in client.post(undo, follow=True).content.decode()
    assert "0 answers are taken back." in client.post(undo, follow=True).content.decode()
    assert set(Mismatch.objects.values_list("state", flat=True)) == {MismatchState.OPEN}


def test_the_whole_list_is_answered_as_the_filters_cut_it(client: Client, lea: Lea) -> None:
    MismatchFactory.create_batch(2, lea=lea, code="M-08")
    other = MismatchFactory.create(lea=lea, code="M-20")

    preview = client.get(reverse("reconcile:answer_many", args=["seen"]), {"code": "M-08"}).content.decode()

    assert "2 mismatches get this answer." in preview
    assert other.mosis_id not in preview


def test_what_cannot_be_answered_so_is_passed_over(client: Client, lea: Lea) -> None:
    with_provider = MismatchFactory.create(lea=lea, provider_only=True)
    without = MismatchFactory.create(lea=lea)
    address = reverse("reconcile:answer_many", args=["denied"])

    both = client.get(address, {"one": [with_provider.pk, without.pk]}).content.decode()
    none = client.get(address, {"one": [without.pk]}, follow=True).content.decode()

    assert "One other cannot be answered so and is left as it is." in both
    assert "None of those can be answered so." in none


def test_another_district_s_answer_is_not_there(client: Client) -> None:
    given = AnswerFactory.create()

    for name in ("take_back", "take_back_together"):
        assert client.get(reverse(f"reconcile:{name}", args=[given.pk])).status_code == 404
