"""Two officials at the same moment issue one letter; two workers open one task."""

from collections.abc import Callable
from unittest import mock

import pytest

from enrollment.certification import actions
from enrollment.certification.models import Certification, CessationTask
from enrollment.full_time.models import EnrollmentState
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers.models import Notice
from tests.test_exactly_once import at_once

from .kit import NOW, asked, issue, official_of, seen
from .test_ceasing import ended

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("R-144")
def test_two_officials_issue_one_letter() -> None:
    request = asked()
    digest = seen(request).digest

    def click(official: Membership) -> Callable[[], str]:
        def issue_or_say() -> str:
            try:
                issue(request, by=official, digest=digest)
            except actions.AlreadyIssued:
                return "already"
            return "issued"

        return issue_or_say

    answers = at_once(request, *(click(official_of(request)) for _number in range(2)))
    assert sorted(answers) == ["already", "issued"]
    assert Certification.objects.count() == 1
    assert Notice.objects.filter(key__startswith="letter-issued").count() == 1


@pytest.mark.rule("R-153")
def test_two_workers_open_one_task() -> None:
    enrollment = ended(EnrollmentState.WITHDRAWN)
    answers = at_once(enrollment, *[lambda: actions.open_task(enrollment.pk, at=NOW)] * 2)
    assert sorted(answers) == [False, True]
    assert CessationTask.objects.count() == 1
    assert Notice.objects.filter(key__startswith="cessation").count() == 1


@pytest.mark.rule("R-153")
def test_a_worker_that_dies_between_task_and_mail_leaves_neither() -> None:
    enrollment = ended(EnrollmentState.WITHDRAWN)
    with (
        mock.patch("enrollment.certification.notices.tell_cessation", side_effect=RuntimeError),
        pytest.raises(RuntimeError),
    ):
        actions.open_task(enrollment.pk, at=NOW)
    assert CessationTask.objects.count() == 0
    assert actions.open_task(enrollment.pk, at=NOW)
    assert Notice.objects.filter(key__startswith="cessation").count() == 1
