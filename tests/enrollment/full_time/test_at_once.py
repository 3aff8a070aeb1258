"""Clicks of both districts that arrive at the same moment: real threads, real rows, real locks."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from enrollment.full_time.models import (
    GoalReview,
    RecordsFile,
    RecordsRequest,
    ServicesAgreement,
    ServicesFinding,
)
from enrollment.records.models import Disclosure
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.papers.models import Document, Letter, Notice
from tests.factories.full_time import (
    ProgramApplicationFactory,
    RecordsRequestFactory,
    ServicesAgreementFactory,
    host_hat,
    resident_hat,
)
from tests.factories.papers import PDF
from tests.test_exactly_once import at_once, posted, told

pytestmark = pytest.mark.django_db(transaction=True)

NOW = dt.datetime(2026, 11, 12, 18, tzinfo=dt.UTC)
TODAY = {"month": "11", "day": "12", "year": "2026"}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW):
        yield


def test_both_sides_sign_at_once_and_make_one_letter() -> None:
    agreement = ServicesAgreementFactory.create()
    application = agreement.application
    address = reverse("full_time:sign_services", args=[application.pk, 1])
    answers = at_once(
        application,
        posted(host_hat(application), address, {"name": "Hanna Host"}),
        posted(resident_hat(application), address, {"name": "Rita Resident"}),
    )
    assert told(answers) == [
        "Both sides have signed. The plan holds, and the family was told.",
        "You signed for your side. The other side was told.",
    ]
    signed = ServicesAgreement.objects.get()
    assert (signed.host_signed_name, signed.resident_signed_name) == ("Hanna Host", "Rita Resident")
    assert signed.letter == Letter.objects.get()
    assert Notice.objects.filter(user=application.claim.claimant).count() == 1


def test_two_colleagues_of_a_side_sign_at_once_and_one_signature_counts() -> None:
    agreement = ServicesAgreementFactory.create()
    application = agreement.application
    address = reverse("full_time:sign_services", args=[application.pk, 1])
    at_once(
        application,
        *(posted(host_hat(application), address, {"name": name}) for name in ("Hanna Host", "Hugo Host")),
    )
    signed = ServicesAgreement.objects.get()
    assert signed.host_signed_name in {"Hanna Host", "Hugo Host"}
    assert (signed.resident_signed_at, Letter.objects.count()) == (None, 0)


def test_a_double_click_records_one_finding() -> None:
    application = ProgramApplicationFactory.create(applied=True, has_iep_or_504=True)
    answers = {
        **{f"met_on_{part}": number for part, number in TODAY.items()},
        "outcome": "virtual",
        "finding": "By video.",
        "after": "0",
    }
    click = posted(
        host_hat(application), reverse("full_time:services_finding", args=[application.pk]), answers
    )
    assert told(at_once(application, click, click)) == [
        "The finding is recorded. The other district was told.",
        "This was changed meanwhile. Read what stands now; nothing of yours was recorded twice.",
    ]
    assert ServicesFinding.objects.count() == 1


def test_a_double_click_writes_one_review() -> None:
    application = ServicesAgreementFactory.create(signed=True).application
    answers = {f"reviewed_on_{part}": number for part, number in TODAY.items()} | {
        "goals": "Met.",
        "accommodations": "Work.",
    }
    click = posted(host_hat(application), reverse("full_time:review_goals", args=[application.pk]), answers)
    at_once(application, click, click)
    assert GoalReview.objects.count() == 1


def test_a_double_click_asks_for_records_once() -> None:
    application = ProgramApplicationFactory.create(applied=True)
    sender = resident_hat(application, coordinator=True)
    click = posted(
        host_hat(application),
        reverse("full_time:ask_records", args=[application.pk]),
        {"kinds": ["transcript"]},
    )
    at_once(application, click, click)
    assert RecordsRequest.objects.count() == 1
    assert Clock.objects.filter(kind=ClockKind.RECORDS).count() == 1
    assert Notice.objects.filter(user=sender.user).count() == 1


def test_two_colleagues_answer_at_once_and_one_answer_counts() -> None:
    request = RecordsRequestFactory.create(kinds=["transcript"])
    application = request.application
    address = reverse("full_time:answer_records", args=[request.pk])
    answers = at_once(
        application,
        *(
            posted(
                resident_hat(application, **{trait: True}),
                address,
                {"transcript": SimpleUploadedFile("scan.pdf", PDF)},
            )
            for trait in ("coordinator", "data_clerk")
        ),
    )
    assert told(answers) == [
        "The answer is sent. It stands in the log of the student's record.",
        "This request was answered before. Reload the page to see what was sent.",
    ]
    assert (RecordsFile.objects.count(), Document.objects.count(), Disclosure.objects.count()) == (1, 1, 1)
