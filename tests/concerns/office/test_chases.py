"""Who is reminded of which clock, when, and in which words; and calendars."""

import datetime as dt

import pytest
import time_machine

from concerns import actions
from concerns.models import Concern
from concerns.tasks import chase_concerns
from mocap_portal.foundation.papers.models import DigestItem
from mocap_portal.home.due_days import due_days
from tests.factories.accounts import MembershipFactory
from tests.factories.concerns import AskedFactory, ConcernFactory

from .kit import AT, reviewer

pytestmark = pytest.mark.django_db

NOVEMBER = {day: dt.date(2026, 11, day) for day in range(1, 31)}


def heard(hat: object) -> list[tuple[str, bool]]:
    items = DigestItem.objects.filter(user=hat.user).order_by("pk")  # type: ignore[attr-defined]
    return list(items.values_list("sentence", "urgent"))


def chase(day: int) -> int:
    with time_machine.travel(dt.datetime(2026, 11, day, 9, tzinfo=dt.UTC), tick=False):
        return int(chase_concerns(NOVEMBER[day].isoformat()))


class TestReminders:
    def test_the_reviewer_before_and_the_office_after(self) -> None:
        own, other = reviewer(), reviewer()
        concern = ConcernFactory.create(assigned=True, assigned_to=own)
        actions.note(concern.pk, "They called.", by=own, at=AT)
        assert [chase(10), chase(10)] == [1, 0]
        assert heard(own) == [(f"Take up concern {concern.number} by Nov. 12, 2026.", False)]
        assert heard(other) == []
        chase(13)
        late = f"Nobody has taken up concern {concern.number}. That was due by Nov. 12, 2026."
        sort = f"Sort concern {concern.number} by Nov. 17, 2026."
        assert heard(own)[1:] == [(late, True), (sort, False)]
        assert heard(other) == [(late, True)]

    def test_who_is_asked_and_then_the_reviewer(self) -> None:
        own = reviewer()
        concern = ConcernFactory.create(awaiting=True, assigned_to=own, clocked=False)
        asked = AskedFactory.create(concern=concern)
        assert asked.lea is not None
        coordinator = MembershipFactory.create(coordinator=True, organization=asked.lea.organization)
        decider = MembershipFactory.create(decider=True, organization=asked.lea.organization)
        assert asked.clock.due_on == NOVEMBER[18]
        assert chase(17) == 1
        assert heard(coordinator) == [("Answer the state office about a concern by Nov. 18, 2026.", False)]
        assert (heard(decider), heard(own)) == ([], [])
        chase(19)
        assert heard(coordinator)[-1][1]
        late = f"{asked.lea} has not answered about concern {concern.number}. That was due by Nov. 18, 2026."
        assert heard(own) == [(late, True)]

    def test_nobody_of_what_is_done(self) -> None:
        concern = ConcernFactory.create()
        actions.close(concern.pk, "settled", text="It was put right.", by=reviewer(), at=AT)  # type: ignore[arg-type]
        assert Concern.objects.get().due_on is None
        assert chase(30) == 0


class TestCalendars:
    def test_the_reviewers_own(self) -> None:
        own = reviewer()
        concern = ConcernFactory.create(assigned=True, assigned_to=own)
        ConcernFactory.create(assigned=True)
        found = due_days(own, today=NOVEMBER[9])
        assert [(day.what, day.due_on) for day in found] == [
            (f"{concern.number}: Acknowledge a concern", NOVEMBER[12]),
            (f"{concern.number}: Sort a concern", NOVEMBER[17]),
            (f"{concern.number}: Reply to a concern for the first time", dt.date(2026, 12, 2)),
        ]

    @pytest.mark.parametrize("trait", ["coordinator", "lea_admin", "decider"])
    def test_of_who_is_asked(self, trait: str) -> None:
        asked = AskedFactory.create()
        AskedFactory.create(lea=asked.lea, taken_back=True)
        assert asked.lea is not None
        hat = MembershipFactory.create(**{trait: True}, organization=asked.lea.organization)
        found = due_days(hat, today=NOVEMBER[9])
        assert [(day.what, day.due_on) for day in found] == [
            ("Answer to the state office due", asked.clock.due_on)
        ]
