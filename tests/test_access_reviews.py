"""The yearly review of roles as it runs by itself: asked once, told once, reminded, however often the task runs."""

import datetime as dt

import pytest
import time_machine

from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.models import AccessReview, Membership, Role
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers.models import DigestItem, Notice
from mocap_portal.foundation.shared.calendar import CENTRAL
from mocap_portal.home import reviews, waiting
from mocap_portal.home.tasks import review_roles
from tests.factories.accounts import AccessReviewFactory, MembershipFactory, state_office

pytestmark = pytest.mark.django_db


def central(month: int, day: int, hour: int = 6, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=CENTRAL)


@pytest.fixture
def admin() -> Membership:
    return MembershipFactory.create(lea_admin=True, lea__organization__name="Elm County R-I")


def reminders() -> list[tuple[dt.date, str, bool]]:
    return list(DigestItem.objects.order_by("day").values_list("day", "sentence", "urgent"))


class TestAsking:
    def test_not_before_the_day(self, admin: Membership) -> None:
        reviews.run(at=central(9, 14, 23))
        assert not AccessReview.objects.exists()

    def test_on_the_day_however_often_it_runs(self, admin: Membership) -> None:
        for hour in (6, 7, 7):
            reviews.run(at=central(9, 15, hour))
        review = AccessReview.objects.get()
        assert (review.organization, review.role, review.year) == (admin.organization, Role.LEA_ADMIN, 2026)
        assert (review.asked_at, review.due_on) == (central(9, 15, 6), dt.date(2026, 10, 15))
        notice = Notice.objects.get()
        assert (notice.user, notice.subject) == (
            admin.user,
            "Who keeps which role? Please answer by Oct. 15, 2026",
        )
        assert "for each role at Elm County R-I whether it stays, by Oct. 15, 2026:" in notice.body
        assert notice.body.endswith("/people/review/")
        assert reminders() == []

    def test_a_day_that_was_missed_is_made_up_for(self, admin: Membership) -> None:
        reviews.run(at=central(9, 20))
        assert AccessReview.objects.get().due_on == dt.date(2026, 10, 20)

    def test_the_state_sets_the_day_and_the_time_to_answer(self, admin: Membership) -> None:
        for key, number in ((LegalKey.ACCESS_REVIEW_MONTH, 2), (LegalKey.ACCESS_REVIEW_DAY, 31)):
            LegalValue.objects.filter(key=key).update(number=number)
        LegalValue.objects.filter(key=LegalKey.ACCESS_REVIEW_DAYS).update(number=10)
        reviews.run(at=central(2, 27))
        assert not AccessReview.objects.exists()
        reviews.run(at=central(2, 28))
        assert AccessReview.objects.get().due_on == dt.date(2026, 3, 10)

    def test_a_run_that_was_killed_after_asking_tells_with_the_next(self, admin: Membership) -> None:
        AccessReviewFactory.create(organization=admin.organization)
        reviews.run(at=central(9, 15, 9))
        assert Notice.objects.get().user == admin.user

    def test_who_becomes_an_administrator_later_is_told_too(self, admin: Membership) -> None:
        reviews.run(at=central(9, 15))
        new = MembershipFactory.create(lea_admin=True, organization=admin.organization)
        reviews.run(at=central(9, 16))
        assert set(Notice.objects.values_list("user", flat=True)) == {admin.user_id, new.user_id}

    def test_in_the_language_of_its_person(self) -> None:
        MembershipFactory.create(lea_admin=True, user__language="es")
        reviews.run(at=central(9, 15))
        assert "15 de octubre de 2026" in Notice.objects.get().subject

    @pytest.mark.rule("R-31")
    def test_the_mail_names_nobody(self, admin: Membership) -> None:
        counselor = MembershipFactory.create(
            counselor=True, organization=admin.organization, user__name="Quillon Zephyrine"
        )
        reviews.run(at=central(9, 15))
        (notice,) = Notice.objects.all()
        assert [name for name in (counselor.user.name, counselor.user.email) if name in notice.body] == []


class TestReminding:
    def test_each_week_then_each_day_until_it_is_done(self, admin: Membership) -> None:
        AccessReviewFactory.create(organization=admin.organization)
        for day in (15, 16, 22, 22, 29):
            reviews.run(at=central(9, day))
        for day in (15, 16):
            reviews.run(at=central(10, day))
        in_time = "Elm County R-I: finish the yearly review of roles by Oct. 15, 2026."
        late = "Elm County R-I: the yearly review of roles was due by Oct. 15, 2026 and is not finished."
        assert reminders() == [
            (dt.date(2026, 9, 22), in_time, False),
            (dt.date(2026, 9, 29), in_time, False),
            (dt.date(2026, 10, 15), in_time, False),
            (dt.date(2026, 10, 16), late, True),
        ]

    def test_not_once_it_is_done(self, admin: Membership) -> None:
        review = AccessReviewFactory.create(organization=admin.organization)
        accounts.keep_the_rest(review.pk, by=admin, at=central(9, 16))
        accounts.finish_review(review.pk, by=admin, at=central(9, 16))
        reviews.run(at=central(9, 22))
        assert (reminders(), Notice.objects.count()) == ([], 0)

    def test_the_next_year_asks_again(self, admin: Membership) -> None:
        reviews.run(at=central(9, 15))
        reviews.run(at=central(9, 15, year=2027))
        assert list(AccessReview.objects.order_by("year").values_list("year", flat=True)) == [2026, 2027]


def test_the_task(admin: Membership) -> None:
    with time_machine.travel(central(9, 15), tick=False):
        review_roles()
        review_roles()
    assert (AccessReview.objects.count(), Notice.objects.count()) == (1, 1)


class TestTheHomePage:
    def test_the_administrator(self, admin: Membership) -> None:
        AccessReviewFactory.create(organization=admin.organization)
        (block,) = waiting.blocks(admin, today=dt.date(2026, 9, 20))
        assert [(item.what, item.due_on) for item in block.items] == [
            ("Say who keeps which role", dt.date(2026, 10, 15))
        ]

    def test_the_state_office_sees_who_is_late(self, admin: Membership) -> None:
        AccessReviewFactory.create(organization=admin.organization)
        AccessReviewFactory.create(finished=True, organization=state_office(), role=Role.DESE_ADMIN)
        hat = MembershipFactory.create(dese_reviewer=True)
        assert waiting.blocks(hat, today=dt.date(2026, 10, 15)) == []
        (block,) = waiting.blocks(hat, today=dt.date(2026, 10, 16))
        assert [(item.what, item.due_on) for item in block.items] == [
            ("Elm County R-I", dt.date(2026, 10, 15))
        ]
