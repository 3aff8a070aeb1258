"""An official looks at the facts and issues the letter: what was seen is what is issued."""

import datetime as dt

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.papers.letters import LetterText
from mocap_portal.foundation.papers.models import LetterKind
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import codes, letters, notices
from ..facts import AttendanceFacts, CombinedWords, gather
from ..letters import Official
from ..models import Certification, LetterRequest, StatedHours
from ..rules import names_hours


class MayNotIssue(Refusal):
    sentence = _(
        "Only an official of the host program, or of the resident district for combined study, can do this."
    )


class AlreadyIssued(Refusal):
    sentence = _("This letter was issued before. Nothing was issued twice.")


class TakenBack(Refusal):
    sentence = _("This request was taken back. There is nothing to issue unless it is given again.")


class FactsChanged(Refusal):
    sentence = _("The facts have changed since you looked. Look at the letter again before you issue it.")


class HoursInWords(Refusal):
    sentence = _(
        "A sentence about attendance or teachers names hours or minutes. Hours come from the schedule alone: take them "
        "out of the sentence first, on the program's page or here."
    )


class OnlyForCombinedStudy(Refusal):
    sentence = _("Hours that others stated belong to combined study only. Here the schedule says them all.")


@transaction.atomic
def issue(
    request_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    official: Official,
    seen: str,
    words: CombinedWords | None = None,
) -> Certification:
    """Issues the letter of a request. `seen`: the digest of the facts that the official looked at.

    Raises MayNotIssue, AlreadyIssued, TakenBack, HoursInWords, FactsChanged.
    """
    request = _locked(request_id, by=by)
    facts = facts_for(request, on=central_date(at), words=words)
    if facts.digest != seen:
        raise FactsChanged
    code = codes.new_code()
    values = facts.to_json()
    letter = papers.keep_letter(
        LetterKind.ATTENDANCE,
        text=text_of(request, facts, official=official),
        facts=values,
        day=facts.day,
        at=at,
        only_printed=(letters.code_block(code),),
    )
    certification = Certification.objects.create(
        request=request,
        letter=letter,
        code_hash=codes.hash_code(request.number, code),
        facts=values,
        issued_at=at,
        issued_by=by,
        official_name=official.name,
        official_title=official.title,
    )
    notices.tell_issued(request, at=at)
    return certification


def facts_for(request: LetterRequest, *, on: dt.date, words: CombinedWords | None = None) -> AttendanceFacts:
    """What a letter of this day would state. Raises HoursInWords (R-149)."""
    facts = gather(request, on=on, words=words)
    if any(names_hours(text) for text in facts.typed):
        raise HoursInWords
    return facts


def text_of(request: LetterRequest, facts: AttendanceFacts, *, official: Official) -> LetterText:
    """The letter in words, as the preview shows it and as it is issued."""
    return letters.compose(
        facts,
        number=request.number,
        recipient=request.recipient,
        official=official,
        address=papers.portal_address(reverse("certification:verify")),
    )


@transaction.atomic
def state_hours(
    request_id: int,
    *,
    by: Membership,
    at: dt.datetime,
    kind: str,
    minutes: int,
    stated_by: str,
    stated_on: dt.date,
) -> StatedHours:
    """Lists hours a week of study outside the portal, as somebody stated them.

    Raises MayNotIssue, AlreadyIssued, TakenBack, OnlyForCombinedStudy.
    """
    request = _locked(request_id, by=by)
    if not request.is_combined:
        raise OnlyForCombinedStudy
    return StatedHours.objects.create(
        request=request,
        kind=kind,
        minutes=minutes,
        stated_by=stated_by,
        stated_on=stated_on,
        entered_by=by,
        entered_at=at,
    )


@transaction.atomic
def forget_hours(stated_id: int, *, by: Membership) -> None:
    """Takes mistaken hours off a request that waits; the history keeps them. Twice changes nothing.

    Raises MayNotIssue, AlreadyIssued, TakenBack.
    """
    row = StatedHours.objects.filter(pk=stated_id).first()
    if row is not None:
        _locked(row.request_id, by=by)
        row.delete()


def _locked(request_id: int, *, by: Membership) -> LetterRequest:
    """The request that this official may still answer. Whoever comes second finds the first one's letter."""
    LetterRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    rows = LetterRequest.objects.issued_by(by).select_related(
        "student__school",
        "lea__organization",
        "enrollment__program__school",
        "enrollment__program__host__organization",
    )
    request = rows.filter(pk=request_id).first()
    if request is None:
        raise MayNotIssue
    if Certification.objects.filter(request=request).exists():
        raise AlreadyIssued
    if request.taken_back_at is not None:
        raise TakenBack
    return request
