"""What the tests of old transcripts share."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from concerns import files
from concerns.movip import actions, letters
from concerns.movip.letters import Official
from concerns.movip.matching import Terms
from concerns.movip.models import Answer, Asker, Delivery, PaperKind, TranscriptRequest
from tests.factories.papers import PDF

NOW = dt.datetime(
    2026, 11, 10, 18, tzinfo=dt.UTC
)  # a Tuesday, noon in Missouri, after all that the factories date
TODAY = NOW.date()
KEY = UUID("5b9f3f0e-6c1c-4f7e-9c59-0d6f5f6a1c11")
OFFICIAL = Official("Dana Reyes", "MOCAP office")
TERMS = Terms(("Ashgrove", "Hartley"), ("Wilhelmina",), dt.date(1993, 4, 12))
CONSENT: dict[str, Any] = {
    "consent_records": "My MoVIP transcript",
    "consent_purpose": "Admission",
    "consent_signed_name": "Wilhelmina Hartley",
    "consent_signed_on": dt.date(2026, 11, 2),
}
KEPT = files.Kept(PDF, "id.pdf", "application/pdf", len(PDF), "a" * 64)


def asked(**answers: Any) -> actions.Asked:
    """Wilhelmina Ashgrove asks for her own, unless `answers` say otherwise."""
    said: dict[str, Any] = {
        "former_last_name": "Ashgrove",
        "former_first_name": "Wilhelmina",
        "birth_date": dt.date(1993, 4, 12),
        "years": "2009 to 2011",
        "school_then": "Southbrook High School",
        "asker": Asker.STUDENT,
        "delivery": Delivery.SELF,
        "email": "hartley@example.org",
    }
    return actions.Asked(**said | answers)


def ask(
    papers: dict[PaperKind, files.Kept] | None = None, *, key: UUID = KEY, **answers: Any
) -> TranscriptRequest:
    return actions.ask(asked(**answers), key=key, papers=papers or {}, language="en", at=NOW)


def issue(request: TranscriptRequest, by: Any, *, at: dt.datetime = NOW) -> Answer:
    seen = letters.facts_of(request).digest
    return actions.issue(request.pk, official=OFFICIAL, seen=seen, by=by, at=at)
