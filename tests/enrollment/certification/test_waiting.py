"""Attendance letters and notices of cessation on the pages that people land on."""

import pytest

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.home import waiting
from tests.factories.accounts import MembershipFactory
from tests.factories.certification import CessationTaskFactory

from .kit import TODAY, asked, combined, issue, official_of

pytestmark = pytest.mark.django_db


def waits(hat: Membership) -> dict[str, list[str]]:
    return {
        str(block.title): [str(item.what) for item in block.items]
        for block in waiting.blocks(hat, today=TODAY)
    }


def test_letters_wait_for_officials_and_family() -> None:
    request, part = asked(), combined()
    name, other = request.student, part.student
    assert waits(official_of(request)) == {
        "Attendance letters to issue": [f"Issue the attendance letter of {name}"]
    }
    assert waits(request.asked_by) == {
        "Attendance letters you asked for": [f"Attendance letter {request.number} for {name}"]
    }
    for trait in ({"coordinator": True}, {"lea_admin": True}):
        assert waits(official_of(part, **trait))["Attendance letters to issue"] == [
            f"Issue the attendance letter of {other}"
        ]
    hat = official_of(request)
    issue(request)
    assert waits(hat) == {}
    assert waits(request.asked_by) == {}


@pytest.mark.rule("R-153")
def test_notices_to_send_wait_for_the_host() -> None:
    task = CessationTaskFactory.create()
    hat = MembershipFactory.create(host_staff=True, lea=task.enrollment.program.host)
    assert waits(hat) == {
        "Notices of cessation to send": [f"Send the notice of cessation of {task.enrollment.student}"]
    }
