"""Why families ask, in numbers: only what is confirmed, and only what a hat may see."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from enrollment.part_time.models import CourseRequest
from enrollment.part_time.reasons import ReasonCount, reason_counts, years_asked_for
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory, SchoolFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 2)


def asked(lea: Lea, *codes: str | None, year: int = 2027, confirmed: bool = True) -> CourseRequest:
    """A request of this LEA with a course for each reason; None gives no reason."""
    request = CourseRequestFactory.create(
        submitted=True,
        claim__confirmed=confirmed,
        claim__school=SchoolFactory.create(lea=lea),
        term=TermFactory.create(school_year__year=year),
    )
    for code in codes:
        reason = CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=TODAY).filter(code=code).first()
        CourseLineFactory.create(request=request, reason=reason)
    return request


def test_only_confirmed_requests_of_the_year_that_one_may_see_are_counted() -> None:
    lea = LeaFactory.create()
    year = asked(lea, "schedule", "schedule", None).term.school_year
    asked(lea, "not_offered", confirmed=False)
    asked(lea, "not_offered", year=2028)
    asked(LeaFactory.create(), "not_offered")
    counselor = MembershipFactory.create(counselor=True, organization=lea.organization)
    counts = reason_counts(counselor, year=year, on=TODAY)
    assert [count for count in counts if count.courses] == [
        ReasonCount("It does not fit the student's schedule", 2),
        ReasonCount("", 1),
    ]
    assert len(counts) == 8  # the seven of the list, and no answer
    state = reason_counts(MembershipFactory.create(dese_reviewer=True), year=year, on=TODAY)
    assert sum(count.courses for count in state) == 4
    assert [each.year for each in years_asked_for(counselor)] == [2028, 2027]


def test_a_reason_that_left_the_list_since_is_still_counted() -> None:
    year = asked(LeaFactory.create(), "schedule", "not_offered").term.school_year
    CodeMeaning.objects.filter(code_set=CodeSet.REQUEST_REASON, code="schedule").update(valid_to=TODAY)
    counts = reason_counts(
        MembershipFactory.create(dese_reviewer=True), year=year, on=TODAY + dt.timedelta(days=1)
    )
    assert [count.label for count in counts[-2:]] == ["It does not fit the student's schedule", ""]
    assert [count.courses for count in counts if count.courses] == [1, 1]
    assert len(counts) == 8


def test_a_year_in_which_nothing_is_confirmed_is_not_offered() -> None:
    asked(LeaFactory.create(), "schedule", confirmed=False)
    assert years_asked_for(MembershipFactory.create(dese_reviewer=True)) == []


@time_machine.travel(dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC))
def test_the_page_shows_the_newest_year_or_the_one_that_is_named(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lea = LeaFactory.create()
    sign_in(client, MembershipFactory.create(coordinator=True, organization=lea.organization))
    assert "Nothing to count yet" in client.get(reverse("part_time:reasons")).content.decode()
    asked(lea, "schedule")
    asked(lea, "schedule", "not_offered", year=2028)
    for address, number in (
        (reverse("part_time:reasons"), 2),
        (reverse("part_time:reasons") + "?year=2027", 1),
    ):
        with django_assert_num_queries(6):
            assert client.get(address).context["all"] == number
