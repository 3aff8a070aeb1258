"""The demo's forty concerns: in every state, with their answers, one kind rising, one held, one gone."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from pytest_django.fixtures import Settings

from concerns.models import Asked, Concern, ConcernState, Outcome
from concerns.patterns.models import Look, Note
from concerns.retention.models import Disposal, Hold, Stub
from mocap_portal.demo.builder import build
from mocap_portal.foundation.directory.models import Provider

from .test_builder import FRIDAY, PEOPLE_AND_PLACES, TUESDAY, counted

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("at", [TUESDAY, FRIDAY, dt.datetime(2027, 3, 1, 6, tzinfo=dt.UTC)])
def test_concerns_in_every_state(at: dt.datetime, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    with override_settings(EMAIL_BACKEND="mocap_portal.demo.mailbox.EmailBackend"):
        build(at=at, parts=[*PEOPLE_AND_PLACES, "concerns"])
    assert counted(Concern.objects.values_list("state", flat=True)) == {
        ConcernState.RECEIVED: 4,
        ConcernState.SORTED: 10,
        ConcernState.ASSIGNED: 7,
        ConcernState.AWAITING: 4,
        ConcernState.RESPONDED: 2,
        ConcernState.CLOSED: 10,
        ConcernState.REOPENED: 2,
        ConcernState.MERGED: 1,
    }
    assert set(Concern.objects.exclude(outcome="").values_list("outcome", flat=True)) == set(Outcome.values)
    assert Concern.objects.filter(language="es").count() == 4
    assert Asked.objects.exclude(answer="").count() == 7
    assert Concern.objects.exclude(rating=None).count() == 3
    look, note = Look.objects.get(), Note.objects.get()
    assert (look.rising, look.raised) == (1, 1)
    assert (note.category, note.provider, note.recent) == ("teacher", Provider.objects.get(code="PRAIRIE"), 7)
    assert Hold.objects.standing().get().number == note_of_hold()
    assert (Stub.objects.count(), Disposal.objects.exclude(finished_at=None).count()) == (1, 1)


def note_of_hold() -> Any:
    return Concern.objects.get(what_happened__contains="A lawyer").pk
