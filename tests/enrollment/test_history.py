"""Every step of a request is sealed with the one before it; whatever is changed behind the portal's back is named."""

import datetime as dt
import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from pytest_django.fixtures import Settings

from enrollment.part_time import actions, history
from enrollment.part_time.history import Break, Damage, add_step, breaks
from enrollment.part_time.models import CourseRequest, Step, StepKind
from tests.factories.accounts import MembershipFactory
from tests.factories.part_time import CourseRequestFactory

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2026, 11, 10, 18, tzinfo=dt.UTC)
KINDS = [StepKind.STARTED, StepKind.SUBMITTED, StepKind.OPENED, StepKind.PAUSED, StepKind.RESUMED]


def told(*, steps: int = 5) -> CourseRequest:
    """A request of which so many steps were told, an hour apart."""
    request: CourseRequest = CourseRequestFactory.create()
    by = MembershipFactory.create(counselor=True)
    for hour, kind in enumerate(KINDS[:steps]):
        add_step(request, kind, at=NOON + dt.timedelta(hours=hour), by=by)
    return request


def behind_the_portal(sql: str, *args: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, args)


def altered(request: CourseRequest, *places: int) -> list[Break]:
    return [Break(request.pk, place, Damage.ALTERED) for place in places]


def test_an_untouched_history_is_whole() -> None:
    request = told()
    assert list(request.steps.order_by("place").values_list("place", "kind")) == list(
        enumerate(KINDS, start=1)
    )
    assert len(set(request.steps.values_list("seal", flat=True))) == 5
    assert breaks() == []


def test_the_same_step_of_another_request_has_another_seal() -> None:
    first, second = told(steps=1), told(steps=1)
    Step.objects.filter(request=second).update(by=Step.objects.get(request=first).by)
    assert Step.objects.get(request=first).seal != Step.objects.get(request=second).seal


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("kind", "denied"),
        ("at", NOON + dt.timedelta(microseconds=1)),
        ("by_id", None),
        ("seal", "0" * 64),
    ],
)
def test_an_altered_step_is_named(column: str, value: object) -> None:
    request, _other = told(), told()
    behind_the_portal(
        f'UPDATE part_time_step SET "{column}" = %s WHERE request_id = %s AND place = 3', value, request.pk
    )
    # The step after it was sealed with the seal that stood there.
    places = [3, 4] if column == "seal" else [3]
    assert breaks() == altered(request, *places)


@pytest.mark.parametrize("place", [1, 3, 5])
def test_a_removed_step_is_named(place: int) -> None:
    """The last one, too, after which nothing stands that could miss it."""
    request, _other = told(), told()
    behind_the_portal("DELETE FROM part_time_step WHERE request_id = %s AND place = %s", request.pk, place)
    assert breaks() == [Break(request.pk, place, Damage.MISSING)]


def test_a_removed_step_leaves_a_gap_even_if_its_trace_is_removed_with_it() -> None:
    request = told()
    for table in ("part_time_step", "part_time_stepevent"):
        behind_the_portal(f"DELETE FROM {table} WHERE request_id = %s AND place = 3", request.pk)
    assert breaks() == [Break(request.pk, 3, Damage.MISSING)]


def test_closing_the_gap_breaks_every_seal_behind_it() -> None:
    request = told()
    for table in ("part_time_step", "part_time_stepevent"):
        behind_the_portal(f"DELETE FROM {table} WHERE request_id = %s AND place = 3", request.pk)
    for place in (4, 5):
        behind_the_portal(
            "UPDATE part_time_step SET place = %s WHERE request_id = %s AND place = %s",
            place - 1,
            request.pk,
            place,
        )
    assert breaks() == altered(request, 3, 4)


def test_two_steps_that_changed_places_are_named() -> None:
    request = told()
    for old, new in ((2, 99), (3, 2), (99, 3)):
        behind_the_portal(
            "UPDATE part_time_step SET place = %s WHERE request_id = %s AND place = %s", new, request.pk, old
        )
    assert breaks() == altered(request, 2, 3, 4)


