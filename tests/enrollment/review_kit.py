"""What the tests of the district's pages share: its hats, its requests, what a decider sends."""

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse

from enrollment.part_time.models import CourseLine, CourseRequest
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, Lea
from tests.factories.accounts import MembershipFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.sign_in import sign_in

NOW = dt.datetime(2026, 11, 6, 18, tzinfo=dt.UTC)  # a Friday; requests of 2 November are due on the 17th
EXPLANATION = "The student has failed two virtual courses in a row and asks for a teacher in the room."
APPROVAL = {"outcome": "approved", "in_person_considered": "on"}
SEND = {"send": "1"}


def staff(lea: Lea, **traits: Any) -> Membership:
    """A hat of this LEA: a counselor's unless a trait says otherwise."""
    hat: Membership = MembershipFactory.create(**(traits or {"counselor": True}), lea=lea)
    return hat


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def request_in(lea: Lea, *, lines: int = 1, **changes: Any) -> CourseRequest:
    """A request that waits in this LEA."""
    changes = {"claim__school__lea": lea, "submitted": True} | changes
    course_request: CourseRequest = CourseRequestFactory.create(**changes)
    CourseLineFactory.create_batch(lines, request=course_request)
    return course_request


def line_in(lea: Lea, *, of: dict[str, Any] | None = None, **changes: Any) -> CourseLine:
    """The only line of a request that waits in this LEA. `of`: what is special about the request."""
    course_request = request_in(lea, lines=0, **(of or {}))
    line: CourseLine = CourseLineFactory.create(request=course_request, **changes)
    return line


def main_part(response: Any) -> str:
    """The page without its head, header and footer."""
    page: str = response.content.decode()
    return page.partition("<main")[2].partition("</main")[0]


def told(response: Any) -> list[str]:
    """The messages that a page shows."""
    return [str(message) for message in response.context["messages"]]


def page_of(course_request: CourseRequest) -> str:
    return reverse("part_time:review", args=[course_request.pk])


def address_of(line: CourseLine) -> str:
    return reverse("part_time:decide", args=[line.pk])


def factor(code: str = "time_management") -> CodeMeaning:
    return CodeMeaning.objects.of(CodeSet.DENIAL_FACTOR, on=NOW.date()).get(code=code)


def denial(**changes: Any) -> dict[str, Any]:
    return {
        "outcome": "denied",
        "in_person_considered": "on",
        "in_person_options": "",
        "factors": [factor().pk],
        "other_factor": "",
        "explanation": EXPLANATION,
        "would_make_it_a_yes": "One term with good marks in study skills.",
    } | changes


def denial_words(**changes: Any) -> dict[str, Any]:
    """The same as the action takes it."""
    return {
        "at": NOW,
        "in_person_considered": True,
        "factor_ids": [factor().pk],
        "explanation": EXPLANATION,
        "would_make_it_a_yes": "One term with good marks in study skills.",
    } | changes
