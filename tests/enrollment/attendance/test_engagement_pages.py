"""Pages of engagement and placement, step by step as people do them."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from enrollment.attendance.models import Flag, Placement
from enrollment.full_time.models import PolicyKind
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.home.waiting import blocks
from tests.days import memorable
from tests.factories.accounts import MembershipFactory
from tests.factories.attendance import FlagFactory
from tests.factories.full_time import ProgramPolicyFactory

from .kit import NOW, client_of, enrolled, parent_of, resident_of, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tuesday")]
TODAY = dt.date(2027, 2, 2)


@pytest.fixture
def tuesday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def words(response: Any) -> str:
    return str(response.content.decode())


def get(hat: Membership, name: str, *args: Any) -> str:
    return words(client_of(hat).get(reverse(f"attendance:{name}", args=args)))


def post(hat: Membership, name: str, pk: int, data: dict[str, Any] | None = None) -> Any:
    return client_of(hat).post(reverse(f"attendance:{name}", args=[pk]), data or {}, follow=True)


def waits(hat: Membership) -> list[str]:
    return [item.what for block in blocks(hat, today=TODAY) for item in block.items]


@pytest.fixture
def flag() -> Flag:
    found: Flag = FlagFactory.create(enrollment=enrolled())
    ProgramPolicyFactory.create(program=found.enrollment.program, kind=PolicyKind.CONSEQUENCES)
    return found


def test_from_the_flag_to_the_district_step_by_step(flag: Flag) -> None:
    student, host = flag.enrollment.student, staff_of(flag.enrollment)
    parent, coordinator = parent_of(flag.enrollment), resident_of(flag.enrollment)
    assert waits(host) == [f"Write to the family of {student}"]
    assert str(student) in get(host, "engagement")
    page = get(host, "flag", flag.pk)
    assert "Send it first." in page and reverse("attendance:disenroll", args=[flag.pk]) not in page
    assert "has not had a written notice" in words(post(host, "disenroll", flag.pk))
    assert "Send it first." in words(post(host, "intervene", flag.pk))

    assert "the family was told" in words(post(host, "notify", flag.pk))
    assert waits(host) == [f"Talk with {student} and help"]
    letter = Flag.objects.get().notice.letter_id
    for hat in (host, parent, coordinator):
        assert "Notice: no activity in the program" in get(hat, "letter", letter)
    assert "Record what you tried" in get(host, "flag", flag.pk)

    tried = {"kind": "call", "tried": "Talked with the mother.", **memorable("held_on", TODAY)}
    assert "It is saved." in words(post(host, "intervene", flag.pk, tried))
    assert waits(host) == []
    page = get(host, "flag", flag.pk)
    assert "Talked with the mother." in page and reverse("attendance:disenroll", args=[flag.pk]) in page

    end = {"why": "No activity.", **memorable("on", TODAY)}
    assert "The student is disenrolled." in words(post(host, "disenroll", flag.pk, end))
    placement = Placement.objects.get()
    assert "The resident district sends a list of options next." in get(parent, "student", flag.enrollment_id)
    assert placement.enrollment.end_letter_id is not None
    assert "Ask the program, not your district" in get(parent, "letter", placement.enrollment.end_letter_id)
    assert "was disenrolled from" in get(coordinator, "letter", placement.notice_id)
    client = client_of(parent)
    assert client.get(reverse("attendance:letter", args=[placement.notice_id])).status_code == 404
    pdf = client.get(reverse("attendance:letter_pdf", args=[placement.enrollment.end_letter_id]))
    assert pdf.headers["Content-Type"] == "application/pdf"
    pdf.close()


def test_the_district_places_the_student_step_by_step(flag: Flag) -> None:
    host, coordinator = staff_of(flag.enrollment), resident_of(flag.enrollment)
    post(host, "notify", flag.pk)
    post(host, "intervene", flag.pk, {"kind": "call", "tried": "A talk.", **memorable("held_on", TODAY)})
    post(host, "disenroll", flag.pk, {"why": "No activity.", **memorable("on", TODAY)})
    key, student = Placement.objects.get().pk, flag.enrollment.student
    assert waits(coordinator) == [f"Send options to the family of {student}"]
    assert str(student) in get(coordinator, "placements")
    assert "Send them first." in words(post(coordinator, "choice", key))
    assert "with the family" in words(post(coordinator, "options", key, {"options": "Central High"}))
    assert waits(coordinator) == [f"Enroll {student} again"]
    assert "Record it first." in words(post(coordinator, "place", key))
    chosen = {"choice": "Central High", **memorable("chosen_on", TODAY)}
    assert "The choice is saved." in words(post(coordinator, "choice", key, chosen))
    assert "is enrolled in your district" in words(post(coordinator, "place", key, memorable("on", TODAY)))
    assert waits(coordinator) == []
    page = get(coordinator, "placement", key)
    assert "Enrolled again" in page and "Central High" in page


def test_forms_say_what_is_missing(flag: Flag) -> None:
    host = staff_of(flag.enrollment)
    post(host, "notify", flag.pk)
    page = words(post(host, "intervene", flag.pk, {"kind": "call"}))
    assert "Say what was tried." in page and "Enter the month, the day and the year." in page
    page = words(
        post(host, "intervene", flag.pk, {"tried": "x", **memorable("held_on", dt.date(2027, 2, 1))})
    )
    assert "must be" in page
    assert flag.interventions.count() == 0


def test_nobody_but_the_host_acts_and_not_for_a_child_of_their_own(flag: Flag) -> None:
    own = MembershipFactory.create(
        user=parent_of(flag.enrollment).user, host_staff=True, lea=flag.enrollment.program.host
    )
    for hat in (MembershipFactory.create(host_staff=True), own):
        for name in ("flag", "notify", "intervene", "disenroll"):
            assert post(hat, name, flag.pk).status_code == 404 if name != "flag" else True
        assert waits(hat) == []
    for hat in (resident_of(flag.enrollment), parent_of(flag.enrollment)):
        assert post(hat, "disenroll", flag.pk).status_code == 403
    flag.refresh_from_db()
    assert flag.closed_on is None
