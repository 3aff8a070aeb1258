"""What a district should look at twice: nothing is refused, and nothing is counted before the child is confirmed."""

import datetime as dt
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time.models import CourseRequest, LineState
from enrollment.part_time.sources import source_key
from enrollment.part_time.suspicions import suspicions
from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue
from tests.factories.directory import LeaFactory, SchoolFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.factories.records import ClaimFactory

pytestmark = pytest.mark.django_db

T0 = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def request_of(
    lea: Lea, name: str, *, code: str = "054300", state: str = "requested", **changes: Any
) -> CourseRequest:
    claim = changes.pop("claim", None) or ClaimFactory.create(
        first_name=name, last_name="Reed", school=SchoolFactory.create(lea=lea)
    )
    request = CourseRequestFactory.create(claim=claim, submitted=True, **changes)
    CourseLineFactory.create(
        request=request, course=CourseFactory.create(state_course_code=code), state=state
    )
    return request


def kinds(*requests: CourseRequest) -> dict[int, list[tuple[str, list[int]]]]:
    return {
        pk: [(each.kind, [other.pk for other in each.others]) for each in found]
        for pk, found in suspicions(requests, at=T0).items()
    }


def test_the_same_course_for_the_same_child_is_a_duplicate_for_both() -> None:
    lea = LeaFactory.create()
    mother, father = request_of(lea, "Robin"), request_of(lea, "ROBIN")
    assert kinds(mother, father) == {
        mother.pk: [("duplicate", [father.pk])],
        father.pk: [("duplicate", [mother.pk])],
    }


def test_one_student_under_two_spellings_is_a_duplicate_too() -> None:
    lea = LeaFactory.create()
    first = ClaimFactory.create(confirmed=True, first_name="Hana", school=SchoolFactory.create(lea=lea))
    second = ClaimFactory.create(
        confirmed=True, first_name="Hanna", school=first.school, student=first.student, guardian=False
    )
    one, other = request_of(lea, "", claim=first), request_of(lea, "", claim=second)
    assert kinds(one) == {one.pk: [("duplicate", [other.pk])]}


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Casey"},
        {"name": "Robin", "code": "115000"},
        {"name": "Robin", "state": LineState.DENIED},
        {"name": "Robin", "state": LineState.CANCELLED},
    ],
)
def test_another_child_another_course_or_one_that_is_over_is_none(other: dict[str, Any]) -> None:
    lea = LeaFactory.create()
    request = request_of(lea, "Robin")
    request_of(lea, **other)
    assert kinds(request) == {}


def test_another_district_another_year_and_a_draft_are_none() -> None:
    lea = LeaFactory.create()
    request = request_of(lea, "Robin")
    request_of(LeaFactory.create(), "Robin")
    request_of(lea, "Robin", term=TermFactory.create(school_year__year=2028))
    draft = CourseRequestFactory.create(
        claim__first_name="Robin", claim__last_name="Reed", claim__school=SchoolFactory.create(lea=lea)
    )
    CourseLineFactory.create(request=draft)
    assert kinds(request) == {}


def burst(minutes: list[int], *, key: str = "a") -> list[CourseRequest]:
    return [
        CourseRequestFactory.create(submitted=True, submitted_at=T0 + minute * MINUTE, source_key=key)
        for minute in minutes
    ]


def test_ten_from_one_source_in_an_hour_are_a_burst_for_each_of_them() -> None:
    requests = burst([0, 5, 10, 15, 20, 25, 30, 40, 50, 60])
    found = suspicions(requests, at=T0)
    assert {request.pk for request in requests} == set(found)
    assert found[requests[0].pk][0].sentence.startswith("10 requests came from one source within an hour.")


@pytest.mark.parametrize(
    "minutes",
    [
        [0, 5, 10, 15, 20, 25, 30, 40, 50],  # nine
        [0, 5, 10, 15, 20, 25, 30, 40, 50, 61],  # a minute too late
    ],
)
def test_nine_or_more_than_an_hour_are_none(minutes: list[int]) -> None:
    assert suspicions(burst(minutes), at=T0) == {}


def test_other_sources_and_unknown_ones_do_not_add_up() -> None:
    requests = [*burst([0, 1, 2, 3, 4]), *burst([5, 6, 7, 8, 9], key="b"), *burst(list(range(12)), key="")]
    assert suspicions(requests, at=T0) == {}


def test_how_many_make_a_burst_is_a_dated_value() -> None:
    LegalValue.objects.filter(key=LegalKey.BURST_REQUESTS).update(number=3)
    assert len(suspicions(burst([0, 30, 60]), at=T0)) == 3


def test_a_page_of_requests_costs_five_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    lea = LeaFactory.create()
    requests = [request_of(lea, "Robin") for _each in range(6)]
    for shown in (requests[:2], requests):
        with django_assert_num_queries(5):
            suspicions(shown, at=T0)


def test_nothing_is_asked_about_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert suspicions([], at=T0) == {}


def test_a_request_counts_once_the_district_has_confirmed_the_child() -> None:
    CourseRequestFactory.create(submitted=True)
    CourseRequestFactory.create(claim__confirmed=True)  # a draft
    confirmed = CourseRequestFactory.create(submitted=True, claim__confirmed=True)
    assert list(CourseRequest.objects.counted()) == [confirmed]


# Where it came from ---------------------------------------------------------------------------------------


def visit(address: str) -> HttpRequest:
    return RequestFactory().get("/", REMOTE_ADDR=address)


def test_a_source_is_a_key_that_tells_no_address() -> None:
    key = source_key(visit("192.0.2.7"))
    assert key == source_key(visit("192.0.2.7"))
    assert key != source_key(visit("192.0.2.8"))
    assert len(key) == 64
