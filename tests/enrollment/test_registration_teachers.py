"""Teachers and their Missouri certificates: put on file, renewed, named for a course by the side that teaches it."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from enrollment.registration import actions
from enrollment.registration.models import RosterLine, Teacher
from tests.enrollment.registration_kit import (
    NOW,
    TODAY,
    address,
    again,
    client_of,
    coordinator_of,
    day,
    desk_of,
    on_roster,
    words_of,
)
from tests.factories.accounts import MembershipFactory
from tests.factories.registration import TeacherFactory

pytestmark = pytest.mark.django_db

LIST, ADD = "/teachers/", "/teachers/add/"
CERTIFICATE = {
    "certificate_number": "MO-0418233",
    "certificate_kind": "Career continuous professional",
    **day("valid_from", dt.date(2025, 7, 1)),
    **day("valid_to", dt.date(2027, 6, 30)),
}
LIKE_AN_SSN = ["123-45-6789", "123456789", "123 45 6789", "No. 123-45-6789"]


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


@pytest.mark.parametrize(
    "trait", ["provider_staff", "provider_admin", "counselor", "coordinator", "lea_admin"]
)
def test_a_teacher_is_put_on_file_for_ones_own_organization(trait: str) -> None:
    hat = MembershipFactory.create(**{trait: True})
    response = client_of(hat).post(ADD, CERTIFICATE | {"name": "Ada Teacher"})
    assert response.headers["Location"] == LIST
    teacher = Teacher.objects.get()
    assert (teacher.organization, teacher.name, teacher.certificate_number, teacher.valid_to) == (
        hat.organization,
        "Ada Teacher",
        "MO-0418233",
        dt.date(2027, 6, 30),
    )
    assert "Ada Teacher" in words_of(client_of(hat).get(LIST))


@pytest.mark.parametrize("trait", ["parent", "decider", "data_clerk", "dese_admin"])
def test_other_hats_keep_no_teachers(trait: str) -> None:
    client = client_of(MembershipFactory.create(**{trait: True}))
    assert [client.get(LIST).status_code, client.post(ADD, CERTIFICATE).status_code] == [403, 403]


@pytest.mark.rule("R-134")
def test_the_teachers_of_another_organization_are_not_there() -> None:
    teacher = TeacherFactory.create()
    client = client_of(MembershipFactory.create(provider_staff=True))
    assert teacher.name not in words_of(client.get(LIST))
    assert client.get(address("renew", teacher.pk)).status_code == 404


@pytest.mark.rule("R-141")
@pytest.mark.parametrize("field", ["name", "certificate_number", "certificate_kind"])
@pytest.mark.parametrize("number", LIKE_AN_SSN)
def test_what_looks_like_a_social_security_number_is_refused_and_not_kept(field: str, number: str) -> None:
    client = client_of(MembershipFactory.create(provider_staff=True))
    response = client.post(ADD, CERTIFICATE | {"name": "Ada Teacher"} | {field: number})
    assert response.context["form"].errors == {field: [actions.LooksLikeAnSsn.sentence]}
    assert not Teacher.objects.exists()


@pytest.mark.rule("R-141")
@pytest.mark.parametrize("number", LIKE_AN_SSN)
def test_neither_the_action_nor_the_database_takes_one(number: str) -> None:
    hat = MembershipFactory.create(provider_staff=True)
    span: dict[str, Any] = {"valid_from": TODAY, "valid_to": TODAY}
    with pytest.raises(actions.LooksLikeAnSsn):
        actions.add_teacher(by=hat, name="Ada Teacher", certificate_number=number, **span)
    teacher = TeacherFactory.create()
    with pytest.raises(actions.LooksLikeAnSsn):
        actions.renew_certificate(
            teacher.pk,
            by=MembershipFactory.create(provider_staff=True, organization=teacher.organization),
            certificate_number=number,
            **span,
        )
    with pytest.raises(IntegrityError, match="a_certificate_number_is_no_ssn"), transaction.atomic():
        TeacherFactory.create(certificate_number=number)


@pytest.mark.parametrize("number", ["0412345678", "MO-000123", "12345678", "T-1234567"])
def test_certificate_numbers_are_taken(number: str) -> None:
    client = client_of(MembershipFactory.create(provider_staff=True))
    client.post(ADD, CERTIFICATE | {"name": "Ada Teacher", "certificate_number": number})
    assert Teacher.objects.get().certificate_number == number


def test_a_teacher_sent_twice_is_on_file_once() -> None:
    client = client_of(MembershipFactory.create(provider_staff=True))
    client.post(ADD, CERTIFICATE | {"name": "Ada Teacher"})
    response = client.post(ADD, CERTIFICATE | {"name": "Ada Teacher"})
    assert response.context["form"].errors == {"certificate_number": [actions.CertificateOnFile.sentence]}
    assert Teacher.objects.count() == 1


def test_a_renewed_certificate_holds_for_the_courses_of_its_teacher() -> None:
    roster_line = on_roster(confirmed=True, teacher__expired=True)
    teacher = roster_line.teacher
    assert teacher is not None
    client = client_of(desk_of(roster_line))
    client.post(address("renew", teacher.pk), CERTIFICATE)
    client.post(address("renew", teacher.pk), CERTIFICATE)
    teacher = Teacher.objects.get()
    assert (teacher.certificate_number, teacher.valid_to) == ("MO-0418233", dt.date(2027, 6, 30))
    assert RosterLine.objects.get().teacher == teacher


def test_a_certificate_that_ends_before_it_starts_is_refused() -> None:
    client = client_of(MembershipFactory.create(provider_staff=True))
    wrong = CERTIFICATE | {"name": "Ada Teacher"} | day("valid_to", dt.date(2024, 6, 30))
    response = client.post(ADD, wrong)
    assert list(response.context["form"].errors) == ["valid_to"]
    hat = MembershipFactory.create(provider_staff=True)
    with pytest.raises(actions.CertificateRunsBackwards):
        actions.add_teacher(
            by=hat,
            name="Ada",
            certificate_number="MO-1",
            valid_from=TODAY,
            valid_to=TODAY - dt.timedelta(days=1),
        )


def test_the_list_says_whose_certificate_ends() -> None:
    hat = MembershipFactory.create(provider_staff=True)
    of = {"organization": hat.organization}
    TeacherFactory.create(**of, name="Fine", valid_to=dt.date(2027, 6, 30))
    TeacherFactory.create(**of, name="Soon", valid_to=dt.date(2026, 12, 1))
    TeacherFactory.create(**of, name="Gone", valid_to=dt.date(2026, 11, 8))
    TeacherFactory.create(**of, name="Later", valid_from=dt.date(2027, 1, 1), valid_to=dt.date(2028, 1, 1))
    response = client_of(hat).get(LIST)
    assert [row.record.name for row in response.context["table"].rows] == ["Gone", "Soon", "Fine", "Later"]
    page = words_of(response)
    counts = [page.count(words) for words in ("Not valid any more", "Ends soon", "Not valid yet")]
    assert counts == [1, 1, 1]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_for_any_number_of_teachers(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hat = MembershipFactory.create(provider_staff=True)
    TeacherFactory.create_batch(rows, organization=hat.organization)
    client = client_of(hat)
    client.get(LIST)
    with django_assert_num_queries(5):
        client.get(LIST)


# Who teaches --------------------------------------------------------------------------------------


@pytest.mark.rule("R-99")
def test_of_code_52_the_district_names_its_own_teacher() -> None:
    roster_line = on_roster(confirmed=True, teacher=None, line__course__curriculum_only=True)
    hat = coordinator_of(roster_line, counselor=True)
    own = TeacherFactory.create(organization=hat.organization)
    client = client_of(hat)
    page = address("teacher", roster_line.pk)
    assert page in words_of(client.get(address("line", roster_line.line_id)))
    response = client.post(page, {"teacher": own.pk})
    assert response.headers["Location"] == address("line", roster_line.line_id)
    assert RosterLine.objects.get().teacher == own
    assert again(roster_line.line).teacher_name == own.name
    refused = client_of(desk_of(roster_line)).get(page, follow=True)
    assert "The district names that teacher." in words_of(refused)


@pytest.mark.rule("R-99")
def test_of_code_50_the_provider_changes_its_teacher_and_the_district_does_not() -> None:
    roster_line = on_roster(confirmed=True)
    desk = desk_of(roster_line)
    other = TeacherFactory.create(organization=desk.organization)
    page = address("teacher", roster_line.pk)
    client_of(desk).post(page, {"teacher": other.pk})
    assert RosterLine.objects.get().teacher == other
    refused = client_of(coordinator_of(roster_line)).post(page, {"teacher": other.pk}, follow=True)
    assert "The provider names that teacher." in words_of(refused)
    with pytest.raises(actions.NotYourRoster):
        actions.name_teacher(roster_line.pk, by=coordinator_of(roster_line), at=NOW, teacher_id=other.pk)


def test_nobody_names_the_teacher_of_another_organization() -> None:
    roster_line = on_roster(confirmed=True)
    stranger = TeacherFactory.create()
    desk = desk_of(roster_line)
    response = client_of(desk).post(address("teacher", roster_line.pk), {"teacher": stranger.pk})
    assert response.context["form"].errors == {"teacher": ["Choose the teacher."]}
    with pytest.raises(actions.NotYourTeacher):
        actions.name_teacher(roster_line.pk, by=desk, at=NOW, teacher_id=stranger.pk)


@pytest.mark.rule("R-32")
def test_a_course_that_runs_gets_no_teacher_whose_certificate_has_ended() -> None:
    roster_line = on_roster(running=True)
    was = roster_line.teacher
    desk = desk_of(roster_line)
    expired = TeacherFactory.create(organization=desk.organization, expired=True)
    response = client_of(desk).post(address("teacher", roster_line.pk), {"teacher": expired.pk})
    assert response.context["form"].errors == {"teacher": [actions.CertificateNotValidToday.sentence]}
    assert RosterLine.objects.get().teacher == was


def test_the_teacher_of_a_course_that_is_over_stays() -> None:
    roster_line = on_roster(finished=True)
    page = client_of(desk_of(roster_line)).get(address("teacher", roster_line.pk), follow=True)
    assert escape(str(actions.CourseOver.sentence)) in words_of(page)
    desk = desk_of(roster_line)
    own = TeacherFactory.create(organization=desk.organization)
    with pytest.raises(actions.CourseOver):
        actions.name_teacher(roster_line.pk, by=desk, at=NOW, teacher_id=own.pk)


def test_the_menu_of_a_provider_leads_to_its_teachers() -> None:
    client = client_of(MembershipFactory.create(provider_staff=True))
    assert f'href="{reverse("registration:teachers")}"' in words_of(
        client.get(reverse("registration:roster"))
    )
