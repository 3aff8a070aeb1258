"""The history of a request that its family reads: every step is sealed together with the one before it.

A seal is a keyed digest (HMAC-SHA-256) of what a step says and of the seal before it. Whoever alters a step, takes one
away, slips one in or lets two change places breaks the chain there, and `breaks` names the place. The key comes from
SECRET_KEY, so the database alone cannot mend a chain. Decision 0015.
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership

from .models import CourseLine, CourseRequest, Step, StepKind

SALT = "enrollment.part_time.history"


def add_step(
    request: CourseRequest,
    kind: StepKind,
    *,
    at: dt.datetime,
    by: Membership | None,
    line: CourseLine | None = None,
) -> Step:
    """Tell one more step. To be called in the transaction of an action that has locked the request.

    Without that lock the second of two steps at once is refused by the database (IntegrityError).
    """
    last = request.steps.order_by("-place").first()
    step = Step(request=request, line=line, kind=kind, at=at, by=by, place=last.place + 1 if last else 1)
    step.seal = seal_of(step, after=last.seal if last else "")
    step.save()
    return step


def seal_of(step: Step, *, after: str, secret: str | bytes | None = None) -> str:
    """64 hexadecimal digits. `after`: the seal of the step before it, empty for the first."""
    told = [
        step.request_id,
        step.place,
        step.line_id,
        step.kind,
        step.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        step.by_id,
        after,
    ]
    return salted_hmac(SALT, json.dumps(told), secret=secret, algorithm="sha256").hexdigest()


class Damage(models.TextChoices):
    ALTERED = "altered", _("is not what the portal wrote there")
    MISSING = "missing", _("is missing")


@dataclass(frozen=True, order=True)
class Break:
    """A place of a request's history, counted from 1, that is not as the portal wrote it."""

    request_id: int
    place: int
    damage: Damage


def breaks(requests: Iterable[int] | None = None) -> list[Break]:
    """Where the histories of these requests, or of all, are not what the portal wrote; by request and place.

    A last step that was removed leaves no gap. It is missed because the table's own history knows that it was there.
    """
    steps: Any = Step.objects.all()
    events: Any = Step
    # Place 0 is of a time before there were seals; a draft that is thrown away goes whole, and its request with it.
    written = events.pgh_event_model.objects.filter(
        Exists(CourseRequest.objects.filter(pk=OuterRef("request"))), pgh_label="insert", place__gt=0
    )
    if requests is not None:
        keys = list(requests)
        steps, written = steps.filter(request__in=keys), written.filter(request__in=keys)
    in_order = steps.order_by("request_id", "place").iterator(chunk_size=5_000)
    found = {
        broken
        for _request, of_request in groupby(in_order, key=attrgetter("request_id"))
        for broken in _broken(of_request)
    }
    gone = written.filter(~Exists(Step.objects.filter(pk=OuterRef("pgh_obj"))))
    found |= {
        Break(request_id, place, Damage.MISSING)
        for request_id, place in gone.values_list("request_id", "place")
    }
    return sorted(found)


class Damaged(Exception):
    """A history is not what the portal wrote: to seal it anew would hide that."""


def reseal() -> int:
    """Seal every step anew with the present key, so that a former one can be taken away; returns how many steps.

    One request after the other, each locked as an action locks it. Raises Damaged at the first that is; those before
    it are sealed with the present key by then, and a next call goes on.
    """
    sealed = 0
    for request_id in CourseRequest.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            request = CourseRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
            if request is None:  # a draft that was thrown away meanwhile
                continue
            if breaks([request_id]):
                raise Damaged
            seal = ""
            steps = list(request.steps.order_by("place"))
            for step in steps:
                step.seal = seal = seal_of(step, after=seal)
            sealed += Step.objects.bulk_update(steps, ["seal"])
    return sealed


def _broken(steps: Iterable[Step]) -> Iterator[Break]:
    """One request's steps in their order. After a gap the chain is taken up again at the next seal."""
    place, seal = 0, ""
    for step in steps:
        gap = range(place + 1, step.place)
        yield from (Break(step.request_id, missing, Damage.MISSING) for missing in gap)
        if not gap and not _is_sealed(step, after=seal):
            yield Break(step.request_id, step.place, Damage.ALTERED)
        place, seal = step.place, step.seal


def _is_sealed(step: Step, *, after: str) -> bool:
    """With the present key or a former one that is still honored."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(seal_of(step, after=after, secret=key), step.seal) for key in keys)
