"""Two clicks at the same moment on the pages of what came on paper: one request, one decision."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from enrollment.part_time import actions
from enrollment.part_time.models import CourseRequest, Decision, Unfinished
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, School
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import SchoolFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.test_exactly_once import at_once, posted, told

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 11, 20, 16, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def begun(by: Membership, school: School, course_id: int) -> Unfinished:
    """An entry with everything but the last page."""
    entry = actions.start_entry(by=by, at=NOW)
    family: dict[str, Any] = {
        "first_name": "Robin",
        "last_name": "Rivers",
        "birth_date_month": 3,
        "birth_date_day": 9,
        "birth_date_year": 2011,
        "school": school.pk,
        "grade": 10,
        "enrollment": "public",
        "missouri_resident": "yes",
        "prior_semester": "attended",
        "has_iep_or_504": "no",
        "asker_name": "Gloria Grand",
        "relationship": "guardian",
        "phone": "573-555-0123",
        "channel": "phone",
        "came_on_month": TODAY.month,
        "came_on_day": TODAY.day,
        "came_on_year": TODAY.year,
        "term_id": TermFactory.create().pk,
    }
    return actions.keep_entry(
        entry.pk,
        family={name: [str(answer)] for name, answer in family.items()},
        courses=[{"course_id": course_id}],
        in_person_courses=4,
        at=NOW,
    )


def signature() -> dict[str, str]:
    statements = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=TODAY)
    return {f"statement_{statement.pk}": "on" for statement in statements} | {"signed_name": "Gloria Grand"}


def test_a_double_click_enters_one_request() -> None:
    school = SchoolFactory.create()
    counselor = MembershipFactory.create(counselor=True, lea=school.lea)
    entry = begun(counselor, school, CourseFactory.create().pk)
    click = posted(counselor, reverse("part_time:enter_sign", args=[entry.pk]), signature())
    answers = at_once(entry, click, click)
    receipt = reverse("part_time:entry_receipt", args=[CourseRequest.objects.get().pk])
    assert [answer.headers["Location"] for answer in answers] == [receipt, receipt]
    assert (Claim.objects.count(), Clock.objects.count(), Notice.objects.count()) == (1, 1, 1)


def test_two_colleagues_with_the_same_paper_enter_it_once() -> None:
    school = SchoolFactory.create()
    colleagues = [
        MembershipFactory.create(counselor=True, lea=school.lea),
        MembershipFactory.create(coordinator=True, lea=school.lea),
    ]
    course_id = CourseFactory.create().pk
    entries = [begun(hat, school, course_id) for hat in colleagues]
    answers = at_once(
        school.lea,
        *(
            posted(hat, reverse("part_time:enter_sign", args=[entry.pk]), signature())
            for hat, entry in zip(colleagues, entries, strict=True)
        ),
    )
    request = CourseRequest.objects.get()
    receipt = reverse("part_time:entry_receipt", args=[request.pk])
    assert [answer.headers["Location"] for answer in answers] == [receipt, receipt]
    assert told(answers) == [
        "The request is entered. Its reviewers were told.",
        f"This was already entered as request {request.number}. Nothing was entered twice.",
    ]


def test_two_colleagues_who_record_the_same_paper_decide_once() -> None:
    request = CourseRequestFactory.create(submitted=True)
    line = CourseLineFactory.create(request=request)
    colleagues = [
        MembershipFactory.create(counselor=True, lea=request.lea),
        MembershipFactory.create(coordinator=True, lea=request.lea),
    ]
    said = {
        "decided_on_month": "11",
        "decided_on_day": "10",
        "decided_on_year": "2026",
        "decided_by": "Dana Dean",
        "role": "principal",
        "reference": "Drawer 4",
        f"line-{line.pk}-outcome": "approved",
    }
    address = reverse("part_time:record_paper", args=[request.pk])
    answers = at_once(request, *(posted(hat, address, said) for hat in colleagues))
    review = reverse("part_time:review", args=[request.pk])
    assert [answer.headers["Location"] for answer in answers] == [review, review]
    assert told(answers) == [
        "The decision on paper is recorded.",
        "This was already decided. Reload the page to see the decision.",
    ]
    assert Decision.objects.count() == 1
    assert Clock.objects.filter(kind=ClockKind.REGISTRATION).count() == 1