def test_a_step_that_was_slipped_in_is_named() -> None:
    request, other = told(), told()
    copied = Step.objects.get(request=other, place=5).seal
    behind_the_portal(
        'INSERT INTO part_time_step (request_id, place, kind, "at", seal) VALUES (%s, 6, %s, %s, %s)',
        request.pk,
        "approved",
        NOON,
        copied,
    )
    assert breaks() == altered(request, 6)


def test_only_the_requests_asked_for_are_looked_at() -> None:
    one, other = told(), told()
    Step.objects.filter(place=2).update(kind="denied")
    assert breaks([one.pk]) == altered(one, 2)
    assert breaks() == altered(one, 2) + altered(other, 2)


def test_a_discarded_draft_is_not_missed() -> None:
    request = told(steps=1)
    request.delete()
    assert breaks() == []


def test_a_new_key_honors_the_former_ones(settings: Settings) -> None:
    request = told(steps=2)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key"
    assert breaks() == altered(request, 1, 2)
    settings.SECRET_KEY_FALLBACKS = [former]
    add_step(request, StepKind.OPENED, at=NOON + dt.timedelta(days=1), by=None)
    assert breaks() == []


def test_two_steps_cannot_take_the_same_place() -> None:
    request = told(steps=2)
    twin = Step(request=request, kind=StepKind.OPENED, at=NOON + dt.timedelta(days=1), place=2, seal="0" * 64)
    with pytest.raises(IntegrityError, match="a_step_has_a_place_of_its_own"), transaction.atomic():
        twin.save()


def test_what_the_portal_itself_tells_is_sealed() -> None:
    request = CourseRequestFactory.create(submitted=True)
    actions.mark_opened(request.pk, by=MembershipFactory.create(counselor=True, lea=request.lea), at=NOON)
    [step] = Step.objects.filter(request=request)
    assert step.seal == history.seal_of(step, after="")


class TestCommand:
    def test_all_is_well(self) -> None:
        told()
        out = StringIO()
        call_command("verify_history", stdout=out)
        assert out.getvalue() == "Every history is what the portal wrote.\n"

    def test_damage_is_named(self) -> None:
        request = told()
        Step.objects.filter(place=2).update(kind="denied")
        Step.objects.filter(place=4).delete()
        out, err = StringIO(), StringIO()
        with pytest.raises(SystemExit) as end:
            call_command("verify_history", stdout=out, stderr=err)
        assert end.value.code == 1
        assert out.getvalue().splitlines() == [
            f"{request.number}: step 2 is not what the portal wrote there.",
            f"{request.number}: step 4 is missing.",
        ]
        assert err.getvalue().startswith("2 steps are not what the portal wrote.")

    def test_as_json(self) -> None:
        request = told()
        Step.objects.filter(place=2).update(kind="denied")
        out = StringIO()
        with pytest.raises(SystemExit):
            call_command("verify_history", "--json", stdout=out, stderr=StringIO())
        assert json.loads(out.getvalue()) == {
            "requests": 1,
            "breaks": [{"request": request.number, "step": 2, "damage": "altered"}],
        }


class TestReseal:
    def test_afterwards_the_former_key_is_not_needed(self, settings: Settings) -> None:
        told()
        told(steps=2)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another key"
        out = StringIO()
        call_command("reseal_history", stdout=out)
        assert out.getvalue() == "7 steps sealed.\n"
        settings.SECRET_KEY_FALLBACKS = []
        assert breaks() == []

    def test_damage_is_not_sealed(self) -> None:
        request = told()
        Step.objects.filter(place=2).update(kind="denied")
        err = StringIO()
        with pytest.raises(SystemExit) as end:
            call_command("reseal_history", stdout=StringIO(), stderr=err)
        assert end.value.code == 1
        assert err.getvalue().startswith("A history is damaged, so the former key is still needed.")
        assert breaks() == altered(request, 2)
