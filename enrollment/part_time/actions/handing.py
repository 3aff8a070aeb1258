"""Many requests at once are handed to a colleague, or laid back; and the undo of it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import REVIEWING_ROLES, CourseRequest, RequestState
from .reviewing import NotAReviewer

UNDO_WITHIN = dt.timedelta(minutes=30)
SALT = "part_time.handing"


class NothingChosen(Refusal):
    sentence = _("Choose at least one request in the list first.")


class UndoTooLate(Refusal):
    sentence = _("This can no longer be undone here. Choose the requests and hand them over again.")


@dataclass(frozen=True)
class Handover:
    """What was handed over, by the numbers people say on the phone.

    `own_child` were left out because they are about a child of the colleague's own, `settled` because nobody has to
    decide them any more. `undo` takes everything back, for half an hour and for the same hat; empty when nothing moved.
    """

    moved: list[CourseRequest]
    own_child: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    undo: str = ""


@dataclass(frozen=True)
class Undone:
    """`restored` requests are again whose they were; `kept` somebody has handed on or decided since."""

    restored: list[str]
    kept: list[str]


@transaction.atomic
def assign_many(
    request_ids: Collection[int], *, to: Membership | None, by: Membership, at: dt.datetime
) -> Handover:
    """These requests are now this colleague's, or nobody's. Those that `by` may not review are passed over.

    A second time changes nothing. Raises NothingChosen, NotAReviewer.
    """
    if to is not None and not _is_colleague(to, by):
        raise NotAReviewer
    rows = _locked(request_ids, by=by)
    if not rows:
        raise NothingChosen
    waiting = [row for row in rows if row.state == RequestState.SUBMITTED]
    allowed = _reviewable(waiting, to) if to else {row.pk for row in waiting}
    new_owner = to.pk if to else None
    moving = [row for row in waiting if row.pk in allowed and row.assigned_to_id != new_owner]
    former = [(row.pk, row.assigned_to_id) for row in moving]
    CourseRequest.objects.filter(pk__in=[row.pk for row in moving]).update(assigned_to=to)
    return Handover(
        moved=moving,
        own_child=[row.number for row in waiting if row.pk not in allowed],
        settled=[row.number for row in rows if row.state != RequestState.SUBMITTED],
        undo=_token(former, to=new_owner, by=by, at=at) if moving else "",
    )


@transaction.atomic
def undo_assign_many(token: str, *, by: Membership, at: dt.datetime) -> Undone:
    """Each request goes back to whose it was, unless somebody changed it since. A second time changes nothing.

    Raises UndoTooLate, also for a token of another hat.
    """
    former, to = _read(token, by=by, at=at)
    rows = _locked(former, by=by)
    back = [row for row in rows if row.state == RequestState.SUBMITTED and row.assigned_to_id == to]
    done = [row for row in rows if row.assigned_to_id == former[row.pk] and row not in back]
    for row in back:
        row.assigned_to_id = former[row.pk]
    CourseRequest.objects.bulk_update(back, ["assigned_to"])
    restored = {row.pk for row in (*back, *done)}
    return Undone(
        restored=[row.number for row in rows if row.pk in restored],
        kept=[row.number for row in rows if row.pk not in restored],
    )


def _locked(request_ids: Collection[int], *, by: Membership) -> list[CourseRequest]:
    """In the order of their keys, so that two handovers never wait for each other in a circle."""
    rows = CourseRequest.objects.reviewable_by(by).filter(pk__in=request_ids)
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def _is_colleague(hat: Membership, by: Membership) -> bool:
    assert by.organization_id is not None  # only an LEA's staff hand over
    colleagues = Membership.objects.in_organization(by.organization_id, *REVIEWING_ROLES)
    return colleagues.filter(pk=hat.pk).exists()


def _reviewable(rows: Sequence[CourseRequest], hat: Membership) -> set[int]:
    """Those that this hat may review: none about a child of its own (R-134)."""
    found = CourseRequest.objects.reviewable_by(hat).filter(pk__in=[row.pk for row in rows])
    return set(found.values_list("pk", flat=True))


def _token(former: list[tuple[int, int | None]], *, to: int | None, by: Membership, at: dt.datetime) -> str:
    return signing.dumps({"by": by.pk, "at": at.timestamp(), "to": to, "former": former}, salt=SALT)


def _read(token: str, *, by: Membership, at: dt.datetime) -> tuple[dict[int, int | None], int | None]:
    """Whose each request was, and whose it was to become."""
    try:
        kept = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise UndoTooLate from error
    if kept["by"] != by.pk or at.timestamp() - kept["at"] > UNDO_WITHIN.total_seconds():
        raise UndoTooLate
    return dict(kept["former"]), kept["to"]
