"""Two people of a district answer one mismatch at the same moment: it is answered once, and told once."""

from __future__ import annotations

import datetime as dt

import pytest

from coredata.reconcile import actions
from coredata.reconcile.models import Answer, AnswerKind, MismatchState
from mocap_portal.foundation.papers.models import Notice
from tests.factories.accounts import MembershipFactory
from tests.factories.reconcile import MismatchFactory
from tests.test_exactly_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
NOW = dt.datetime(2026, 11, 6, 16, tzinfo=dt.UTC)


@pytest.mark.rule("R-113")
def test_the_same_answer_of_two_colleagues_is_one() -> None:
    mismatch = MismatchFactory.create(provider_only=True)
    MembershipFactory.create(provider_staff=True, provider=mismatch.provider)
    hats = [MembershipFactory.create(data_clerk=True, lea=mismatch.lea) for _number in range(2)]

    answers = at_once(
        mismatch,
        lambda: actions.answer(mismatch.pk, AnswerKind.DENIED, by=hats[0], at=NOW),
        lambda: actions.answer(mismatch.pk, AnswerKind.DENIED, by=hats[1], at=NOW),
    )

    assert answers[0] == answers[1] == Answer.objects.get()
    assert Notice.objects.count() == 1


def test_an_answer_is_taken_back_once() -> None:
    mismatch = MismatchFactory.create()
    hat = MembershipFactory.create(data_clerk=True, lea=mismatch.lea)
    seen = actions.answer(mismatch.pk, AnswerKind.SEEN, by=hat, at=NOW)

    backs = at_once(
        mismatch,
        lambda: actions.take_back(seen.pk, by=hat, at=NOW),
        lambda: actions.take_back(seen.pk, by=hat, at=NOW),
    )

    assert backs[0] == backs[1]
    mismatch.refresh_from_db()
    assert (mismatch.state, Answer.objects.count()) == (MismatchState.OPEN, 2)
