"""Two people at the same moment about one application: one of them wins whole, the other is told."""

from collections.abc import Callable

import pytest

from enrollment.full_time import actions
from enrollment.full_time.models import (
    ApplicationState,
    Determination,
    Outcome,
    ProgramApplication,
    ProgramEnrollment,
)
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.papers.models import Letter, Notice
from mocap_portal.foundation.shared.refusals import Refusal
from tests.test_exactly_once import at_once

from .kit import LATER, NOW, again, decided, draft, family_of, host_of, sent, surveyed

pytestmark = pytest.mark.django_db(transaction=True)


def said(act: Callable[[], object]) -> Callable[[], str]:
    """What came of it, in a word."""

    def act_or_say() -> str:
        try:
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        return "done"

    return act_or_say


def determining(application: ProgramApplication, by: Membership, outcome: Outcome) -> Callable[[], str]:
    return said(lambda: decided(application, outcome, by=by))


def test_a_decision_and_a_withdrawal_meet_and_one_of_them_holds() -> None:
    application = surveyed(sent())
    by = host_of(application)
    answers = at_once(
        application,
        determining(application, by, Outcome.ADMITTED),
        said(lambda: actions.cancel(application.pk, at=LATER)),
    )
    assert sorted(answers) == ["AlreadyDecided", "done"]
    is_admitted = again(application).state == ApplicationState.ADMITTED
    assert is_admitted or again(application).state == ApplicationState.CANCELLED
    assert Determination.objects.count() == ProgramEnrollment.objects.count() == int(is_admitted)
    assert Letter.objects.count() == int(is_admitted)
    assert Notice.objects.filter(key__contains="cancelled").exists() != is_admitted


def test_two_colleagues_decide_and_one_letter_goes_out() -> None:
    application = surveyed(sent())
    answers = at_once(
        application,
        determining(application, host_of(application), Outcome.ADMITTED),
        determining(application, host_of(application), Outcome.REFUSED),
    )
    assert sorted(answers) == ["AlreadyDecided", "done"]
    assert Determination.objects.count() == 1


def test_two_clicks_send_one_application() -> None:
    application = draft()
    by = family_of(application)

    def sign() -> object:
        return actions.submit(application.pk, by=by, signed_name="Pat Parent", releases_records=True, at=NOW)

    assert sorted(at_once(application, said(sign), said(sign))) == ["AlreadySent", "done"]
    assert Clock.objects.count() == 1
