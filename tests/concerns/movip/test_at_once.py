"""Two people of the office at the same request at the same moment, and one form that arrives twice."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection

from concerns.movip import actions, letters
from concerns.movip.models import (
    Answer,
    ChosenRow,
    Disclosure,
    IdentityCheck,
    LookedAt,
    Recall,
    TranscriptRequest,
)
from mocap_portal.foundation.shared.refusals import Refusal
from tests.factories.accounts import MembershipFactory
from tests.factories.movip import (
    AnswerFactory,
    ArchiveRowFactory,
    ChosenRowFactory,
    LookFactory,
    TranscriptRequestFactory,
)
from tests.processes import PATIENCE
from tests.test_exactly_once import Click, at_once

from .kit import NOW, OFFICIAL, ask

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW):
        yield


def told(click: Click) -> Click:
    """Its answer, or the sentence of its refusal."""

    def run() -> Any:
        try:
            return click()
        except Refusal as refusal:
            return str(refusal.sentence)

    return run


def two_of_the_office() -> list[Any]:
    return MembershipFactory.create_batch(2, dese_reviewer=True)


def sentences(answers: list[Any]) -> list[str]:
    return [answer for answer in answers if isinstance(answer, str)]


def test_two_check_one_identity() -> None:
    request = TranscriptRequestFactory.create()
    answers = at_once(
        request,
        *(
            told(
                partial(actions.check_identity, request.pk, looked_at=LookedAt.VIDEO, what="", by=by, at=NOW)
            )
            for by in two_of_the_office()
        ),
    )
    (sentence,) = sentences(answers)
    assert "the request is at “Identity checked”" in sentence
    check = IdentityCheck.objects.get()
    request.refresh_from_db()
    assert request.assigned_to == check.by


def test_two_issue_one_transcript() -> None:
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    seen = letters.facts_of(request).digest
    answers = at_once(
        request,
        *(
            told(partial(actions.issue, request.pk, official=OFFICIAL, seen=seen, by=by, at=NOW))
            for by in two_of_the_office()
        ),
    )
    (sentence,) = sentences(answers)
    assert "the request is at “Transcript issued”" in sentence
    assert Answer.objects.count() == 1


def test_one_issues_while_another_says_that_nothing_was_found() -> None:
    request = TranscriptRequestFactory.create(searching=True)
    ChosenRowFactory.create(request=request)
    seen = letters.facts_of(request).digest
    one, two = two_of_the_office()
    answers = at_once(
        request,
        told(lambda: actions.issue(request.pk, official=OFFICIAL, seen=seen, by=one, at=NOW)),
        told(lambda: actions.miss(request.pk, official=OFFICIAL, by=two, at=NOW)),
    )
    assert len(sentences(answers)) == 1
    assert Answer.objects.get().kind == "transcript"  # courses are chosen, so it is never the other


def test_two_recall_one_transcript() -> None:
    request = AnswerFactory.create().request
    answers = at_once(
        request,
        *(
            told(partial(actions.recall, request.pk, text="Of somebody else.", by=by, at=NOW))
            for by in two_of_the_office()
        ),
    )
    (sentence,) = sentences(answers)
    assert "the request is at “Being looked for”" in sentence
    assert Recall.objects.count() == 1


def test_what_is_saved_while_it_is_recalled_is_logged_or_refused() -> None:
    request = AnswerFactory.create().request
    (by, _other) = two_of_the_office()
    answers = at_once(
        request,
        told(lambda: actions.recall(request.pk, text="Of somebody else.", by=by, at=NOW)),
        told(lambda: actions.save_own(request.pk, at=NOW)),
    )
    assert Recall.objects.count() == 1
    assert Disclosure.objects.count() + len(sentences(answers)) == 1


def test_two_choose_different_courses() -> None:
    request = TranscriptRequestFactory.create(searching=True)
    rows = ArchiveRowFactory.create_batch(2)
    look = LookFactory.create(request=request)
    answers = at_once(
        request,
        *(
            told(partial(actions.choose, request.pk, look.pk, rows=[row.pk], before=[], by=by, at=NOW))
            for by, row in zip(two_of_the_office(), rows, strict=True)
        ),
    )
    (sentence,) = sentences(answers)
    assert sentence.startswith("Somebody else has chosen courses meanwhile.")
    assert ChosenRow.objects.count() == 1


def test_one_form_that_arrives_twice_at_once_is_one_request() -> None:
    keys: list[int] = []

    def send() -> None:
        try:
            keys.append(ask().pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _time in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    request = TranscriptRequest.objects.get()
    assert keys == [request.pk] * 4
    assert request.entries.count() == 1
