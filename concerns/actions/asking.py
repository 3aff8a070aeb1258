"""What the office asks the writer and whom they complain of, and how the other side answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import LEA_ROLES, PROVIDER_ROLES, Membership, Role
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock, ClockKind
from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue, NoLegalValue, Provider
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices, office_notices
from ..files import Kept
from ..models import Asked, Entry, EntryKind
from ..naming import may_be_named, tells_who_wrote
from ..transitions import Act
from . import timing
from .entering import enter, keep, lock, look_for_newer, said_already, say
from .filing import keep_files

# Who answers for a district; of a provider everybody.
ANSWERING_ROLES = frozenset({Role.COORDINATOR, Role.LEA_ADMIN, Role.DECIDER}) | PROVIDER_ROLES


class NamesTheWriter(Refusal):
    sentence = _(
        "The writer has not agreed to be named, and your words hold their name, mail address or telephone number. "
        "Take it out."
    )


class WaitsAlready(Refusal):
    sentence = _(
        "You have asked this side already, and it has not answered yet. Take that question back first."
    )


class WasAnswered(Refusal):
    sentence = _("This question is answered by now. Reload the page to read the answer.")


class WasTakenBack(Refusal):
    sentence = _("The state office has taken this question back, so there is nothing to answer any more.")


class NotAskedOfYou(Refusal):
    sentence = _("This question was asked of another organization, or your role does not answer it.")


@transaction.atomic
def ask_writer(
    concern_id: int, question: str, *, by: Membership, at: dt.datetime, seen: int | None = None
) -> Entry:
    """Ask who wrote. Without an address they find it on their status page only.

    That is a reply, too. Raises OnlyTheOffice, MovedOn, NotNow.
    """
    concern = enter(concern_id, Act.ASK_WRITER, by=by)
    if before := said_already(concern, EntryKind.ASKED_WRITER, text=question, by=by, seen=seen):
        return before
    look_for_newer(concern, seen)
    entry = say(concern, EntryKind.ASKED_WRITER, text=question, by=by, at=at)
    timing.sort(concern, at=at)
    timing.reply(concern, at=at)
    keep(concern, Act.ASK_WRITER)
    notices.tell_writer(entry)
    return entry


@transaction.atomic
def ask(
    concern_id: int,
    whom: Lea | Provider,
    *,
    summary: str,
    question: str,
    by: Membership,
    at: dt.datetime,
    seen: int | None = None,
) -> Asked:
    """Ask a district or a provider, which reads `summary` and `question` and never the concern; its clock starts.

    Raises OnlyTheOffice, MovedOn, NotNow, WaitsAlready, NamesTheWriter, NoLegalValue.
    """
    concern = enter(concern_id, Act.ASK, by=by)
    side = {"lea": whom} if isinstance(whom, Lea) else {"provider": whom}
    waiting = Asked.objects.waiting().filter(concern=concern, **side).first()
    if waiting is not None:
        if (waiting.summary, waiting.question, waiting.asked_by_id) == (summary, question, by.pk):
            return waiting
        raise WaitsAlready
    look_for_newer(concern, seen)
    if not may_be_named(concern) and tells_who_wrote(f"{summary}\n{question}", concern):
        raise NamesTheWriter
    asked = Asked.objects.create(
        concern=concern,
        **side,
        summary=summary,
        question=question,
        clock=_start_answer(whom, at=at),
        asked_by=by,
        asked_at=at,
    )
    entry = say(concern, EntryKind.ASKED, text=question, asked=asked, by=by, at=at)
    timing.sort(concern, at=at)
    keep(concern, Act.ASK)
    notices.tell_writer(entry)
    office_notices.tell_asked(asked, at=at)
    return asked


@transaction.atomic
def take_question_back(asked_id: int, *, by: Membership, at: dt.datetime) -> Asked:
    """The other side need not answer any more. Twice changes nothing. Raises OnlyTheOffice, WasAnswered, NotNow."""
    concern_id = Asked.objects.values_list("concern", flat=True).get(pk=asked_id)
    concern = enter(concern_id, Act.NOTE, by=by)
    asked = Asked.objects.select_for_update(of=("self",)).get(pk=asked_id)
    if asked.answered_at is not None:
        raise WasAnswered
    if asked.taken_back_at is not None:
        return asked
    asked.taken_back_at = at
    asked.save(update_fields=["taken_back_at"])
    clocks.stop(asked.clock_id, at=at)
    say(concern, EntryKind.ASKED_NO_MORE, asked=asked, by=by, at=at)
    keep(concern, Act.TAKE_BACK)
    office_notices.tell_taken_back(asked, at=at)
    return asked


@transaction.atomic
def answer(asked_id: int, text: str, *, files: Sequence[Kept] = (), by: Membership, at: dt.datetime) -> Asked:
    """The other side answers, once. `files`: as `files.keep` has read them. The same by the same person is one.

    Raises NotAskedOfYou, WasTakenBack, WasAnswered.
    """
    concern = lock(Asked.objects.values_list("concern", flat=True).get(pk=asked_id))
    asked = Asked.objects.select_for_update(of=("self",)).get(pk=asked_id)
    if not _is_asked(asked, by):
        raise NotAskedOfYou
    if asked.taken_back_at is not None:
        raise WasTakenBack
    if asked.answered_at is not None:
        if (asked.answer, asked.answered_by_id) == (text, by.pk):
            return asked
        raise WasAnswered
    asked.answer, asked.answered_by, asked.answered_at = text, by, at
    asked.save(update_fields=["answer", "answered_by", "answered_at"])
    keep_files(concern, files, at=at, asked=asked)
    clocks.stop(asked.clock_id, at=at)
    say(concern, EntryKind.ANSWERED, text=text, asked=asked, by=by, at=at)
    keep(concern, Act.ANSWER)
    office_notices.tell_answered(asked, at=at)
    return asked


def _is_asked(asked: Asked, by: Membership) -> bool:
    if by.role not in ANSWERING_ROLES or by.ended_at is not None:
        return False
    if by.role in LEA_ROLES:
        return asked.lea_id == by.organization_id
    return asked.provider_id == by.organization_id


def _start_answer(whom: Lea | Provider, *, at: dt.datetime) -> Clock:
    on = central_date(at)
    value = LegalValue.objects.on(on).filter(key=LegalKey.CONCERN_ANSWER_DAYS).first()
    if value is None:
        raise NoLegalValue(f"No value of {LegalKey.CONCERN_ANSWER_DAYS} holds on {on}.")
    return clocks.start(
        ClockKind.CONCERN_ANSWER,
        lea_id=whom.pk if isinstance(whom, Lea) else None,
        at=at,
        business_days=int(value.number),
        source=value.source,
    )
