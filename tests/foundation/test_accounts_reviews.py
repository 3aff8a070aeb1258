"""The yearly review of who has which role: asked of each administrator, answered hat by hat."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.models import (
    ADMIN_ROLES,
    AccessAnswer,
    AccessReview,
    Membership,
    Role,
    User,
)
from tests.factories.accounts import AccessReviewFactory, MembershipFactory, UserFactory, state_office
from tests.factories.directory import LeaFactory, ProviderFactory
from tests.sign_in import sign_in

from .accounts_kit import sentences

pytestmark = pytest.mark.django_db

BEGINS = dt.datetime(2026, 9, 15, 5, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 9, 16, 15, tzinfo=dt.UTC)
DUE = dt.date(2026, 10, 16)


@pytest.fixture
def admin() -> Membership:
    return MembershipFactory.create(lea_admin=True, user__name="Ada Admin")


@pytest.fixture
def counselor(admin: Membership) -> Membership:
    return MembershipFactory.create(counselor=True, organization=admin.organization, user__name="Cora C.")


@pytest.fixture
def review(admin: Membership, counselor: Membership) -> AccessReview:
    return AccessReviewFactory.create(organization=admin.organization)


def answers(review: AccessReview) -> list[tuple[int, bool, int]]:
    return list(review.answers.order_by("hat").values_list("hat", "keep", "answered_by"))


# Asking -------------------------------------------------------------------------------------------


def asked() -> set[tuple[int, str]]:
    return set(AccessReview.objects.values_list("organization", "role"))


def ask(year: int = 2026) -> None:
    actions.ask_reviews(year, begins_at=BEGINS, at=NOW, due_on=DUE)


class TestAsking:
    def test_each_kind_of_administrator_in_each_organization_once_a_year(self) -> None:
        lea_side = MembershipFactory.create(lea_admin=True)
        ProviderFactory.create(organization=lea_side.organization)
        MembershipFactory.create(provider_staff=True, organization=lea_side.organization)
        host = MembershipFactory.create(host_staff=True)
        provider = MembershipFactory.create(provider_admin=True)
        state = MembershipFactory.create(dese_reviewer=True)
        ask()
        ask()
        assert asked() == {
            (lea_side.organization_id, Role.LEA_ADMIN),
            (lea_side.organization_id, Role.PROVIDER_ADMIN),
            (host.organization_id, Role.LEA_ADMIN),
            (provider.organization_id, Role.PROVIDER_ADMIN),
            (state.organization_id, Role.DESE_ADMIN),
        }
        assert AccessReview.objects.count() == 5
        ask(2027)
        assert AccessReview.objects.count() == 10

    def test_not_where_nobody_had_a_role_on_the_day(self) -> None:
        MembershipFactory.create(lea_admin=True, started_at=BEGINS)
        MembershipFactory.create(lea_admin=True, ended=True)
        MembershipFactory.create(parent=True)
        ask()
        assert asked() == set()

    def test_the_database_refuses_a_second_one_and_another_kind_of_role(self, review: AccessReview) -> None:
        for wrong in ({}, {"role": Role.COUNSELOR}):
            with pytest.raises(IntegrityError), transaction.atomic():
                AccessReviewFactory.create(organization=review.organization, **wrong)


# Answering ----------------------------------------------------------------------------------------


class TestAnswering:
    def test_half_way_and_then_the_rest(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        actions.answer_review(review.pk, keep={counselor.pk: True}, by=admin, at=NOW)
        assert answers(review) == [(counselor.pk, True, admin.pk)]
        with pytest.raises(actions.ReviewIncomplete, match="1 role has no answer yet"):
            actions.finish_review(review.pk, by=admin, at=NOW)
        actions.keep_the_rest(review.pk, by=admin, at=NOW)
        actions.keep_the_rest(review.pk, by=admin, at=NOW)
        finished = actions.finish_review(review.pk, by=admin, at=NOW)
        assert answers(review) == [(hat.pk, True, admin.pk) for hat in (admin, counselor)]
        assert (finished.finished_at, finished.finished_by) == (NOW, admin)

    def test_removing_ends_the_hat_and_its_sessions(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        stamp = counselor.user.session_stamp
        actions.answer_review(review.pk, keep={counselor.pk: False}, by=admin, at=NOW)
        counselor.refresh_from_db()
        assert (counselor.ended_at, counselor.ended_by) == (NOW, admin)
        assert User.objects.get(pk=counselor.user_id).session_stamp != stamp
        assert answers(review) == [(counselor.pk, False, admin.pk)]

    def test_who_stays_may_go_after_all(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        actions.answer_review(review.pk, keep={counselor.pk: True}, by=admin, at=NOW)
        actions.answer_review(review.pk, keep={counselor.pk: False}, by=admin, at=NOW)
        assert answers(review) == [(counselor.pk, False, admin.pk)]

    def test_nobody_removes_oneself_and_then_nothing_is_saved(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        with pytest.raises(actions.OwnRole):
            actions.answer_review(review.pk, keep={counselor.pk: False, admin.pk: False}, by=admin, at=NOW)
        assert Membership.objects.active().filter(pk__in=[admin.pk, counselor.pk]).count() == 2
        assert not AccessAnswer.objects.exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            AccessAnswer.objects.create(
                review=review, hat=admin, keep=False, answered_at=NOW, answered_by=admin
            )

    def test_only_hats_that_were_there_when_it_was_asked(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        new = MembershipFactory.create(
            data_clerk=True,
            organization=admin.organization,
            started_at=review.asked_at + dt.timedelta(days=1),
        )
        elsewhere = MembershipFactory.create(counselor=True)
        actions.answer_review(
            review.pk, keep={new.pk: False, elsewhere.pk: False, counselor.pk: True}, by=admin, at=NOW
        )
        assert answers(review) == [(counselor.pk, True, admin.pk)]
        assert not Membership.objects.filter(ended_at__isnull=False).exists()
        assert list(review.unanswered()) == [admin]

    def test_who_left_meanwhile_needs_no_answer(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        actions.remove_hat(counselor.pk, by=admin, at=NOW)
        actions.answer_review(review.pk, keep={admin.pk: True}, by=admin, at=NOW)
        assert actions.finish_review(review.pk, by=admin, at=NOW).finished_at == NOW

    def test_what_is_finished_stays(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        actions.keep_the_rest(review.pk, by=admin, at=NOW)
        actions.finish_review(review.pk, by=admin, at=NOW)
        for act in (
            lambda: actions.answer_review(review.pk, keep={counselor.pk: False}, by=admin, at=NOW),
            lambda: actions.keep_the_rest(review.pk, by=admin, at=NOW),
            lambda: actions.finish_review(review.pk, by=admin, at=NOW),
        ):
            with pytest.raises(actions.ReviewFinished):
                act()
        assert Membership.objects.active().filter(pk=counselor.pk).exists()

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.LEA_ADMIN}))
    def test_nobody_else_answers(self, review: AccessReview, counselor: Membership, role: Role) -> None:
        hat = MembershipFactory.create(**{role: True})
        with pytest.raises(actions.NotYourReview):
            actions.answer_review(review.pk, keep={counselor.pk: False}, by=hat, at=NOW)

    def test_neither_an_administrator_of_another_district_nor_one_who_was(
        self, review: AccessReview, counselor: Membership
    ) -> None:
        gone = MembershipFactory.create(lea_admin=True, organization=review.organization, ended=True)
        for hat in (MembershipFactory.create(lea_admin=True), gone):
            with pytest.raises(actions.NotYourReview):
                actions.answer_review(review.pk, keep={counselor.pk: False}, by=hat, at=NOW)

    def test_the_state_office_answers_for_its_own_and_for_administrators_elsewhere(self) -> None:
        state = MembershipFactory.create(dese_admin=True)
        colleague = MembershipFactory.create(dese_reviewer=True)
        lea_admin, provider_admin = (
            MembershipFactory.create(lea_admin=True),
            MembershipFactory.create(provider_admin=True),
        )
        MembershipFactory.create(counselor=True, organization=lea_admin.organization)
        row = AccessReviewFactory.create(organization=state_office(), role=Role.DESE_ADMIN)
        assert set(row.unanswered()) == {state, colleague, lea_admin, provider_admin}
        actions.answer_review(row.pk, keep={lea_admin.pk: False}, by=state, at=NOW)
        lea_admin.refresh_from_db()
        assert lea_admin.ended_by == state


# The page -----------------------------------------------------------------------------------------

PAGE = "accounts:review"


def client_of(hat: Membership) -> Client:
    return sign_in(Client(), hat)


def send(client: Client, page: str = "", **data: str) -> Any:
    return client.post(
        reverse(PAGE) + page, {name.replace("_", "-"): answer for name, answer in data.items()}
    )


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


class TestThePage:
    def test_it_lists_every_hat_and_chooses_nothing(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        User.objects.filter(pk=counselor.user_id).update(
            last_login=dt.datetime(2026, 5, 4, 15, tzinfo=dt.UTC)
        )
        response = client_of(admin).get(reverse(PAGE))
        text = text_of(response)
        for words in (
            "Ada Admin",
            "Cora C.",
            "Counselor",
            "Dec 31, 2025",
            "May 4, 2026",
            "Thursday, October 15, 2026",
        ):
            assert words in text
        assert "2 roles without an answer" in text
        assert " checked" not in text
        assert text.count('value="remove"') == 1  # not for one's own

    def test_saved_half_way_it_is_there_again(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        client = client_of(admin)
        response = send(client, **{f"hat_{counselor.pk}": "keep"})
        assert sentences(response) == ["Your answers are saved."]
        text = text_of(client.get(reverse(PAGE)))
        assert "1 role without an answer" in text
        assert text.count(" checked") == 1

    def test_finishing_too_early_saves_and_says_what_is_missing(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        response = send(client_of(admin), **{f"hat_{counselor.pk}": "keep", "finish": "yes"})
        assert sentences(response) == ["1 role has no answer yet. Choose for it, then finish."]
        assert answers(review) == [(counselor.pk, True, admin.pk)]

    def test_all_at_once_and_sent_twice(
        self, review: AccessReview, admin: Membership, counselor: Membership
    ) -> None:
        client = client_of(admin)
        data = {f"hat_{counselor.pk}": "remove", "rest": "keep", "finish": "yes"}
        assert sentences(send(client, **data)) == ["The review is done. Thank you."]
        assert send(client, **data).status_code == 200  # the second click finds the answer
        assert answers(review) == [(admin.pk, True, admin.pk), (counselor.pk, False, admin.pk)]
        text = text_of(client.get(reverse(PAGE)))
        assert "Ada Admin finished it on" in text
        assert "1 role stayed. 1 role was removed." in text

    @pytest.mark.parametrize("answer", ["maybe", "", "KEEP"])
    def test_what_is_no_answer_changes_nothing(
        self, review: AccessReview, admin: Membership, counselor: Membership, answer: str
    ) -> None:
        send(client_of(admin), **{f"hat_{counselor.pk}": answer, f"hat_{10**17}": "remove", "hat_x": "keep"})
        assert answers(review) == []

    def test_removing_oneself_by_hand_is_refused(self, review: AccessReview, admin: Membership) -> None:
        send(client_of(admin), **{f"hat_{admin.pk}": "remove"})
        assert answers(review) == []
        assert Membership.objects.active().filter(pk=admin.pk).exists()

    def test_nothing_was_asked_yet(self, admin: Membership) -> None:
        assert "Nothing to review yet." in text_of(client_of(admin).get(reverse(PAGE)))

    def test_another_kind_of_administrator_of_the_same_body_sees_their_own(
        self, review: AccessReview
    ) -> None:
        ProviderFactory.create(organization=review.organization)
        hat = MembershipFactory.create(provider_admin=True, organization=review.organization)
        assert "Nothing to review yet." in text_of(client_of(hat).get(reverse(PAGE)))

    @pytest.mark.parametrize("number", [1, 20])
    def test_queries(
        self,
        review: AccessReview,
        admin: Membership,
        number: int,
        django_assert_num_queries: DjangoAssertNumQueries,
    ) -> None:
        for user in UserFactory.create_batch(number):
            MembershipFactory.create(data_clerk=True, user=user, organization=admin.organization)
        client = client_of(admin)
        with django_assert_num_queries(8):
            # session, person, hats; the review, how many hats, the hats, what was kept, what is open
            assert client.get(reverse(PAGE)).status_code == 200

    def test_a_long_list_has_pages_and_each_is_saved_by_itself(
        self, review: AccessReview, admin: Membership
    ) -> None:
        hats = [
            MembershipFactory.create(data_clerk=True, user=user, organization=admin.organization)
            for user in UserFactory.create_batch(60)
        ]
        client = client_of(admin)
        last = client.get(reverse(PAGE), {"page": "2"}).context["page"].object_list[-1]
        response = send(client, "?page=2", **{f"hat_{last.pk}": "keep"})
        assert response.headers["Location"] == f"{reverse(PAGE)}?page=2"
        assert answers(review) == [(last.pk, True, admin.pk)]
        assert len(hats) + 2 - 1 == review.unanswered().count()


# The board ----------------------------------------------------------------------------------------


class TestTheBoard:
    def test_late_ones_first_done_ones_last(self) -> None:
        state = MembershipFactory.create(dese_reviewer=True)
        names: dict[str, dict[str, Any]] = {
            "Done": {"finished": True},
            "In time": {"due_on": dt.date(2026, 11, 1)},
            "Late": {},
            "Later than late": {"due_on": dt.date(2026, 10, 20)},
        }
        for name, row in names.items():
            AccessReviewFactory.create(
                organization=LeaFactory.create(organization__name=name).organization, **row
            )
        AccessReviewFactory.create(year=2025)
        with time_machine.travel(dt.datetime(2026, 10, 25, 15, tzinfo=dt.UTC), tick=False):
            response = client_of(state).get(reverse("accounts:reviews"))
        rows = [
            (row.record.organization.name, row.record.asked, row.record.is_late)
            for row in response.context["table"].rows
        ]
        assert rows == [("Late", 0, 1), ("Later than late", 0, 1), ("In time", 0, 0), ("Done", 1, 0)]
        text = text_of(response)
        assert "The review of 2026: 1 of 4 answered, 2 overdue." in text
        assert text.count("Nobody can answer: invite an administrator") == 3

    def test_before_the_first_one(self) -> None:
        text = text_of(client_of(MembershipFactory.create(dese_admin=True)).get(reverse("accounts:reviews")))
        assert "Nobody was asked yet." in text

    @pytest.mark.parametrize("number", [1, 8])
    def test_queries(self, number: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
        for _one in range(number):
            hat = MembershipFactory.create(lea_admin=True)
            AccessReviewFactory.create(organization=hat.organization)
        client = client_of(MembershipFactory.create(dese_admin=True))
        with django_assert_num_queries(7):  # three of every page; year, numbers, how many rows, the rows
            assert client.get(reverse("accounts:reviews")).status_code == 200


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_the_people_page_leads_to_the_review(role: Role) -> None:
    text = (
        client_of(MembershipFactory.create(**{role: True})).get(reverse("accounts:people")).content.decode()
    )
    assert f'href="{reverse(PAGE)}"' in text
