"""The district corrects what it keeps of a student."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.records import actions
from enrollment.records.models import Student
from mocap_portal.foundation.accounts.models import Membership
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory
from tests.factories.part_time import CourseRequestFactory
from tests.factories.records import ClaimFactory, GuardianFactory, StudentFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 6, 18, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def student() -> Student:
    row: Student = StudentFactory.create(
        first_name="Robin", last_name="Reyes", birth_date=dt.date(2011, 3, 9), grade=9, mosis_id="0123456789"
    )
    return row


@pytest.fixture
def clerk(student: Student) -> Membership:
    hat: Membership = MembershipFactory.create(data_clerk=True, lea=student.lea)
    return hat


def right(student: Student, **changes: Any) -> dict[str, Any]:
    kept = {
        name: getattr(student, name)
        for name in ("first_name", "last_name", "birth_date", "grade", "school_id")
    }
    return kept | changes


def test_what_is_wrong_is_corrected_and_the_history_says_who_did(student: Student, clerk: Membership) -> None:
    other = SchoolFactory.create(lea=student.lea)
    claim = ClaimFactory.create(
        school=student.school, student=student, confirmed=True, grade=9, first_name="Robin"
    )
    new = {"first_name": " Robyn ", "birth_date": dt.date(2011, 3, 19), "grade": 10, "school_id": other.pk}
    actions.correct_student(student.pk, by=clerk, **right(student, **new))
    student.refresh_from_db()
    assert (student.first_name, student.last_name, student.grade) == ("Robyn", "Reyes", 10)
    assert (student.birth_date, student.school, student.mosis_id) == (
        dt.date(2011, 3, 19),
        other,
        "0123456789",
    )
    claim.refresh_from_db()
    assert (claim.first_name, claim.grade) == ("Robin", 9)  # as the family typed it


def test_the_same_twice_is_one_change(student: Student, clerk: Membership) -> None:
    history = Student.pgh_event_model.objects.filter(pgh_obj=student)  # type: ignore[attr-defined]
    before = history.count()
    for _time in range(2):
        actions.correct_student(student.pk, by=clerk, **right(student, grade=10))
    assert history.count() == before + 1


def test_of_ones_own_district_and_of_no_child_of_ones_own(student: Student, clerk: Membership) -> None:
    stranger = MembershipFactory.create(data_clerk=True)
    with pytest.raises(actions.WrongLea):
        actions.correct_student(student.pk, by=stranger, **right(student, grade=10))
    with pytest.raises(actions.OtherSchool):
        actions.correct_student(student.pk, by=clerk, **right(student, school_id=SchoolFactory.create().pk))
    GuardianFactory.create(student=student, user=clerk.user)
    with pytest.raises(actions.OwnChild):
        actions.correct_student(student.pk, by=clerk, **right(student, grade=10))
    student.refresh_from_db()
    assert student.grade == 9


def test_from_the_page_of_the_student(
    student: Student, clerk: Membership, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, address = sign_in(Client(), clerk), reverse("records:correct_student", args=[student.pk])
    assert address in client.get(reverse("records:student", args=[student.pk])).content.decode()
    client.get(address)
    with django_assert_num_queries(5):  # session, user, hats; the student; the schools
        form = client.get(address).context["form"]
    assert (form["first_name"].value(), form["grade"].value()) == ("Robin", 9)
    answers = {"first_name": "Robin", "last_name": "", "grade": "10", "school": student.school_id}
    answers |= memorable("birth_date", student.birth_date)
    assert "Enter the last name." in client.post(address, answers).content.decode()
    text = client.post(address, answers | {"last_name": "Reyes"}, follow=True).content.decode()
    assert "The student&#x27;s data are saved." in text and "Grade 10" in text
    student.refresh_from_db()
    assert student.grade == 10


def test_whose_own_child_it_is_asks_a_colleague(student: Student, clerk: Membership) -> None:
    GuardianFactory.create(student=student, user=clerk.user)
    address = reverse("records:correct_student", args=[student.pk])
    answers = {"first_name": "Robin", "last_name": "Reyes", "grade": "10", "school": student.school_id}
    answers |= memorable("birth_date", student.birth_date)
    text = sign_in(Client(), clerk).post(address, answers).content.decode()
    assert "This is about a child of your own. A colleague has to do it." in text


@pytest.mark.parametrize(("trait", "is_offered"), [("counselor", True), ("special_education", False)])
def test_who_reviews_a_request_sees_that_a_year_has_passed(
    student: Student, trait: str, *, is_offered: bool
) -> None:
    claim = ClaimFactory.create(school=student.school, student=student, confirmed=True, grade=10)
    request = CourseRequestFactory.create(claim=claim, submitted=True)
    hat = MembershipFactory.create(**{trait: True}, lea=student.lea)
    client, address = sign_in(Client(), hat), reverse("records:correct_student", args=[student.pk])
    text = client.get(reverse("part_time:review", args=[request.pk])).content.decode()
    assert "Grade on file" in text and (address in text) is is_offered
    Student.objects.update(grade=10)
    assert "Grade on file" not in client.get(reverse("part_time:review", args=[request.pk])).content.decode()
