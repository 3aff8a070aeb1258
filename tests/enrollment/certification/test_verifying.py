"""Number and code of a letter tell whether its facts still stand, and nobody's name (R-154)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from allauth.core import ratelimit
from django.test import Client, RequestFactory

from enrollment.certification.models import Certification, LetterRequest
from enrollment.certification.verifying import Change, changes, find
from enrollment.full_time.models import Program, ProgramEnrollment, Schedule
from enrollment.part_time.models import CourseLine
from enrollment.records.models import Student
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import CODE, CertificationFactory
from tests.factories.directory import SchoolYearFactory
from tests.factories.full_time import ScheduledCourseFactory, ScheduleFactory
from tests.personal_data import assert_no_personal_data

from .kit import asked, combined, enrolled, issue

pytestmark = pytest.mark.django_db

LATER = dt.date(2027, 3, 30)
PAGE = "/attendance-letters/verify/"


@pytest.fixture(autouse=True)
def _no_tries_yet() -> None:
    ratelimit.clear(RequestFactory().post(PAGE), action="check_letter")


@pytest.fixture
def letter() -> Certification:
    certification: Certification = CertificationFactory.create(request__enrollment=enrolled())
    return certification


def again(letter: Certification) -> Certification:
    found = find(letter.request.number, CODE)
    assert found == letter
    return found


def test_the_number_is_read_as_people_write_it(letter: Certification) -> None:
    for number in (letter.request.number, f" al {letter.request_id} ", f"al-{letter.request_id:06d}"):
        assert find(number, CODE.lower()) == letter
    for number, code in (
        (letter.request.number, "ABCD-EFGH-JKMM"),
        ("AL-999999", CODE),
        ("", CODE),
        (f"PT-{letter.request_id:06d}", CODE),
        (letter.request.number, ""),
    ):
        assert find(number, code) is None


@pytest.mark.rule("R-154")
def test_time_alone_changes_no_fact(letter: Certification) -> None:
    for day in (dt.date(2027, 2, 2), LATER, dt.date(2027, 7, 15)):
        assert changes(again(letter), on=day) == []


def test_a_next_school_year_with_the_same_hours_changes_nothing(letter: Certification) -> None:
    schedule = ScheduleFactory.create(
        enrollment=letter.request.enrollment,
        school_year=SchoolYearFactory.create(year=2028),
        valid_from=dt.date(2027, 8, 20),
        made_by=letter.issued_by,
    )
    ScheduledCourseFactory.create_batch(6, schedule=schedule, ends_on=dt.date(2028, 5, 20))
    assert changes(again(letter), on=dt.date(2027, 9, 15)) == []


def stop(**changes: Any) -> None:
    ProgramEnrollment.objects.update(
        **{
            "state": "withdrawn",
            "ended_on": dt.date(2027, 3, 26),
            "ended_at": dt.datetime(2027, 3, 26, 15, tzinfo=dt.UTC),
            "ended_by": MembershipFactory.create(host_staff=True),
            "end_reason": "Moved away.",
        }
        | changes
    )


def fewer_courses() -> None:
    """A new version from March on."""
    schedule = Schedule.objects.get()
    Schedule.objects.update(valid_to=dt.date(2027, 2, 28))
    newer = ScheduleFactory.create(
        enrollment=schedule.enrollment,
        version=2,
        change="Works in the morning.",
        valid_from=dt.date(2027, 3, 1),
    )
    ScheduledCourseFactory.create_batch(3, schedule=newer)


def corrected_backwards() -> None:
    Schedule.objects.get().courses.first().delete()


@pytest.mark.rule("R-154")
@pytest.mark.parametrize(
    ("happen", "found"),
    [
        (stop, [Change.LEFT]),
        (lambda: stop(state="graduated"), [Change.LEFT]),
        (fewer_courses, [Change.SCHEDULE]),
        (corrected_backwards, [Change.SCHEDULE]),
        (lambda: Program.objects.update(is_correspondence=True), [Change.SCHEDULE, Change.PROGRAM]),
        (lambda: Program.objects.update(attendance_method="Once a week."), [Change.PROGRAM]),
        (lambda: Student.objects.update(last_name="Renamed"), [Change.PERSON]),
        (lambda: Student.objects.update(birth_date=dt.date(2011, 3, 10)), [Change.PERSON]),
        (lambda: ProgramEnrollment.objects.update(starts_on=dt.date(2027, 1, 11)), [Change.DATES]),
    ],
)
def test_what_changed_is_told_by_its_kind(
    letter: Certification, happen: Callable[[], None], found: list[Change]
) -> None:
    happen()
    assert changes(again(letter), on=LATER) == found


def test_a_last_day_that_was_corrected_is_told() -> None:
    enrollment = enrolled()
    stop()
    letter = CertificationFactory.create(
        request__enrollment=ProgramEnrollment.objects.get(pk=enrollment.pk),
        issued_at=dt.datetime(2027, 4, 1, 15, tzinfo=dt.UTC),
    )
    assert changes(again(letter), on=dt.date(2027, 4, 5)) == []
    stop(ended_on=dt.date(2027, 3, 25))
    assert changes(again(letter), on=dt.date(2027, 4, 5)) == [Change.DATES]


def test_combined_study_stands_while_its_courses_run() -> None:
    certification = issue(combined())
    assert changes(Certification.objects.get(), on=LATER) == []
    CourseLine.objects.update(state="withdrawn", ended_on=dt.date(2027, 3, 1))
    assert changes(Certification.objects.get(pk=certification.pk), on=LATER) == [Change.LEFT, Change.SCHEDULE]


# The page -------------------------------------------------------------------------------------------


def answer(client: Client, number: str, code: str = CODE) -> str:
    response = client.post(PAGE, {"number": number, "code": code})
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.rule("R-154")
def test_the_page_answers_anybody_and_names_nobody(
    client: Client, letter: Certification, time_machine: Any
) -> None:
    time_machine.move_to(dt.datetime(2027, 3, 30, 15, tzinfo=dt.UTC))
    text = answer(client, letter.request.number)
    assert "This letter is genuine, issued on" in text
    assert "Tuesday, February 2, 2027" in text
    assert "Its facts still stood" in text
    assert_no_personal_data(text, about=letter.request.student)
    stop()
    text = answer(client, letter.request.number)
    assert "Its facts have changed since." in text
    assert "The student no longer attends." in text
    assert_no_personal_data(text, about=letter.request.student)


@pytest.mark.rule("R-154")
def test_an_unknown_number_and_a_wrong_code_get_the_same_answer(
    client: Client, letter: Certification
) -> None:
    def without_what_was_typed(text: str, *typed: str) -> str:
        for word in typed:
            text = text.replace(word, "")
        return text.partition("<main")[2].partition("csrfmiddlewaretoken")[0]

    unknown = answer(client, "AL-999999")
    wrong = answer(client, letter.request.number, "AAAA-AAAA-AAAA")
    assert "No letter has this number and this code." in unknown
    assert without_what_was_typed(unknown) == without_what_was_typed(wrong)


def test_a_letter_that_was_not_issued_is_unknown(client: Client) -> None:
    assert "No letter has this number" in answer(client, asked().number)
    assert LetterRequest.objects.count() == 1


def test_the_code_stands_in_no_address(client: Client, letter: Certification) -> None:
    response = client.get(PAGE, {"number": letter.request.number, "code": CODE})
    assert "This letter is genuine" not in response.content.decode()
    assert "no-store" in response.headers["Cache-Control"]


def test_guessing_ends_after_twenty_tries(client: Client, letter: Certification) -> None:
    for _time in range(20):
        answer(client, letter.request.number, "AAAA-AAAA-AAAA")
    response = client.post(PAGE, {"number": letter.request.number, "code": CODE})
    assert response.status_code == 429
