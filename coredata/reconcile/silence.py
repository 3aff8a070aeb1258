"""Who is asked in a room and has not answered, and what waits for the MOCAP office: it follows from what was said.

A side is asked by whoever contests, and a provider also by a district's "we denied this course" and "not our student".
Whatever it shares in the room afterwards is an answer, and so is a ruling: it says itself who has to act.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Greatest, Least

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.calendar import central_date

from .models import (
    PARTIES,
    POSITIONS,
    TWO_LEAS,
    Answer,
    AnswerKind,
    Escalation,
    Mismatch,
    MismatchQuerySet,
    Remark,
    RemarkKind,
    Ruling,
    Side,
)
from .seats import SEATED_DISTRICT, SEATED_PROVIDER, rooms_of
from .standing import TOLD_TO_PROVIDERS

SEATED = {
    Side.DISTRICT: SEATED_DISTRICT,
    Side.OTHER: Q(code__in=TWO_LEAS, facts__has_key="other"),
    Side.PROVIDER: SEATED_PROVIDER,
}


def last_day(asked_at: dt.datetime) -> dt.date:
    """The last day on which an answer comes in time."""
    return central_date(asked_at) + dt.timedelta(days=settings.RECONCILE_SILENCE_DAYS)


def positions() -> QuerySet[Remark]:
    """The position of each side that counts: its latest."""
    later = Remark.objects.filter(
        mismatch=OuterRef("mismatch"), side=OuterRef("side"), kind__in=POSITIONS, pk__gt=OuterRef("pk")
    )
    return Remark.objects.filter(~Exists(later), kind__in=POSITIONS)


def touched(rows: MismatchQuerySet) -> MismatchQuerySet:
    """Those in which somebody has said something to somebody else. Most are not, and need no closer look."""
    said = Q(pk__in=Remark.objects.filter(is_shared=True).values("mismatch"))
    asked = Q(pk__in=Answer.objects.filter(kind__in=[*TOLD_TO_PROVIDERS, AnswerKind.ASK]).values("mismatch"))
    return rows.filter(said | asked | Q(pk__in=Ruling.objects.values("mismatch")))


def with_questions(rows: MismatchQuerySet) -> MismatchQuerySet:
    """With `asked_district`, `asked_other`, `asked_provider`: when the oldest word came that the side has not answered;
    and `must_correct`: the side that the last ruling names. None where there is no such. What was said before the
    mismatch was away counts no more.
    """
    last = Ruling.objects.filter(mismatch=OuterRef("pk"), at__gte=OuterRef("opened_at")).order_by(
        "-at", "-pk"
    )
    rows = rows.alias(ruled_at=Subquery(last.values("at")[:1])).annotate(
        must_correct=Subquery(last.values("must_correct")[:1])
    )
    # Greatest and Least pass over what is not there: PostgreSQL does.
    for side in PARTIES:
        words = [_latest(Remark.objects.filter(side=side, is_shared=True))]
        if side == Side.DISTRICT:
            told = Q(kind__in=TOLD_TO_PROVIDERS) | Q(undoes__kind__in=TOLD_TO_PROVIDERS)
            words.append(_latest(Answer.objects.filter(told)))
        contests = positions().filter(kind=RemarkKind.CONTEST).exclude(side=side)
        questions = [_earliest(contests, since=f"answered_{side}")]
        if side == Side.PROVIDER:
            told_now = Answer.objects.filter(kind__in=TOLD_TO_PROVIDERS, undone_by__isnull=True)
            questions.append(_earliest(told_now, since=f"answered_{side}"))
        rows = rows.alias(**{f"answered_{side}": Greatest(*words, F("ruled_at"), F("opened_at"))}).annotate(
            **{f"asked_{side}": Case(When(SEATED[side], then=_first_of(questions)))}
        )
    return rows


def asked_at(row: Mismatch | None, side: Side) -> dt.datetime | None:
    """When the oldest word came that this side has not answered. `row`: with its questions."""
    found: dt.datetime | None = getattr(row, f"asked_{side}", None)
    return found


def escalated() -> Q:
    """Handed to the MOCAP office because a side was silent, and not decided since: to filter mismatches by."""
    decided = Ruling.objects.filter(mismatch=OuterRef("mismatch"), at__gte=OuterRef("at"))
    return Q(
        Exists(
            Escalation.objects.filter(
                ~Exists(decided), mismatch=OuterRef("pk"), at__gte=OuterRef("opened_at")
            )
        )
    )


def asks(side: Side) -> Q:
    """This side has something to answer, or to correct by the last ruling: to filter rows with their questions by."""
    return Q(**{f"asked_{side}__isnull": False}) | Q(must_correct=side)


def waits_for_office(rows: MismatchQuerySet) -> MismatchQuerySet:
    """Those that only the MOCAP office can move: a side was silent, two sides contest, two LEAs have a conflict and one
    of them has spoken, a side contests and nobody else sits there, or a district has asked the office.
    """
    since = Greatest(_latest(Ruling.objects.all()), F("opened_at"))
    contest = positions().filter(kind=RemarkKind.CONTEST, mismatch=OuterRef("pk"), at__gt=OuterRef("since"))
    against = positions().filter(
        kind=RemarkKind.CONTEST, mismatch=OuterRef("mismatch"), at__gt=OuterRef(OuterRef("since"))
    )
    spoken = Remark.objects.filter(mismatch=OuterRef("pk"), is_shared=True, at__gt=OuterRef("since"))
    heard = Remark.objects.filter(
        mismatch=OuterRef("mismatch"), side=Side.OFFICE, is_shared=True, at__gte=OuterRef("at")
    )
    question = Answer.objects.filter(
        ~Exists(heard),
        mismatch=OuterRef("pk"),
        kind=AnswerKind.ASK,
        undone_by__isnull=True,
        at__gt=OuterRef("since"),
    )
    of_two = Q(code__in=TWO_LEAS)
    return (
        touched(rows.still_open())
        .alias(since=since)
        .filter(
            escalated()
            | Exists(contest.filter(Exists(against.exclude(side=OuterRef("side")))))
            | (of_two & Exists(spoken.exclude(side=Side.OFFICE)))
            | (~(SEATED_DISTRICT & SEATED_PROVIDER) & ~of_two & Exists(contest))
            | Exists(question)
        )
    )


def waiting(hat: Membership) -> MismatchQuerySet:
    """The rooms that wait for this hat, with their questions."""
    rows = rooms_of(hat)
    if hat.is_dese:
        return with_questions(waits_for_office(rows))
    open_ones = with_questions(touched(rows.still_open()))
    if hat.is_provider:
        return open_ones.filter(asks(Side.PROVIDER))
    own = Q(lea=hat.organization_id)
    return open_ones.filter((own & asks(Side.DISTRICT)) | (~own & asks(Side.OTHER)))


def spoken_in(rows: MismatchQuerySet, hat: Membership) -> MismatchQuerySet:
    """Those in whose rooms there is something for this hat to read."""
    remarks = Remark.objects.visible_to(hat).values("mismatch")
    decided, handed_on = Ruling.objects.values("mismatch"), Escalation.objects.values("mismatch")
    return rows.filter(Q(pk__in=remarks) | Q(pk__in=decided) | Q(pk__in=handed_on))


def _first_of(questions: Sequence[Subquery]) -> Least | Subquery:
    return Least(*questions) if len(questions) > 1 else questions[0]


def _latest(words: QuerySet[Remark] | QuerySet[Answer] | QuerySet[Ruling] | QuerySet[Escalation]) -> Subquery:
    of_this_life = words.filter(mismatch=OuterRef("pk"), at__gte=OuterRef("opened_at"))
    return Subquery(of_this_life.order_by("-at").values("at")[:1])


def _earliest(words: QuerySet[Remark] | QuerySet[Answer], *, since: str) -> Subquery:
    return Subquery(
        words.filter(mismatch=OuterRef("pk"), at__gt=OuterRef(since)).order_by("at").values("at")[:1]
    )
