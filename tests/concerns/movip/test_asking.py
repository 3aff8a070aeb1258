"""Somebody without an account asks: sent twice it is one, and a consent is whole or refused."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction

from concerns import codes
from concerns.models import ScanState
from concerns.movip import actions, opening, tasks
from concerns.movip.actions.asking import MOST_PAPERS, ConsentPaperMissing, secret_of
from concerns.movip.models import Asker, Delivery, Paper, PaperKind, TranscriptRequest
from mocap_portal.foundation.directory.models import LegalKey, LegalValue
from mocap_portal.foundation.papers.models import Notice
from tests.concerns.clamd import SIGN, scanner
from tests.factories.movip import PaperFactory, TranscriptRequestFactory
from tests.factories.papers import PDF
from tests.killed import Killed, killed_at
from tests.rows import everything

from .kit import CONSENT, KEPT, NOW, ask

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_request_is_due_in_45_calendar_days() -> None:
    request = ask()
    assert (request.received_at, request.due_on) == (
        NOW,
        dt.date(2026, 12, 25),
    )  # no business day, all the same
    LegalValue.objects.filter(key=LegalKey.TRANSCRIPT_DAYS).update(number=30)
    assert ask(key=uuid4()).due_on == dt.date(2026, 12, 10)


def test_the_same_form_sent_twice_is_one_request_with_one_secret() -> None:
    first = ask({PaperKind.PROOF: KEPT})
    before = everything()
    second = ask({PaperKind.PROOF: KEPT})
    assert (first.pk, secret_of(first)) == (second.pk, secret_of(second))
    assert everything() == before
    assert Notice.objects.count() == first.papers.count() == 1


@pytest.mark.parametrize(
    "change", [{"courses": "Algebra I"}, {"birth_date": dt.date(1993, 12, 4)}, {"email": ""}]
)
def test_a_form_sent_again_with_another_answer_loses_nothing(change: dict[str, Any]) -> None:
    assert ask().pk != ask(**change).pk
    assert TranscriptRequest.objects.count() == 2


def test_only_a_hash_of_the_secret_is_kept() -> None:
    request = ask()
    secret = secret_of(request)
    assert len(secret) == 14
    plain = secret.replace("-", "")
    for value in vars(TranscriptRequest.objects.get()).values():
        assert secret not in str(value) and plain not in str(value)
    assert opening.find(request.number, secret) == request
    assert opening.find(request.number.lower(), f" {plain.lower()} ") == request
    assert opening.find(str(request.pk), secret) is None
    assert opening.find(f"T-{request.pk + 1}", secret) is None
    assert opening.find(request.number, "ABCD-EFGH-JKMN") is None
    assert opening.find("T-999999999", "") is None


def test_a_secret_still_opens_after_a_change_of_the_key(settings: Any) -> None:
    request = ask()
    secret = secret_of(request)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another, and just as long as the one before it was"
    assert secret_of(request) == secret
    assert opening.find(request.number, secret) == request
    assert request.form is not None
    assert codes.secret_of(request.form) != secret


@pytest.mark.rule("R-136")
@pytest.mark.parametrize("missing", CONSENT)
@pytest.mark.parametrize(
    "who",
    [
        {"asker": Asker.OTHER, "asker_name": "Barnaby Ashgrove"},
        {"delivery": Delivery.COLLEGE, "recipient": "A college", "recipient_address": "Somewhere"},
        {"delivery": Delivery.SCHOOL, "recipient": "A school", "recipient_address": "Somewhere"},
    ],
    ids=["for another", "to a college", "to a school"],
)
def test_a_consent_with_something_missing_is_refused(missing: str, who: dict[str, Any]) -> None:
    given = CONSENT | {missing: None if missing.endswith("_on") else ""}
    with pytest.raises(actions.ConsentMissing):
        ask({PaperKind.CONSENT: KEPT}, **who, **given)
    assert not TranscriptRequest.objects.exists()


@pytest.mark.rule("R-136")
def test_a_whole_consent_names_who_gets_the_records() -> None:
    request = ask(
        {PaperKind.CONSENT: KEPT}, asker=Asker.OTHER, asker_name="Barnaby Ashgrove", key=uuid4(), **CONSENT
    )
    assert (request.consent_recipient, request.reader) == ("Barnaby Ashgrove", "Barnaby Ashgrove")
    mailed = ask(
        delivery=Delivery.COLLEGE, recipient="Ozark Falls College", recipient_address="1 Road", **CONSENT
    )
    assert (mailed.consent_recipient, mailed.reader) == ("Ozark Falls College", "Ozark Falls College")
    own = ask(key=uuid4())
    assert (own.has_consent, own.reader) == (False, "Wilhelmina Ashgrove")


@pytest.mark.rule("R-121")
def test_who_asks_for_another_brings_the_signed_paper() -> None:
    with pytest.raises(ConsentPaperMissing):
        ask(asker=Asker.OTHER, asker_name="Barnaby Ashgrove", **CONSENT)


def test_killed_at_any_statement_nothing_is_kept() -> None:
    before = everything()
    statement = 0
    while True:
        statement += 1
        try:
            with transaction.atomic(), killed_at(statement):
                request = ask({PaperKind.PROOF: KEPT})
        except Killed:
            assert everything() == before
            continue
        break
    assert statement > 5
    assert (request.entries.count(), request.papers.count()) == (1, 1)


# Papers ---------------------------------------------------------------------------------------------


def test_the_same_file_in_two_boxes_is_one_paper() -> None:
    assert ask({PaperKind.PROOF: KEPT, PaperKind.CONSENT: KEPT}).papers.count() == 1


def test_a_paper_added_twice_is_one() -> None:
    request = ask()
    first = actions.add_paper(request.pk, kind=PaperKind.PROOF, kept=KEPT, at=NOW)
    before = everything()
    assert actions.add_paper(request.pk, kind=PaperKind.PROOF, kept=KEPT, at=NOW) == first
    assert everything() == before
    with first.file.open("rb") as stored:
        assert stored.read() == PDF
    assert "id.pdf" not in str(first.file.name)  # what its sender called it may name somebody


def test_papers_end_somewhere() -> None:
    request = TranscriptRequestFactory.create()
    PaperFactory.create_batch(MOST_PAPERS, request=request)
    with pytest.raises(actions.TooManyPapers):
        actions.add_paper(request.pk, kind=PaperKind.PROOF, kept=KEPT, at=NOW)
    assert request.papers.count() == MOST_PAPERS


def test_without_a_scanner_a_paper_is_unscanned_and_can_be_opened(settings: Any) -> None:
    settings.CLAMD_ADDRESS = ""
    paper = ask({PaperKind.PROOF: KEPT}).papers.get()
    assert (paper.state, paper.scanned_at) == (ScanState.UNSCANNED, None)
    assert actions.open_paper(paper.pk, at=NOW).state == ScanState.UNSCANNED


def test_a_paper_waits_for_the_scanner_and_is_scanned_once(settings: Any) -> None:
    with scanner(settings) as asked:
        paper = ask({PaperKind.PROOF: KEPT}).papers.get()
        assert paper.state == ScanState.WAITING
        tasks.scan_paper(str(paper.pk))
        tasks.scan_paper(str(paper.pk))
        tasks.scan_waiting()
        assert asked.received == [PDF]
    paper.refresh_from_db()
    assert paper.state == ScanState.CLEAN and paper.scanned_at is not None


def test_a_silent_scanner_is_asked_again(settings: Any) -> None:
    settings.CLAMD_ADDRESS, settings.CLAMD_SECONDS = "127.0.0.1:1", 1
    paper = ask({PaperKind.PROOF: KEPT}).papers.get()
    tasks.scan_waiting()
    paper.refresh_from_db()
    assert paper.state == ScanState.WAITING
    with scanner(settings):
        tasks.scan_waiting()
    paper.refresh_from_db()
    assert paper.state == ScanState.CLEAN


def test_an_infected_paper_is_never_opened(settings: Any) -> None:
    with scanner(settings):
        content = PDF + SIGN
        paper = ask({PaperKind.PROOF: replace(KEPT, bytes=content, size=len(content))}).papers.get()
        with pytest.raises(actions.NeverOpened):
            actions.open_paper(paper.pk, at=NOW)  # it is asked about first
    settings.CLAMD_ADDRESS = ""
    with pytest.raises(actions.NeverOpened):
        actions.open_paper(paper.pk, at=NOW)  # nor later, when the scanner is away
    assert Paper.objects.get().state == ScanState.INFECTED
