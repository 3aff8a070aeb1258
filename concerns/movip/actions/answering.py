"""The office answers: with the transcript, a letter that nothing was found, or a letter to the school of credit.

A transcript that should not have been issued it recalls.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.certification import codes
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.letters import LetterText
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import letters
from ..letters import Official
from ..models import (
    Answer,
    AnswerKind,
    ChosenRow,
    Delivery,
    Disclosure,
    Look,
    Recall,
    TranscriptRequest,
    Way,
)
from ..not_found_letter import look_words, not_found
from ..rules import State, Step
from .steps import locked, tell

# Kept in English, shown in the reader's language.
WHAT_IS_A_TRANSCRIPT = gettext_noop("A transcript of MoVIP")
WHAT_IS_SENT_ON = gettext_noop("The request: names, birth date, years, school, courses")
ASKED_BY_THE_STUDENT = gettext_noop("The former student asked for it")
TO_BE_ANSWERED = gettext_noop("The school of credit answers the request")

_LETTERS = {
    AnswerKind.TRANSCRIPT: LetterKind.TRANSCRIPT,
    AnswerKind.NOT_FOUND: LetterKind.TRANSCRIPT_NOT_FOUND,
    AnswerKind.SENT_ON: LetterKind.TRANSCRIPT_SENT_ON,
}


class NothingChosen(Refusal):
    sentence = _("No course is chosen. Search the archive and choose the student's courses first.")


class CoursesChosen(Refusal):
    sentence = _(
        "Courses are chosen for this request. Issue the transcript, or take the courses off before you say that "
        "nothing was found."
    )


class FactsChanged(Refusal):
    sentence = _("The facts have changed since you looked. Look at the paper again before you issue it.")


class NotForThisPerson(Refusal):
    sentence = _("This transcript goes to somebody else, so it cannot be saved here.")


class OnThatDayNotWritten(Refusal):
    sentence = _("The paper cannot have left before it was written, nor on a day that is still to come.")


@transaction.atomic
def issue(request_id: int, *, official: Official, seen: str, by: Membership, at: dt.datetime) -> Answer:
    """Write the transcript from the chosen courses, with a code to check it by. `seen`: the digest that was looked at.

    Raises NotPossibleNow, NothingChosen, FactsChanged.
    """
    request, to = locked(request_id, Step.ISSUE)
    if not ChosenRow.objects.filter(request=request).exists():
        raise NothingChosen
    facts = letters.facts_of(request)
    if facts.digest != seen:
        raise FactsChanged
    code = codes.new_code()
    answer = _answer(
        request,
        to,
        AnswerKind.TRANSCRIPT,
        letters.transcript(facts, official=official, day=central_date(at)),
        facts=facts.to_json(),
        official=official,
        by=by,
        at=at,
        code=code,
    )
    tell(request, Step.ISSUE, by=by, at=at)
    return answer


@transaction.atomic
def miss(request_id: int, *, official: Official, by: Membership, at: dt.datetime) -> Answer:
    """Answer that nothing was found, and where was looked (R-122). Raises NotPossibleNow, CoursesChosen."""
    request, to = locked(request_id, Step.MISS)
    if ChosenRow.objects.filter(request=request).exists():
        raise CoursesChosen
    looks = list(Look.objects.filter(request=request).order_by("at", "pk"))
    text = not_found(request, looks, official=official, day=central_date(at))
    facts = {"number": request.number, "looks": [look_words(look) for look in looks]}
    answer = _answer(request, to, AnswerKind.NOT_FOUND, text, facts=facts, official=official, by=by, at=at)
    tell(request, Step.MISS, by=by, at=at)
    return answer


@transaction.atomic
def send_on(
    request_id: int, *, school: str, address: str, official: Official, by: Membership, at: dt.datetime
) -> Answer:
    """Write the letter that sends the request on to the school of credit. Raises NotPossibleNow."""
    request, to = locked(request_id, Step.SEND_ON)
    text = letters.sent_on(request, school=school, address=address, official=official, day=central_date(at))
    facts = {"number": request.number, "school": school, "address": address}
    answer = _answer(request, to, AnswerKind.SENT_ON, text, facts=facts, official=official, by=by, at=at)
    tell(request, Step.SEND_ON, by=by, at=at, text=school)
    return answer


def _answer(
    request: TranscriptRequest,
    to: State,
    kind: AnswerKind,
    text: LetterText,
    *,
    facts: dict[str, Any],
    official: Official,
    by: Membership,
    at: dt.datetime,
    code: str = "",
) -> Answer:
    request.state = to
    request.save(
        update_fields=["state"]
    )  # first: the table refuses what the identity check has not led to
    letter = papers.keep_letter(
        _LETTERS[kind],
        text=text,
        facts=facts,
        day=central_date(at),
        at=at,
        only_printed=(letters.code_block(code),) if code else (),
    )
    return Answer.objects.create(
        request=request,
        kind=kind,
        letter=letter,
        code_hash=codes.hash_code(request.number, code) if code else "",
        official_name=official.name,
        official_title=official.title,
        by=by,
        at=at,
    )


@transaction.atomic
def hand_out(request_id: int, *, way: Way, on: dt.date, by: Membership, at: dt.datetime) -> Disclosure:
    """Record that the paper left the office, and log the disclosure (R-130). The same again is one.

    Raises NotPossibleNow, OnThatDayNotWritten.
    """
    request, _to = locked(request_id, Step.HAND_OUT)
    answer = current_answer(request)
    if not central_date(answer.at) <= on <= central_date(at):
        raise OnThatDayNotWritten
    known = Disclosure.objects.filter(answer=answer, way=way, on=on).first()
    if known is not None:
        return known
    left = _disclose(request, answer, way=way, on=on, by=by, at=at)
    tell(request, Step.HAND_OUT, by=by, at=at)
    return left


@transaction.atomic
def save_own(request_id: int, *, at: dt.datetime) -> Answer:
    """The transcript for the person who opened the page of the request; each time is logged.

    Raises NotPossibleNow, NotForThisPerson.
    """
    request, _to = locked(request_id, Step.HAND_OUT)
    if request.state != State.SENT or request.delivery != Delivery.SELF:
        raise NotForThisPerson
    answer = current_answer(request)
    is_first = not Disclosure.objects.filter(answer=answer).exists()
    _disclose(request, answer, way=Way.SAVED, on=central_date(at), by=None, at=at)
    if is_first:
        tell(request, Step.HAND_OUT, by=None, at=at)
    return answer


@transaction.atomic
def recall(request_id: int, *, text: str, by: Membership, at: dt.datetime) -> Recall:
    """Take the issued transcript back and go on looking; `text` tells the person why. What left stays in the log.

    From then on nobody gets it from here, and whoever asks whether it is genuine reads that it was recalled.
    Raises NotPossibleNow.
    """
    request, to = locked(request_id, Step.RECALL)
    recalled = Recall.objects.create(answer=current_answer(request), reason=text, by=by, at=at)
    request.state = to
    request.handed_out_at = None  # of the transcript that is issued next nothing has left yet
    request.save(update_fields=["state", "handed_out_at"])
    tell(request, Step.RECALL, by=by, at=at, text=text)
    return recalled


def _disclose(
    request: TranscriptRequest,
    answer: Answer,
    *,
    way: Way,
    on: dt.date,
    by: Membership | None,
    at: dt.datetime,
) -> Disclosure:
    if request.handed_out_at is None:
        request.handed_out_at = at
        request.save(update_fields=["handed_out_at"])
    is_transcript = answer.kind == AnswerKind.TRANSCRIPT
    asked = request.consent_purpose or ASKED_BY_THE_STUDENT
    return Disclosure.objects.create(
        request=request,
        answer=answer,
        what=WHAT_IS_A_TRANSCRIPT if is_transcript else WHAT_IS_SENT_ON,
        why=asked if is_transcript else TO_BE_ANSWERED,
        to_whom=request.reader if is_transcript else answer.letter.facts["school"],
        way=way,
        on=on,
        by=by,
        at=at,
    )


def current_answer(request: TranscriptRequest) -> Answer:
    """The answer that the request stands at: the last one that is not recalled. Raises Answer.DoesNotExist."""
    standing = Answer.objects.filter(request=request, recall__isnull=True)
    return standing.select_related("letter").latest("at", "pk")
