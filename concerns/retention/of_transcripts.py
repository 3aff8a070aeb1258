"""How requests for old transcripts are found for disposal, and what of one goes.

The archive stays, and a log of what left of it is kept as long (34 CFR 99.32(a)(2)). So a request from which nothing
left goes whole. Of one from which something left stays who the student was, what left, when, why, to whom and by whom,
with the consent, the identity check, the chosen courses and the paper that left; the rest goes. A recall goes or stays
with its transcript: whoever holds the paper is told as long as the paper is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Q

from concerns.movip.models import (
    Answer,
    ChosenRow,
    Disclosure,
    Entry,
    IdentityCheck,
    Look,
    Paper,
    Recall,
    TranscriptRequest,
    TranscriptRequestQuerySet,
)
from mocap_portal.foundation.papers.models import Letter, Notice
from mocap_portal.foundation.shared.calendar import central_date

from .kinds import Gone, delete_at_once, ended_before, on_hold, open_the_way, received_within
from .models import Hold, Reason, Table

# Tables with rows about one request. A test knows what is missing.
HANDLING = (Entry, Look, Paper)  # always go
EVIDENCE = (ChosenRow, IdentityCheck)  # stay beside a log
MAIL_KEY = "transcript:{}"  # of the mail about an entry


class OfTranscripts:
    """See kinds.Kind. Due: what is answered or closed, nothing left to mail, so many years after its last day.

    That is the day of the last line of its story (answered, left the office, closed) or of the last time that its
    transcript was saved, which stands in the log alone: who still saves it still needs the page.
    """

    def due(self, day: dt.date, years: int) -> list[int]:
        rows = _old(day, years).exclude(self._on_hold())
        return list(rows.order_by("pk").values_list("pk", flat=True))

    def exists(self, number: int) -> bool:
        return TranscriptRequest.objects.filter(pk=number).exists()

    def held(self, numbers: Iterable[int]) -> set[int]:
        rows = TranscriptRequest.objects.filter(self._on_hold(), pk__in=list(numbers))
        return set(rows.values_list("pk", flat=True))

    def let_go(
        self,
        number: int,
        *,
        listed: Collection[int],
        day: dt.date,
        years: int,
        disposal: int,
        at: dt.datetime,
    ) -> Gone | Reason:
        # Whoever opens it again, saves the transcript or records that it left holds this lock first.
        request = TranscriptRequest.objects.select_for_update(of=("self",)).filter(pk=number).first()
        if request is None or number not in listed:
            return Reason.NOT_DUE
        if self.held([number]):
            return Reason.HELD
        old: Any = _old(day, years).filter(pk=number).first()
        if old is None:
            return Reason.NOT_DUE
        stub = {
            "number": number,
            "received_on": central_date(request.received_at),
            "closed_on": central_date(old.ended_at),
            "outcome": request.state,
        }
        return Gone([stub], _remove(request, disposal=disposal, at=at))

    def remove_file(self, name: str) -> None:
        # Letters lie in the same storage.
        Paper._meta.get_field("file").storage.delete(name)  # noqa: SLF001 - documented by Django

    def _on_hold(self) -> Q:
        """Requests on which a hold stands."""
        return on_hold(Table.TRANSCRIPTS, _met)


def _met(hold: Hold) -> Q:
    return received_within(hold) if hold.number is None else Q(pk=hold.number)


def _old(day: dt.date, years: int) -> TranscriptRequestQuerySet:
    return TranscriptRequest.objects.over(before=ended_before(day, years))


def _remove(request: TranscriptRequest, *, disposal: int, at: dt.datetime) -> list[str]:
    """Rows, their history and mails, in one transaction with the disposal's item; which files are to be removed."""
    is_logged = Disclosure.objects.filter(request=request).exists()
    answers = Answer.objects.filter(
        request=request, disclosures__isnull=True
    )  # of these nobody got the paper
    letters = dict(answers.values_list("letter", "letter__pdf"))
    papers = Paper.objects.filter(request=request).order_by("pk").values_list("file", flat=True)
    files = [*papers, *letters.values()]
    entries = Entry.objects.filter(request=request).values_list("pk", flat=True)
    Notice.objects.filter(key__in=[MAIL_KEY.format(entry) for entry in entries]).delete()
    open_the_way(disposal)
    delete_at_once(Recall.objects.filter(answer__letter__in=list(letters)))  # while it is known of whom
    delete_at_once(Answer.objects.filter(letter__in=list(letters)))
    Letter.objects.filter(pk__in=list(letters)).delete()
    for model in HANDLING if is_logged else (*HANDLING, *EVIDENCE):
        delete_at_once(model._default_manager.filter(request=request))  # noqa: SLF001 - Django's own name
    Hold.objects.filter(table=Table.TRANSCRIPTS, number=request.pk).delete()
    if is_logged:
        request.let_go(at=at)
        request.save()
    else:
        delete_at_once(TranscriptRequest.objects.filter(pk=request.pk))
    _forget_histories(request.pk, letters)
    return files


def _forget_histories(number: int, letters: Collection[Any]) -> None:
    """Last of all: the database has just written into the histories what was deleted."""
    # What stays begins anew with what it is now: that it was let go, and which courses are chosen.
    _history(TranscriptRequest).filter(pgh_obj=number, let_go_at__isnull=True).delete()
    chosen = list(ChosenRow.objects.filter(request=number).values_list("pk", flat=True))
    _history(ChosenRow).filter(request=number).exclude(pgh_obj__in=chosen).delete()
    _history(Paper).filter(request=number).delete()
    _history(Letter).filter(pgh_obj__in=list(letters)).delete()
    _history(Hold).filter(table=Table.TRANSCRIPTS, number=number).delete()


def _history(model: Any) -> Any:
    return model.pgh_event_model.objects
