"""Two people of the state office decide about one report at the same moment: it is decided once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from coredata import actions
from coredata.models import ProviderReport, ReportedEnrollment, ReportState, StatusChange
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.refusals import Refusal
from tests.test_exactly_once import at_once

from .kit import NOW, walnut_fork
from .report_kit import report_of, reviewer, staff_of, submit

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_in_june")]


def tried(action: Callable[[], ProviderReport]) -> Callable[[], str]:
    """The state that an action leads to, or the name of its refusal."""

    def click() -> str:
        try:
            return str(action().state)
        except Refusal as refusal:
            return type(refusal).__name__

    return click


@pytest.fixture
def report() -> ProviderReport:
    walnut_fork()
    return submit(report_of(), by=staff_of())


def test_two_who_accept_at_once_accept_it_once(report: ProviderReport) -> None:
    one, other = reviewer(), reviewer()
    answers = at_once(
        Provider.objects.get(pk=report.provider_id),
        tried(lambda: actions.accept_report(report.pk, by=one, at=NOW)),
        tried(lambda: actions.accept_report(report.pk, by=other, at=NOW)),
    )
    assert sorted(answers) == ["NotWaiting", ReportState.ACCEPTED]
    assert (ReportedEnrollment.objects.count(), StatusChange.objects.count()) == (4, 4)


def test_accepting_and_returning_at_once_is_one_of_the_two(report: ProviderReport) -> None:
    one, other = reviewer(), reviewer()
    answers = at_once(
        Provider.objects.get(pk=report.provider_id),
        tried(lambda: actions.accept_report(report.pk, by=one, at=NOW)),
        tried(lambda: actions.return_report(report.pk, reason="Half of it.", by=other, at=NOW)),
    )
    report.refresh_from_db()
    assert sorted(answers) == sorted(["NotWaiting", report.state])
    assert ReportedEnrollment.objects.count() == (4 if report.state == ReportState.ACCEPTED else 0)
