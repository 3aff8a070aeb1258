"""Eleven requests for transcripts of MoVIP, in every state, and the archive that ships as a sample."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.core.files.base import ContentFile

from concerns import files
from concerns.movip import actions, letters
from concerns.movip.letters import Official
from concerns.movip.matching import Terms, suggestions
from concerns.movip.models import (
    Asker,
    Delivery,
    LookedAt,
    PaperKind,
    Place,
    TranscriptRequest,
    Way,
)
from concerns.retention.models import RetentionRule, Table
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.papers.letters import LetterText, typeset
from mocap_portal.foundation.shared.calendar import central_date

from .times import ONE_DAY, noon

SAMPLE = settings.BASE_DIR / "concerns" / "movip" / "samples" / "archive.csv"
FORMS = UUID("8d1f3c52-7c1e-4f0e-9a53-1f6a7a1d2b90")
OFFICIAL = Official("Dana Reyes", "MOCAP office")


def build_transcripts(at: dt.datetime) -> None:
    """Requests of the last two months: waiting, checked, looked for, issued, mailed, not found, sent on, closed.

    One more is so old that its papers can be disposed of, and nobody has proposed it yet.
    """
    actions.import_archive(SAMPLE.read_bytes())
    office = Membership.objects.active().filter(role=Role.DESE_REVIEWER).order_by("pk")[0]
    _Desk(office, central_date(at)).work()


class _Desk:
    """The office at work on invented requests, so many days before the demo is built."""

    def __init__(self, by: Membership, today: dt.date) -> None:
        self.by = by
        self.today = today

    def work(self) -> None:
        # Received, with a proof and without, one of them overdue
        self._ask("Guadalupe Quintanilla", "1994-12-12", 3, proof=True, email="lupe@example.org")
        self._ask("Bjørn Løvstad", "1994-01-17", 50)
        self._checked("Deborah Hollis", "1991-11-11", 9)
        searching = self._searched("María José García-Peña", "1994-11-03", 20, now="María José Whitfield")
        self._choose(searching)
        issued = self._searched("Wilhelmina Ashgrove", "1993-04-12", 30, now="Wilhelmina Hartley")
        self._issue(issued, 12)
        to_mail = self._searched("Robert Fairweather", "1991-08-14", 26, college="Ozark Falls College")
        self._issue(to_mail, 2)
        mailed = self._searched("Katarina Petrovsky", "1993-01-29", 40, brother="Anton Petrovsky")
        self._issue(mailed, 30)
        actions.hand_out(mailed.pk, way=Way.MAIL, on=self._day(29), by=self.by, at=self._at(29))
        missed = self._searched("Ottoline Zubrowski", "1992-02-02", 38)
        actions.look_elsewhere(
            missed.pk,
            place=Place.PAPER,
            what="Boxes of 2008 to 2012, Zubrowski and Zubrovsky",
            found=0,
            by=self.by,
            at=self._at(25),
        )
        actions.miss(missed.pk, official=OFFICIAL, by=self.by, at=self._at(24))
        sent_on = self._searched("Anneke Van der Merwe", "1992-05-25", 33)
        actions.send_on(
            sent_on.pk,
            school="Pine Hollow R-III",
            address="12 School Road, Pine Hollow, MO 63000",
            official=OFFICIAL,
            by=self.by,
            at=self._at(21),
        )
        actions.hand_out(sent_on.pk, way=Way.MAIL, on=self._day(20), by=self.by, at=self._at(20))
        closed = self._ask("Guadalupe Quintanilla", "1994-12-12", 2, email="lupe@example.org")
        actions.close(
            closed.pk,
            text="You sent this request twice. We go on with the first one.",
            by=self.by,
            at=self._at(1),
        )
        self._answered_long_ago()

    def _answered_long_ago(self) -> None:
        """One whose paper left so long ago that it is due: of it the log of what left stays."""
        years = RetentionRule.objects.on(self.today).get(table=Table.TRANSCRIPTS).years
        days = years * 366 + 60
        old = self._searched("Étienne Delacroix", "1992-10-19", days, college="Ozark Falls College")
        self._issue(old, days - 10)
        actions.hand_out(old.pk, way=Way.MAIL, on=self._day(days - 11), by=self.by, at=self._at(days - 11))

    def _ask(self, name: str, born: str, days: int, *, proof: bool = False, **more: Any) -> TranscriptRequest:
        given, _blank, family = name.rpartition(" ")
        if name.endswith("Van der Merwe"):
            given, family = "Anneke", "Van der Merwe"
        now_given, _blank, now_family = more.pop("now", "").rpartition(" ")
        papers = {PaperKind.PROOF: _paper("An ID of the student", self.today)} if proof else {}
        consent: dict[str, Any] = {
            "consent_records": "My MoVIP transcript: courses, terms, work completed, credit and grades",
            "consent_signed_name": name,
            "consent_signed_on": self._day(days),
        }
        asker = Asker.STUDENT
        delivery = Delivery.SELF
        if college := more.pop("college", ""):
            delivery = Delivery.COLLEGE
            more |= {"recipient": college, "recipient_address": "1 College Road\nOzark Falls, MO 65000"}
            more |= consent | {"consent_purpose": "Admission"}
        if brother := more.pop("brother", ""):
            asker = Asker.OTHER
            more |= consent | {"asker_name": brother, "consent_purpose": "He keeps the family's papers"}
            papers[PaperKind.CONSENT] = _paper("A consent, signed by the student", self.today)
        asked = actions.Asked(
            former_last_name=family,
            former_first_name=given,
            current_last_name="" if now_family == family else now_family,
            current_first_name="" if now_given == given else now_given,
            birth_date=dt.date.fromisoformat(born),
            years="2009 to 2012",
            school_then="Southbrook High School",
            asker=asker,
            delivery=delivery,
            **more,
        )
        key = uuid5(FORMS, f"{name}:{days}")
        return actions.ask(asked, key=key, papers=papers, language="en", at=self._at(days))

    def _checked(self, name: str, born: str, days: int, **more: Any) -> TranscriptRequest:
        request = self._ask(name, born, days, proof=True, **more)
        looked_at = LookedAt.CONSENT if request.asker == Asker.OTHER else LookedAt.SENT_ID
        actions.check_identity(
            request.pk,
            looked_at=looked_at,
            what="Name and birth date agree",
            by=self.by,
            at=self._at(days - 1),
        )
        return request

    def _searched(self, name: str, born: str, days: int, **more: Any) -> TranscriptRequest:
        request = self._checked(name, born, days, **more)
        actions.search_archive(request.pk, _terms(request), by=self.by, at=self._at(days - 1))
        return request

    def _choose(self, request: TranscriptRequest) -> None:
        """The courses of the person whose name and birth date agree, as somebody of the office ticks them."""
        look = request.looks.get(place=Place.ARCHIVE)
        rows = suggestions(_terms(request))[0].rows
        actions.choose(request.pk, look.pk, rows=[row.pk for row in rows], before=[], by=self.by, at=look.at)

    def _issue(self, request: TranscriptRequest, days: int) -> None:
        self._choose(request)
        seen = letters.facts_of(request).digest
        actions.issue(request.pk, official=OFFICIAL, seen=seen, by=self.by, at=self._at(days))

    def _day(self, days: int) -> dt.date:
        return self.today - days * ONE_DAY

    def _at(self, days: int) -> dt.datetime:
        return noon(self._day(days))


def _terms(request: TranscriptRequest) -> Terms:
    last = dict.fromkeys([request.former_last_name, request.current_last_name])
    first = dict.fromkeys([request.former_first_name, request.current_first_name])
    return Terms(
        tuple(name for name in last if name), tuple(name for name in first if name), request.birth_date
    )


def _paper(title: str, day: dt.date) -> files.Kept:
    """A file such as people send."""
    text = LetterText("en", title, "Invented for the demo", "", "", "", "Page", (), ())
    return files.keep(ContentFile(typeset(text, day), name="paper.pdf"))
