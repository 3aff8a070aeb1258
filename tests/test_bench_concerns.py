"""`./portal bench concerns` at a tiny size: what is planted, what is posted, and what it tells."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from concerns.models import OPEN_STATES, Concern
from mocap_portal.bench import concerns as bench
from mocap_portal.bench.command import measurements
from mocap_portal.bench.concerns import planted
from mocap_portal.bench.pages.recording import record
from mocap_portal.command.state import Problem
from mocap_portal.foundation.shared.calendar import central_date

NUMBER = 300

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("planted concerns")]


@pytest.fixture(autouse=True)
def _from_one_machine(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"send_concern": "1000000/m/ip"}


@pytest.fixture
def concerns() -> int:
    """As `plant` lays them, without the vacuum that no transaction allows."""
    return planted.lay(NUMBER, at=timezone.now())


def test_its_state_is_kept_by_its_options() -> None:
    measurement = measurements()["concerns"]
    assert measurement.keeps_state
    assert measurement.options == {
        "concerns": 500_000,
        "posts_per_second": 50,
        "seconds": 60,
        "searches_per_second": 4,
    }


def test_words_are_as_frequent_as_people_use_them() -> None:
    words = planted.vocabulary()
    assert len(words) == len(set(words)) == planted.VOCABULARY
    texts = list(planted.texts(500))
    assert texts == list(planted.texts(500))
    assert all(15 <= len(text.split()) <= 90 for text in texts)
    with_word = [sum(f" {words[place]} " in f" {text} " for text in texts) for place in (0, 40, 400, 4_000)]
    assert with_word == sorted(with_word, reverse=True)
    assert with_word[0] > 450
    assert 20 < with_word[1] < 200
    assert with_word[3] < 20


def test_concerns_are_planted_with_what_they_point_to(concerns: int) -> None:
    connection.check_constraints()
    assert Concern.objects.count() == NUMBER
    open_now = Concern.objects.filter(state__in=OPEN_STATES)
    assert 0 < open_now.count() < NUMBER / 10
    assert not open_now.filter(due_on=None).exists()
    days = (
        central_date(timezone.now()) - central_date(Concern.objects.earliest("received_at").received_at)
    ).days
    assert planted.DAYS * 0.8 < days <= planted.DAYS + 1


def test_every_form_is_answered_with_a_receipt_and_stored_once(concerns: int) -> None:
    posts = bench.forms(20, at=timezone.now())
    assert len({one.form for one in posts}) == 18
    client = Client(enforce_csrf_checks=True)
    client.cookies["csrftoken"] = bench.TOKEN
    for one in posts:
        answer = client.post(one.path, one.body, content_type="application/x-www-form-urlencoded")
        assert (answer.status_code, answer["Location"]) == (302, "/concerns/receipt/")
    assert bench.stored(posts) == {"sent": 20, "forms": 18, "stored": 18, "entries": 18}
    Concern.objects.filter(form=posts[0].form).update(form="00000000-0000-4000-8000-000000000000")
    with pytest.raises(Problem, match="not each form is one concern"):
        bench.stored(posts)


def test_what_was_posted_goes_before_the_next_measurement(concerns: int) -> None:
    posts = bench.forms(5, at=timezone.now())
    client = Client()
    for one in posts:
        client.post(one.path, one.body, content_type="application/x-www-form-urlencoded")
    assert Concern.objects.count() == NUMBER + 5
    planted.remove_others(NUMBER)
    assert Concern.objects.count() == NUMBER
    connection.check_constraints()


def test_every_search_is_a_page_of_the_office(concerns: int) -> None:
    found: dict[str, Any] = {}
    for name, (visit,) in bench.searches().items():
        found[name] = record(visit).count
    assert list(found) == list(bench.asked())
    assert max(found.values()) <= 20
    json.dumps({name: bench.how_many(name) for name in found})
