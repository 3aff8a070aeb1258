"""A program is reminded of a family that asked it to look again; of late answers the state office hears, too."""

import pytest
from django.urls import reverse

from enrollment.full_time import actions
from enrollment.full_time.models import ReviewOutcome
from enrollment.full_time.tasks import chase
from mocap_portal.foundation.papers.models import DigestItem
from tests.factories.accounts import MembershipFactory
from tests.personal_data import assert_no_personal_data

from .kit import LATER, asked_again, host_of, resident_of

pytestmark = [pytest.mark.django_db, pytest.mark.rule("R-71")]


def digests(day: str) -> set[tuple[int, str, str, bool]]:
    return set(DigestItem.objects.filter(day=day).values_list("user", "sentence", "path", "urgent"))


def test_the_program_is_reminded_to_look_again_and_late_ones_are_told_to_the_state_office() -> None:
    review, decided_by = asked_again()
    application = review.application
    colleague, office = host_of(application), MembershipFactory.create(dese_reviewer=True)
    resident_of(application)
    here = reverse("full_time:review", args=[application.pk])
    in_time = f"Look at your decision about application {application.number} again by Dec. 3, 2026: the family waits."
    late = (
        f"{application.program} should have looked at its decision about application {application.number} again by "
        "Dec. 3, 2026."
    )
    host = [decided_by.user_id, colleague.user_id]
    assert [chase("2026-12-02") for _ in range(2)] == [1, 0]
    assert digests("2026-12-02") == {(user, in_time, here, False) for user in host}
    assert chase("2026-12-04") == 1
    assert digests("2026-12-04") == {(user, late, here, True) for user in (*host, office.user_id)}
    actions.answer_review(
        review.pk, outcome=ReviewOutcome.UPHELD, answer="We looked at it again. " * 5, by=colleague, at=LATER
    )
    assert (chase("2026-12-07"), digests("2026-12-07")) == (0, set())


def test_no_reminder_of_a_review_names_the_child() -> None:
    review, _by = asked_again()
    chase("2026-12-04")
    [sentence] = set(DigestItem.objects.values_list("sentence", flat=True))
    assert_no_personal_data(sentence, about=review.application.claim)
