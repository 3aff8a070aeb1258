"""A draft that keeps itself: what is typed and not sent, brothers and sisters, a wish from the catalog, who pays."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from enrollment.part_time import actions
from enrollment.part_time.models import Basis, CourseRequest, RequestState, Unfinished
from enrollment.part_time.tasks import forget_unfinished, remind_drafts
from enrollment.records.models import Claim
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import CodeMeaning, CodeSet, LegalKey, LegalValue, Term
from mocap_portal.foundation.papers.models import Notice
from providers.models import AvailabilityState
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaPolicyFactory, SchoolFactory, TermFactory
from tests.factories.part_time import CourseLineFactory, CourseRequestFactory
from tests.factories.providers import AvailabilityFactory, CourseFactory
from tests.factories.records import ClaimFactory
from tests.personal_data import assert_no_personal_data
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)  # a Monday, noon in Missouri
DAY = dt.timedelta(days=1)
AS_HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _monday_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def hat() -> Membership:
    return MembershipFactory.create()


@pytest.fixture
def client(client: Client, hat: Membership) -> Client:
    return sign_in(client, hat)


def url(name: str, *args: object) -> str:
    return reverse(f"part_time:{name}", args=args)


def reason(code: str) -> CodeMeaning:
    return CodeMeaning.objects.of(CodeSet.REQUEST_REASON, on=NOW.date()).get(code=code)


def draft_of(hat: Membership, **changes: Any) -> CourseRequest:
    return CourseRequestFactory.create(claim__claimant=hat.user, term=TermFactory.create(), **changes)


def shown(response: Any, name: str) -> Any:
    """What stands in a box of the form on this page."""
    return response.context["form"][name].value()


# The page before there is a draft ---------------------------------------------------------------------


def half_a_child(**changes: str) -> dict[str, str]:
    return {"first_name": "Robin", "birth_date_month": "3", "birth_date_year": "20", "grade": "10"} | changes


def test_what_was_typed_about_a_child_is_there_again_on_another_device(hat: Membership) -> None:
    school = SchoolFactory.create()
    phone, library = sign_in(Client(), hat), sign_in(Client(), hat)
    kept = phone.post(url("child", school.pk), half_a_child(keep="on"), headers=AS_HTMX)
    assert "Kept on" in kept.content.decode()
    page = library.get(url("child", school.pk))
    assert (shown(page, "first_name"), shown(page, "birth_date"), shown(page, "grade")) == (
        "Robin",
        ["3", None, "20"],
        "10",
    )
    assert page.context["form"].errors == {}
    assert not Claim.objects.exists()


def test_the_newest_answers_count_and_nobody_else_sees_them(client: Client) -> None:
    school = SchoolFactory.create()
    client.post(url("child", school.pk), half_a_child(keep="on"))
    client.post(url("child", school.pk), half_a_child(keep="on", first_name="Rob"))
    assert Unfinished.objects.get().answers["first_name"] == ["Rob"]
    stranger = sign_in(Client(), MembershipFactory.create())
    assert shown(stranger.get(url("child", school.pk)), "first_name") is None


def test_a_page_that_comes_back_with_an_error_has_lost_nothing_even_if_it_is_closed(client: Client) -> None:
    school = SchoolFactory.create()
    client.post(url("child", school.pk), half_a_child())
    assert shown(client.get(url("child", school.pk)), "first_name") == "Robin"


def test_answers_that_were_sent_are_no_longer_kept(client: Client) -> None:
    school = SchoolFactory.create()
    term = Term.objects.get(school_year=2027, code="S2")
    client.post(url("child", school.pk), half_a_child(keep="on"))
    answers = half_a_child(
        last_name="Reed",
        birth_date_day="9",
        birth_date_year="2011",
        relationship="mother",
        enrollment="public",
        missouri_resident="yes",
        term_id=str(term.pk),
    )
    assert client.post(url("child", school.pk), answers).status_code == 302
    assert not Unfinished.objects.exists()


def test_answers_nobody_came_back_to_are_forgotten_after_a_month(hat: Membership) -> None:
    days = LegalValue.objects.whole(LegalKey.UNFINISHED_DAYS, on=NOW.date())
    actions.keep_page(hat.user, "child:1", {"first_name": ["Robin"]}, at=NOW - days * DAY)
    actions.keep_page(hat.user, "child:2", {"first_name": ["Casey"]}, at=NOW - days * DAY - DAY)
    assert forget_unfinished() == 1
    assert forget_unfinished() == 0
    assert Unfinished.objects.get().page == "child:1"


def test_a_very_long_answer_is_cut(hat: Membership) -> None:
    row = actions.keep_page(hat.user, "child:1", {"note": ["x" * 5000]}, at=NOW)
    assert row.answers == {"note": ["x" * 2000]}


# Brothers and sisters ---------------------------------------------------------------------------------


def test_for_a_sibling_what_the_family_has_in_common_is_filled_in(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(
        claimant=hat.user, first_name="Robin", last_name="Reed", relationship="father"
    )
    start = client.get(url("start"))
    link = f"{url('child', claim.school_id)}?like={claim.pk}"
    assert link in start.content.decode()
    page = client.get(link)
    assert [
        shown(page, name) for name in ("first_name", "last_name", "relationship", "missouri_resident")
    ] == [
        None,
        "Reed",
        "father",
        "yes",
    ]


@pytest.mark.parametrize("like", ["0", "x", "999999999999999999999", "²"])
def test_a_child_of_strangers_fills_nothing_in(client: Client, like: str) -> None:
    claim = ClaimFactory.create(last_name="Secret")
    for number in (like, str(claim.pk)):
        page = client.get(url("child", claim.school_id), {"like": number})
        assert shown(page, "last_name") is None


# A wish from the catalog --------------------------------------------------------------------------------


def test_a_course_chosen_in_the_catalog_is_on_the_draft(client: Client, hat: Membership) -> None:
    claim = ClaimFactory.create(claimant=hat.user, grade=10)
    fits, too_young = (
        CourseFactory.create(),
        CourseFactory.create(title="Counting", grade_low=0, grade_high=2),
    )
    client.get(url("start"), {"course": [fits.pk, too_young.pk]})
    term = Term.objects.get(school_year=2027, code="S2")
    answers = {"term_id": term.pk, "grade": "10", "enrollment": "public"}
    response = client.post(url("child_again", claim.pk), answers, follow=True)
    draft = CourseRequest.objects.get()
    assert [line.course for line in draft.lines.all()] == [fits]
    assert [str(message) for message in response.context["messages"]] == [
        "“Counting” is not for this grade or this term. Look for another one below."
    ]
    # A second draft does not get it again.
    client.post(url("child_again", claim.pk), answers)
    assert draft.lines.count() == 1


def test_a_wish_that_is_no_number_is_passed_over(client: Client) -> None:
    assert client.get(url("start"), {"course": ["x", "²"]}).status_code == 302


# Full and closed courses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (AvailabilityState.FULL, "This course is full in this term. Choose another term or course."),
        (
            AvailabilityState.CLOSED,
            "The provider does not offer this course in this term. Choose another term or course.",
        ),
    ],
)
def test_a_course_that_filled_up_or_closed_since_is_refused_with_its_reason(
    client: Client, hat: Membership, state: AvailabilityState, why: str
) -> None:
    draft = draft_of(hat, in_person_courses=4)
    line = CourseLineFactory.create(request=draft, course__title="Algebra")
    AvailabilityFactory.create(course=line.course, term=draft.term, state=state)
    with pytest.raises(actions.CourseNotOnOffer) as refusal:
        send(draft, hat)
    assert str(refusal.value.sentence) == f"“Algebra”: {why}"
    assert CourseRequest.objects.get().state == RequestState.DRAFT
    response = client.post(url("courses", draft.pk), {"in_person_courses": "4"}, follow=True)
    assert [str(message) for message in response.context["messages"]] == [
        f"We took “Algebra” off your list. {why}"
    ]
    assert not draft.lines.exists()


def test_a_course_that_is_full_in_another_term_can_be_chosen(hat: Membership) -> None:
    draft = draft_of(hat, in_person_courses=4)
    line = CourseLineFactory.create(request=draft)
    other = TermFactory.create(school_year__year=2028)
    AvailabilityFactory.create(course=line.course, term=other, state=AvailabilityState.FULL)
    assert send(draft, hat).state == RequestState.SUBMITTED


def test_the_planned_time_is_that_of_the_course_where_it_tells_one(hat: Membership) -> None:
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create(request=draft, course__weekly_minutes=420)
    send(draft, hat)
    assert draft.lines.get().planned_minutes == 420


# What is told about a course ----------------------------------------------------------------------------


def test_reason_and_number_are_kept_while_one_types(client: Client, hat: Membership) -> None:
    draft = draft_of(hat)
    line = CourseLineFactory.create(request=draft)
    answers = {
        "keep": "on",
        "in_person_courses": "3",
        f"reason_{line.course_id}": str(reason("other").pk),
        f"words_{line.course_id}": "A move in spring",
    }
    page = client.post(url("courses", draft.pk), answers, headers=AS_HTMX)
    assert page.status_code == 200
    assert "Kept on" in page.content.decode()
    line.refresh_from_db()
    draft.refresh_from_db()
    assert (line.reason, line.reason_words, draft.in_person_courses) == (
        reason("other"),
        "A move in spring",
        3,
    )
    # What is wrong is said beside its question, and nothing is changed by it.
    page = client.post(
        url("courses", draft.pk), answers | {f"reason_{line.course_id}": "999999"}, headers=AS_HTMX
    )
    assert list(page.context["form"].errors) == [f"reason_{line.course_id}"]
    assert "<html" not in page.content.decode()
    line.refresh_from_db()
    assert line.reason == reason("other")


def test_typing_a_number_shows_at_once_which_course_is_over_a_full_load(
    client: Client, hat: Membership
) -> None:
    draft = draft_of(hat)
    line = CourseLineFactory.create(request=draft)
    page = client.post(url("courses", draft.pk), {"keep": "on", "in_person_courses": "6"}, headers=AS_HTMX)
    assert f'name="basis_{line.course_id}"' in page.content.decode()
    page = client.post(url("courses", draft.pk), {"keep": "on", "in_person_courses": "5"}, headers=AS_HTMX)
    assert f'name="basis_{line.course_id}"' not in page.content.decode()


def test_keeping_a_number_leaves_the_courses_as_they_are(client: Client, hat: Membership) -> None:
    """One that is gone from the catalog, and one that was added on another device since the page was opened."""
    draft = draft_of(hat)
    gone = CourseLineFactory.create(request=draft, course__valid_to=NOW.date() - DAY)
    added = CourseLineFactory.create(request=draft)
    client.post(url("courses", draft.pk), {"keep": "on", "in_person_courses": "3"}, headers=AS_HTMX)
    draft.refresh_from_db()
    assert draft.in_person_courses == 3
    assert list(draft.lines.order_by("position")) == [gone, added]


@pytest.mark.parametrize("page", ["courses", "sign"])
def test_what_is_kept_too_late_leads_to_the_receipt_and_says_nothing_later(
    client: Client, hat: Membership, page: str
) -> None:
    sent = CourseRequestFactory.create(submitted=True, claim__claimant=hat.user)
    response = client.post(url(page, sent.pk), {"keep": "on"}, headers=AS_HTMX)
    assert response.headers["HX-Redirect"] == url("receipt", sent.pk)
    assert list(get_messages(response.wsgi_request)) == []


@pytest.mark.rule("R-07")
@pytest.mark.parametrize("basis", [Basis.ASKED, Basis.PRIVATE])
def test_over_a_full_load_the_family_says_who_pays(hat: Membership, basis: Basis) -> None:
    draft = draft_of(hat)
    course = CourseFactory.create()
    actions.choose_courses(draft.pk, course_ids=[course.pk], in_person_courses=6, at=NOW)
    with pytest.raises(actions.WhoPaysNotSaid):
        send(draft, hat)
    told = {course.pk: actions.Told(basis=basis)}
    actions.choose_courses(draft.pk, course_ids=[course.pk], in_person_courses=6, told=told, at=NOW)
    send(draft, hat)
    assert draft.lines.get().basis == basis


@pytest.mark.rule("R-07")
def test_what_is_no_longer_over_a_full_load_is_the_districts_again(hat: Membership) -> None:
    draft = draft_of(hat)
    course = CourseFactory.create()
    told = {course.pk: actions.Told(basis=Basis.ASKED)}
    actions.choose_courses(draft.pk, course_ids=[course.pk], in_person_courses=6, told=told, at=NOW)
    actions.choose_courses(draft.pk, course_ids=[course.pk], in_person_courses=5, at=NOW)
    line = draft.lines.get()
    assert (line.over_full_load, line.basis) == (False, Basis.DISTRICT)


def send(draft: CourseRequest, hat: Membership, **changes: Any) -> CourseRequest:
    statements = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=NOW.date())
    arguments: dict[str, Any] = {
        "signed_name": "Pat Parent",
        "acknowledged": list(statements.values_list("pk", flat=True)),
        "has_iep_or_504": False,
        "at": NOW,
    } | changes
    return actions.submit(draft.pk, by=hat, **arguments)


# The last page ------------------------------------------------------------------------------------------


def test_the_answers_of_the_last_page_are_kept_but_no_signature_and_no_box(
    client: Client, hat: Membership
) -> None:
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create(request=draft)
    statement = CodeMeaning.objects.of(CodeSet.ACKNOWLEDGEMENT, on=NOW.date())[0]
    answers = {
        "keep": "on",
        "has_iep_or_504": "yes",
        "prior_semester": "exception",
        "note": "Robin was in hospital.",
        "signed_name": "Pat Parent",
        f"statement_{statement.pk}": "on",
    }
    client.post(url("sign", draft.pk), answers, headers=AS_HTMX)
    page = client.get(url("sign", draft.pk))
    assert [
        shown(page, name)
        for name in ("has_iep_or_504", "prior_semester", "note", "signed_name", f"statement_{statement.pk}")
    ] == ["yes", "exception", "Robin was in hospital.", None, None]
    assert CourseRequest.objects.get().state == RequestState.DRAFT


def test_the_planned_time_is_said_and_kept(client: Client, hat: Membership) -> None:
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create_batch(2, request=draft)
    assert "10 hours a week" in client.get(url("sign", draft.pk)).content.decode()
    send(draft, hat)
    assert set(draft.lines.values_list("planned_minutes", flat=True)) == {300}


def test_without_the_finding_the_semester_before_is_not_asked(client: Client, hat: Membership) -> None:
    LegalValue.objects.filter(key=LegalKey.PRIOR_SEMESTER).update(number=0)
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create(request=draft)
    assert "prior_semester" not in client.get(url("sign", draft.pk)).context["form"].fields


# Windows ------------------------------------------------------------------------------------------------


@pytest.mark.rule("R-14")
def test_a_window_blocks_only_where_the_policy_says_so(hat: Membership) -> None:
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create(request=draft)
    window = draft.lea.request_windows.create(
        term=draft.term, opens_on=dt.date(2026, 12, 1), closes_on=dt.date(2026, 12, 20)
    )
    policy = LeaPolicyFactory.create(lea=draft.lea, window_blocks=True)
    with pytest.raises(actions.OutsideWindow, match=r"from Tuesday, December 1, 2026 to Sunday, December 20"):
        send(draft, hat)
    assert CourseRequest.objects.get().state == RequestState.DRAFT
    policy.window_blocks = False
    policy.save()
    send(draft, hat)
    assert window.opens_on > NOW.date()


@pytest.mark.rule("R-14")
def test_a_day_inside_the_window_is_taken(hat: Membership) -> None:
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create(request=draft)
    draft.lea.request_windows.create(term=draft.term, opens_on=NOW.date(), closes_on=NOW.date())
    LeaPolicyFactory.create(lea=draft.lea, window_blocks=True)
    assert send(draft, hat).state == RequestState.SUBMITTED


# The counselor's days -----------------------------------------------------------------------------------


def test_where_the_principal_decides_the_counselor_gets_days_of_their_own(hat: Membership) -> None:
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create(request=draft)
    LeaPolicyFactory.create(lea=draft.lea, reserved=True)
    request = send(draft, hat)
    assert request.review_clock
    assert (request.review_clock.due_on, request.clock.due_on) == (
        dt.date(2026, 11, 9),
        dt.date(2026, 11, 17),
    )


def test_where_counselors_decide_there_is_one_clock(hat: Membership) -> None:
    draft = draft_of(hat, in_person_courses=4)
    CourseLineFactory.create(request=draft)
    assert send(draft, hat).review_clock is None


# The mail after three days ------------------------------------------------------------------------------


def test_a_draft_is_mailed_about_once_after_three_days() -> None:
    old = CourseRequestFactory.create(touched_at=NOW - 3 * DAY)
    CourseRequestFactory.create(touched_at=NOW - 3 * DAY + dt.timedelta(minutes=1))
    CourseRequestFactory.create(submitted=True, touched_at=NOW - 9 * DAY)
    assert (remind_drafts(), remind_drafts()) == (1, 1)
    notice = Notice.objects.get()
    assert (notice.user, notice.subject) == (old.claim.claimant, "Your course request is not sent yet")
    assert reverse("part_time:courses", args=[old.pk]) in notice.body
    assert_no_personal_data(notice.subject, notice.body, about=old.claim)


def test_whoever_goes_on_is_not_mailed(client: Client, hat: Membership) -> None:
    draft = draft_of(hat, touched_at=NOW - 9 * DAY)
    client.post(url("courses", draft.pk), {"keep": "on", "in_person_courses": "4"})
    assert remind_drafts() == 0
    assert not Notice.objects.exists()


# Paying oneself -----------------------------------------------------------------------------------------


@pytest.mark.rule("R-02", "R-05")
@pytest.mark.parametrize("enrollment", ["home", "private"])
def test_families_of_home_and_private_schools_read_how_to_pay_themselves(
    client: Client, enrollment: str
) -> None:
    school = SchoolFactory.create()
    course = CourseFactory.create(provider__website="https://provider.example")
    CourseFactory.create(authorized=False)
    answers = {
        "first_name": "Robin",
        "last_name": "Reed",
        "birth_date_month": "3",
        "birth_date_day": "9",
        "birth_date_year": "2011",
        "grade": "10",
        "relationship": "mother",
        "enrollment": enrollment,
        "missouri_resident": "yes",
        "term_id": str(Term.objects.get(school_year=2027, code="S2").pk),
    }
    response = client.post(url("child", school.pk), answers, follow=True)
    assert response.redirect_chain == [(url("private_pay"), 302)]
    assert [(provider, provider.courses_on_offer) for provider in response.context["providers"]] == [
        (course.provider, 1)
    ]
    assert not Claim.objects.exists()
    assert not CourseRequest.objects.exists()


def test_without_a_course_on_offer_the_page_says_so(client: Client) -> None:
    assert "No provider offers a course now." in client.get(url("private_pay")).content.decode()
