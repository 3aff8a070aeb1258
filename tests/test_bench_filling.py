"""The rows that measurements look at: few of them here, but of every kind, and as sound as the portal's own."""

import contextlib
import datetime as dt

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import ForeignKey

from enrollment.part_time.models import CourseLine, CourseRequest, Decision, LineState, RequestState
from enrollment.records.models import Claim
from enrollment.registration.models import RosterLine
from mocap_portal.bench.filling import FEWEST_COURSES, FEWEST_REQUESTS, fill
from mocap_portal.bench.filling.places import LARGE
from mocap_portal.bench.filling.rows import BASE, insert
from mocap_portal.command.state import Problem
from mocap_portal.foundation.accounts.models import User
from mocap_portal.foundation.clocks.explain import explain_all
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import Organization
from providers.models import Course
from tests.factories.part_time import CourseRequestFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 25, 18, 0, tzinfo=dt.UTC)
REQUESTS, COURSES = 1000, 120


@pytest.fixture
def filled() -> dict[str, int]:
    return fill(requests_wanted=REQUESTS, courses_wanted=COURSES, at=AT)


def test_as_many_as_were_asked_for_in_every_state(filled: dict[str, int]) -> None:
    assert (filled["CourseRequest"], filled["Course"]) == (REQUESTS, COURSES)
    by_state = {state: CourseRequest.objects.filter(state=state).count() for state in RequestState}
    assert sum(by_state.values()) == REQUESTS
    assert 0.01 * REQUESTS < by_state[RequestState.SUBMITTED] < 0.05 * REQUESTS
    assert by_state[RequestState.DECIDED] > 0.94 * REQUESTS
    assert 0 < by_state[RequestState.DRAFT] < by_state[RequestState.CANCELLED]


def test_one_district_has_one_request_in_twenty(filled: dict[str, int]) -> None:
    large = CourseRequest.objects.filter(lea=BASE + LARGE).count()
    assert 0.03 * REQUESTS < large < 0.07 * REQUESTS


def test_lines_stand_where_the_calendar_lets_them(filled: dict[str, int]) -> None:
    started = CourseLine.objects.started()
    assert not started.filter(started_on__gt=AT.date()).exists()
    assert not CourseLine.objects.filter(ended_on__gt=AT.date()).exists()
    stands = set(CourseLine.objects.values_list("state", flat=True))
    assert stands == set(LineState) - {LineState.FINISHED, LineState.REMOVED}


def test_every_foreign_key_leads_somewhere(filled: dict[str, int]) -> None:
    """No trigger looked while the rows were written."""
    models = [model for model in apps.get_models() if model.__name__ in filled]
    keys = [
        (model, field)
        for model in models
        for field in model._meta.concrete_fields
        if isinstance(field, ForeignKey)
    ]
    assert len(models) == len(filled) and len(keys) > 2 * len(models)
    for model, field in keys:
        there = field.related_model._default_manager.values(field.target_field.name)
        lost = model._default_manager.filter(**{f"{field.name}__isnull": False}).exclude(
            **{f"{field.attname}__in": there}
        )
        assert lost.count() == 0, f"{model.__name__}.{field.name}"


def test_due_days_are_those_that_the_calendar_gives(filled: dict[str, int]) -> None:
    clocks = Clock.objects.filter(kind=ClockKind.PART_TIME_DECISION, due_on__isnull=False).order_by("pk")[:50]
    explained = explain_all(clocks)
    assert [explained[clock.pk].on for clock in clocks] == [clock.due_on for clock in clocks]


def fingerprints() -> dict[str, str]:
    """One of each table whose rows have keys of their own making, after a filling that is taken back."""
    found = {}
    with contextlib.suppress(InterruptedError), transaction.atomic():
        fill(requests_wanted=FEWEST_REQUESTS, courses_wanted=FEWEST_COURSES, at=AT)
        for model in (User, Course, Claim, Clock, CourseRequest, CourseLine, Decision, RosterLine):
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT md5(string_agg(filled::text, '' ORDER BY id)) FROM {model._meta.db_table} AS filled"
                )
                (found[model.__name__],) = cursor.fetchone()
        raise InterruptedError
    return found


def test_the_same_sizes_give_the_same_rows() -> None:
    first, second = fingerprints(), fingerprints()
    assert len(set(first.values())) == 8
    assert first == second


def test_every_index_is_there_again() -> None:
    def indexes() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1")
            return [name for (name,) in cursor.fetchall()]

    before = indexes()
    fill(requests_wanted=FEWEST_REQUESTS, courses_wanted=FEWEST_COURSES, at=AT)
    assert indexes() == before


def test_history_is_written_again_afterwards(filled: dict[str, int]) -> None:
    history = apps.get_model("providers", "CourseEvent").objects
    assert history.count() == 0
    Course.objects.filter(pk=BASE + 1).update(title="Another title")
    assert history.count() == 1


def test_the_next_row_gets_a_number_of_its_own(filled: dict[str, int]) -> None:
    highest = Organization.objects.order_by("-pk")[0].pk
    assert Organization.objects.create(name="Founded later").pk == highest + 1


# Refusals -----------------------------------------------------------------------------------------


def test_a_database_with_requests_is_not_filled() -> None:
    CourseRequestFactory.create()
    with pytest.raises(Problem, match="fills an empty one"):
        fill(requests_wanted=REQUESTS, courses_wanted=COURSES, at=AT)
    assert CourseRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("requests", "courses"), [(FEWEST_REQUESTS - 1, COURSES), (REQUESTS, FEWEST_COURSES - 1)]
)
def test_too_few_are_refused(requests: int, courses: int) -> None:
    with pytest.raises(Problem, match="at least"):
        fill(requests_wanted=requests, courses_wanted=courses, at=AT)


def test_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(LookupError, match="Course has no field titel"):
        insert(Course, "generate_series(1, 2)", {"titel": "'Algebra'"})
