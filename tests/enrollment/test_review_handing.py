"""Many requests handed over at once, and the undo right after."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from enrollment.part_time import actions
from enrollment.part_time.models import CourseRequest
from mocap_portal.foundation.accounts.middleware import SESSION_KEY
from mocap_portal.foundation.accounts.models import Membership
from tests.factories.accounts import MembershipFactory
from tests.factories.directory import LeaFactory
from tests.factories.records import ClaimFactory

from .review_kit import NOW, client_of, main_part, request_in, staff, told

pytestmark = pytest.mark.django_db

HAND_OVER, UNDO = "/review/hand-over/", "/review/hand-over/undo/"


@pytest.fixture(autouse=True)
def _now(time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)


def owners(*requests: CourseRequest) -> list[int | None]:
    """Whose each request is now, in the order given."""
    found = CourseRequest.objects.in_bulk([request.pk for request in requests])
    return [found[request.pk].assigned_to_id for request in requests]


def hand_over(client: Client, *requests: CourseRequest, to: Membership | None, query: str = "") -> Any:
    keys = [request.pk for request in requests]
    answer = {"requests": keys, "to": to.pk if to else ""}
    return client.post(f"{HAND_OVER}{query}", answer, follow=True)


def undo(client: Client, response: Any) -> Any:
    return client.post(UNDO, {"token": response.context["last_handover"]["token"]}, follow=True)


def test_ticked_requests_are_handed_over_and_the_undo_gives_each_back_to_whose_it_was() -> None:
    lea = LeaFactory.create()
    me, she, helen = staff(lea), staff(lea), staff(lea, coordinator=True, user__name="Helen Hand")
    mine, hers, nobodys, untouched = (
        request_in(lea, assigned_to=me),
        request_in(lea, assigned_to=she),
        request_in(lea),
        request_in(lea),
    )
    client = client_of(me)
    response = hand_over(client, mine, hers, nobodys, to=helen)
    assert owners(mine, hers, nobodys, untouched) == [helen.pk, helen.pk, helen.pk, None]
    page = main_part(response)
    assert "3 requests are now the requests of Helen Hand." in page
    assert f'action="{UNDO}"' in page
    response = undo(client, response)
    assert told(response) == ["Undone: 3 requests are again whose they were."]
    assert owners(mine, hers, nobodys, untouched) == [me.pk, she.pk, None, None]
    assert response.context["last_handover"] is None


def test_requests_are_laid_back_and_the_filters_stay() -> None:
    lea = LeaFactory.create()
    me = staff(lea)
    mine = request_in(lea, assigned_to=me)
    response = hand_over(client_of(me), mine, to=None, query="?whose=mine&page=1")
    assert owners(mine) == [None]
    assert response.redirect_chain == [("/review/?whose=mine&page=1", 302)]
    assert "1 request is now nobody&#x27;s." in main_part(response)


def test_all_on_the_page_needs_no_script() -> None:
    lea = LeaFactory.create()
    me = staff(lea)
    requests = [request_in(lea) for _ in range(3)]
    client = client_of(me)
    page = main_part(client.get("/review/"))
    for request in requests:
        assert f'<input type="hidden" name="shown" value="{request.pk}">' in page
        assert f"Choose {request.number}, {request.claim.full_name}" in page.replace("&#x27;", "'")
    shown = [request.pk for request in requests[:2]]
    client.post(HAND_OVER, {"everything": "on", "shown": shown, "to": me.pk})
    assert owners(*requests) == [me.pk, me.pk, None]


def test_no_more_than_a_page_is_handed_over() -> None:
    lea = LeaFactory.create()
    me = staff(lea)
    requests = [request_in(lea) for _ in range(26)]
    hand_over(client_of(me), *requests, to=me)
    assert owners(*requests) == [me.pk] * 25 + [None]


def test_nobody_gets_a_child_of_their_own_and_what_is_left_out_is_named() -> None:
    lea = LeaFactory.create()
    me, parent = staff(lea), staff(lea, counselor=True, user__name="Paula Parent")
    fine, own = request_in(lea), request_in(lea, claim__claimant=parent.user)
    other_parents = request_in(lea, claim__first_name="Robin", claim__last_name="Rivera")
    ClaimFactory.create(
        claimant=parent.user, first_name="Robin", last_name="Rivera", school=other_parents.claim.school
    )
    decided = request_in(lea)
    CourseRequest.objects.filter(pk=decided.pk).update(state="decided")
    response = hand_over(client_of(me), fine, own, other_parents, decided, to=parent)
    assert owners(fine, own, other_parents, decided) == [parent.pk, None, None, None]
    assert told(response) == [
        f"Left out, because Paula Parent is family of the child: {own.number}, {other_parents.number}.",
        f"Left out, because nobody has to decide them any more: {decided.number}.",
    ]


@pytest.mark.rule("R-134")
def test_requests_that_one_may_not_review_are_passed_over_without_a_word() -> None:
    lea = LeaFactory.create()
    me = staff(lea)
    elsewhere, own = request_in(LeaFactory.create()), request_in(lea, claim__claimant=me.user)
    mine = request_in(lea)
    response = hand_over(client_of(me), mine, elsewhere, own, to=me)
    assert owners(mine, elsewhere, own) == [me.pk, None, None]
    assert told(response) == []
    response = hand_over(client_of(me), elsewhere, own, to=me)
    assert told(response) == ["Choose at least one request in the list first."]


@pytest.mark.parametrize("answer", [{}, {"requests": ["x"]}])
def test_nothing_chosen_is_said(answer: dict[str, Any]) -> None:
    lea = LeaFactory.create()
    me = staff(lea)
    response = client_of(me).post(HAND_OVER, answer | {"to": me.pk}, follow=True)
    assert told(response) == ["Choose at least one request in the list first."]


def test_only_a_colleague_who_reviews_gets_requests() -> None:
    lea = LeaFactory.create()
    me = staff(lea)
    request = request_in(lea)
    client = client_of(me)
    for hat in (
        staff(LeaFactory.create()),
        staff(lea, data_clerk=True),
        staff(lea, counselor=True, ended=True),
    ):
        response = hand_over(client, request, to=hat)
        assert told(response) == [
            "This person cannot review the request. Choose a colleague of your district who may."
        ]
        with pytest.raises(actions.NotAReviewer):
            actions.assign_many([request.pk], to=hat, by=me, at=NOW)
    assert owners(request) == [None]


def test_a_double_click_changes_nothing_and_the_first_undo_still_works() -> None:
    lea = LeaFactory.create()
    me, she = staff(lea), staff(lea)
    request = request_in(lea, assigned_to=she)
    client = client_of(me)
    hand_over(client, request, to=me)
    response = hand_over(client, request, to=me)
    assert told(response) == ["Nothing changed: the requests were in these hands already."]
    undo(client, response)
    assert owners(request) == [she.pk]


def test_an_undo_leaves_alone_what_somebody_changed_since() -> None:
    lea = LeaFactory.create()
    me, she = staff(lea), staff(lea)
    still, handed_on, decided = request_in(lea), request_in(lea), request_in(lea)
    client = client_of(me)
    response = hand_over(client, still, handed_on, decided, to=me)
    actions.assign(handed_on.pk, to=she)
    CourseRequest.objects.filter(pk=decided.pk).update(state="decided")
    response = undo(client, response)
    assert told(response) == [
        "Undone: 1 request is again whose it was.",
        f"Not undone, because they were handed on or decided since: {handed_on.number}, {decided.number}.",
    ]
    assert owners(still, handed_on, decided) == [None, she.pk, me.pk]


def test_an_undo_sent_twice_is_done_once() -> None:
    lea = LeaFactory.create()
    me, she = staff(lea), staff(lea)
    request = request_in(lea, assigned_to=she)
    handover = actions.assign_many([request.pk], to=None, by=me, at=NOW)
    for _ in range(2):
        undone = actions.undo_assign_many(handover.undo, by=me, at=NOW)
        assert undone == actions.Undone(restored=[request.number], kept=[])
    assert owners(request) == [she.pk]


def test_an_undo_is_ones_own_and_ends_after_half_an_hour(time_machine: Any) -> None:
    lea = LeaFactory.create()
    me, she = staff(lea), staff(lea)
    request = request_in(lea)
    client = client_of(me)
    token = hand_over(client, request, to=me).context["last_handover"]["token"]
    for hat, at, stolen in (
        (she, NOW, token),
        (me, NOW, token[:-1] + ("A" if token[-1] != "A" else "B")),
        (me, NOW + dt.timedelta(minutes=31), token),
    ):
        with pytest.raises(actions.UndoTooLate):
            actions.undo_assign_many(stolen, by=hat, at=at)
    assert owners(request) == [me.pk]
    time_machine.move_to(NOW + dt.timedelta(minutes=31), tick=False)
    assert client_of(me).get("/review/").context["last_handover"] is None
    response = client_of(me).post(UNDO, {"token": token}, follow=True)
    assert told(response) == [
        "This can no longer be undone here. Choose the requests and hand them over again."
    ]


def test_the_offer_to_undo_is_not_shown_to_another_hat_of_the_same_person() -> None:
    lea = LeaFactory.create()
    me = staff(lea)
    other_hat = MembershipFactory.create(coordinator=True, lea=lea, user=me.user)
    client = client_of(me)
    hand_over(client, request_in(lea), to=me)
    session = client.session
    session[SESSION_KEY] = other_hat.pk
    session.save()
    last = client.get("/review/").context
    assert (last["hat"], last["last_handover"]) == (other_hat, None)


def test_the_state_office_reads_and_hands_nothing_over() -> None:
    request_in(LeaFactory.create())
    client = client_of(MembershipFactory.create(dese_admin=True))
    page = main_part(client.get("/review/"))
    assert "hand-over" not in page
    for address in (HAND_OVER, UNDO):
        assert client.post(address).status_code == 403
