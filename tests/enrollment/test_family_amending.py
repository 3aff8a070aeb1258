"""A request that was sent: corrected until it is opened, amended after that, and the clock goes on as before."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from enrollment.part_time import actions
from enrollment.part_time.models import Amendment, Basis, CourseLine, CourseRequest, Step, StepKind
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import CourseFactory
from tests.personal_data import assert_no_personal_data
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 4, 18, tzinfo=dt.UTC)
TOO_LATE = "The district has decided, or you took the request back. It cannot be changed any more;"


@pytest.fixture(autouse=True)
def _wednesday_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hat() -> Membership:
    return MembershipFactory.create()


@pytest.fixture
def line(hat: Membership) -> CourseLine:
    """The only course of a request that waits."""
    request = CourseRequestFactory.create(
        submitted=True, claim__claimant=hat.user, term=TermFactory.create(), prior_semester="attended"
    )
    return CourseLineFactory.create(request=request, course__title="Algebra")


def url(name: str, *args: object) -> str:
    return reverse(f"part_time:{name}", args=args)


def counselor_of(request: CourseRequest) -> Membership:
    return MembershipFactory.create(counselor=True, organization=request.lea.organization)


def answers(line: CourseLine, **changes: str) -> dict[str, str]:
    """The form as it stands, signed."""
    return {
        "in_person_courses": "4",
        "has_iep_or_504": "no",
        "prior_semester": "attended",
        "note": "",
        f"reason_{line.course_id}": "",
        f"words_{line.course_id}": "",
        "signed_name": "Pat Parent",
    } | changes


def clock_of(request: CourseRequest) -> tuple[Any, ...]:
    return Clock.objects.values_list("started_at", "due_on", "stopped_at").get(pk=request.clock.pk)


def test_before_it_is_opened_a_request_is_corrected_and_its_clock_stays(
    client: Client, hat: Membership, line: CourseLine
) -> None:
    request = line.request
    counselor = counselor_of(request)
    before = clock_of(request)
    response = sign_in(client, hat).post(
        url("amend", request.pk),
        answers(line, in_person_courses="3", note="Robin moves in May."),
        follow=True,
    )
    assert response.redirect_chain == [(url("status", request.pk), 302)]
    amendment = Amendment.objects.get()
    assert (amendment.signed_name, amendment.after_opening, amendment.by) == ("Pat Parent", False, hat)
    assert amendment.changes == [["Courses in person", "4", "3"], ["Note", "", "Robin moves in May."]]
    request.refresh_from_db()
    assert (request.in_person_courses, request.note) == (3, "Robin moves in May.")
    assert clock_of(request) == before
    assert Step.objects.get().kind == StepKind.CORRECTED
    assert {notice.user for notice in Notice.objects.all()} == {hat.user, counselor.user}
    for notice in Notice.objects.all():
        assert_no_personal_data(notice.subject, notice.body, about=request.claim)


def test_after_it_is_opened_the_same_is_an_amendment(
    client: Client, hat: Membership, line: CourseLine
) -> None:
    actions.mark_opened(line.request_id, by=counselor_of(line.request), at=NOW)
    sign_in(client, hat).post(url("amend", line.request_id), answers(line, has_iep_or_504="yes"))
    amendment = Amendment.objects.get()
    assert (amendment.after_opening, amendment.changes) == (True, [["IEP or 504 plan", "No", "Yes"]])
    assert Step.objects.filter(kind=StepKind.AMENDED).count() == 1


def test_a_reason_and_who_pays_are_changed_with_words_for_both_sides(
    hat: Membership, line: CourseLine
) -> None:
    schedule = CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=NOW.date()).get(code="schedule")
    amendment = actions.amend(
        line.request_id,
        by=hat,
        at=NOW,
        signed_name="Pat Parent",
        in_person_courses=6,
        has_iep_or_504=False,
        prior_semester="attended",
        note="",
        told={line.course_id: actions.Told(reason_id=schedule.pk, basis=Basis.PRIVATE)},
    )
    assert amendment.changes == [
        ["Courses in person", "4", "6"],
        ["Why: Algebra", "", "It does not fit the student's schedule"],
        ["Who pays: Algebra", "The district pays", "The family pays the provider"],
    ]
    line.refresh_from_db()
    assert (line.over_full_load, line.basis, line.reason) == (True, Basis.PRIVATE, schedule)


@pytest.mark.rule("R-07")
def test_a_number_that_lifts_a_course_above_a_full_load_asks_the_district(
    hat: Membership, line: CourseLine
) -> None:
    change(hat, line, in_person_courses=6)
    line.refresh_from_db()
    assert (line.over_full_load, line.basis) == (True, Basis.ASKED)
    change(hat, line, in_person_courses=5, at=NOW + dt.timedelta(hours=1))
    line.refresh_from_db()
    assert (line.over_full_load, line.basis) == (False, Basis.DISTRICT)


@pytest.mark.rule("R-07")
@pytest.mark.parametrize("state", ["cancelled", "denied"])
def test_a_course_that_is_over_takes_no_place_in_the_load(
    hat: Membership, line: CourseLine, state: str
) -> None:
    CourseLineFactory.create(request=line.request, state=state)
    change(hat, line, in_person_courses=5)
    line.refresh_from_db()
    assert (line.over_full_load, line.basis) == (False, Basis.DISTRICT)


@pytest.mark.rule("R-07")
def test_the_family_pays_no_longer_once_the_load_is_not_full(hat: Membership, line: CourseLine) -> None:
    told = {line.course_id: actions.Told(reason_id=None, basis=Basis.PRIVATE)}
    change(hat, line, in_person_courses=6, told=told)
    line.refresh_from_db()
    assert (line.over_full_load, line.basis) == (True, Basis.PRIVATE)
    change(hat, line, in_person_courses=5, told=told, at=NOW + dt.timedelta(hours=1))
    line.refresh_from_db()
    assert (line.over_full_load, line.basis) == (False, Basis.DISTRICT)


def test_a_course_that_was_taken_back_can_be_asked_for_again(hat: Membership, line: CourseLine) -> None:
    gone = CourseLineFactory.create(request=line.request, state="cancelled")
    actions.exchange_course(line.pk, by=hat, at=NOW, signed_name="Pat Parent", course_id=gone.course_id)
    line.refresh_from_db()
    assert line.course_id == gone.course_id


def change(hat: Membership, line: CourseLine, **changes: Any) -> Amendment:
    arguments: dict[str, Any] = {
        "signed_name": "Pat Parent",
        "in_person_courses": 4,
        "has_iep_or_504": False,
        "prior_semester": "attended",
        "note": "",
        "told": {},
        "at": NOW,
    } | changes
    return actions.amend(line.request_id, by=hat, **arguments)


def test_no_change_no_signature_no_amendment(client: Client, hat: Membership, line: CourseLine) -> None:
    sign_in(client, hat)
    page = client.post(url("amend", line.request_id), answers(line))
    assert "You changed nothing, so nothing was sent." in page.content.decode()
    page = client.post(url("amend", line.request_id), answers(line, in_person_courses="3", signed_name=""))
    assert page.context["form"].errors == {"signed_name": ["Type your full name."]}
    assert page.context["form"]["in_person_courses"].value() == "3"
    with pytest.raises(actions.NotSigned):
        change(hat, line, signed_name=" ", in_person_courses=3)
    assert not Amendment.objects.exists()


def test_the_same_change_sent_twice_is_one_amendment(
    client: Client, hat: Membership, line: CourseLine
) -> None:
    sign_in(client, hat)
    for _click in range(2):
        client.post(url("amend", line.request_id), answers(line, in_person_courses="3"))
    assert Amendment.objects.count() == 1


def test_what_is_decided_cannot_be_changed(client: Client, hat: Membership, line: CourseLine) -> None:
    actions.approve(line.pk, by=counselor_of(line.request), at=NOW, in_person_considered=True)
    sign_in(client, hat)
    for address in (url("amend", line.request_id), url("exchange", line.pk)):
        response = client.post(address, answers(line, in_person_courses="3"), follow=True)
        assert response.redirect_chain == [(url("status", line.request_id), 302)]
        assert TOO_LATE in response.content.decode()
    assert not Amendment.objects.exists()


def test_a_draft_is_changed_on_its_own_pages(client: Client, hat: Membership) -> None:
    draft = CourseRequestFactory.create(claim__claimant=hat.user)
    response = sign_in(client, hat).get(url("amend", draft.pk))
    assert response.headers["Location"] == url("sign", draft.pk)


# Another course -----------------------------------------------------------------------------------------


@pytest.mark.rule("R-11")
def test_with_a_signature_a_course_of_another_provider_takes_the_place(
    client: Client, hat: Membership, line: CourseLine
) -> None:
    other = CourseFactory.create(title="Geometry")
    before = clock_of(line.request)
    sign_in(client, hat)
    page = client.get(url("exchange", line.pk), {"q": "Geometry"})
    assert [choice for choice, _label in page.context["form"]["course_id"].field.choices] == [other.pk]
    client.post(url("exchange", line.pk), {"course_id": other.pk, "signed_name": "Pat Parent"})
    line.refresh_from_db()
    assert line.course == other
    assert Amendment.objects.get().changes == [
        ["Course", f"Algebra, {line_provider(page)}", f"Geometry, {other.provider}"]
    ]
    assert clock_of(line.request) == before


def line_provider(page: Any) -> str:
    return str(page.context["line"].course.provider)


def test_a_course_found_before_stays_chosen_whatever_the_search(
    client: Client, hat: Membership, line: CourseLine
) -> None:
    other = CourseFactory.create(title="Geometry")
    page = sign_in(client, hat).post(
        f"{url('exchange', line.pk)}?q=Nothing", {"course_id": other.pk, "signed_name": ""}
    )
    assert page.context["form"].errors == {"signed_name": ["Type your full name."]}
    assert page.context["form"]["course_id"].value() == str(other.pk)


def test_a_course_that_is_there_already_is_refused(hat: Membership, line: CourseLine) -> None:
    second = CourseLineFactory.create(request=line.request)
    with pytest.raises(actions.AlreadyOnRequest):
        exchange(hat, line, second.course_id)


def test_a_course_that_is_not_on_offer_is_refused(hat: Membership, line: CourseLine) -> None:
    course = CourseFactory.create(authorized=False, title="Gone")
    with pytest.raises(actions.CourseNotOnOffer, match="Gone"):
        exchange(hat, line, course.pk)


def test_a_decided_course_is_not_exchanged(hat: Membership, line: CourseLine) -> None:
    CourseLineFactory.create(request=line.request)
    actions.approve(line.pk, by=counselor_of(line.request), at=NOW, in_person_considered=True)
    with pytest.raises(actions.CourseDecided):
        exchange(hat, line, CourseFactory.create().pk)


def exchange(hat: Membership, line: CourseLine, course_id: int) -> Amendment:
    return actions.exchange_course(line.pk, by=hat, at=NOW, signed_name="Pat Parent", course_id=course_id)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_strangers_request_is_not_there(client: Client, line: CourseLine, method: str) -> None:
    sign_in(client, MembershipFactory.create())
    for address in (url("amend", line.request_id), url("exchange", line.pk)):
        assert getattr(client, method)(address).status_code == 404
