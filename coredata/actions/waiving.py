"""The state office waives a warning for one district, and ends that again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from ..articles import can_be_waived
from ..checks import rules
from ..models import Waiver


class CannotBeWaived(Refusal):
    sentence = _("This rule cannot be waived: it is an error, or one that the program rests on.")


class AlreadyOver(Refusal):
    sentence = _("A waiver ends today at the earliest. Choose a day from today on.")


@transaction.atomic
def grant_waiver(
    lea_id: int, rule_id: str, *, reason: str, until: dt.date, by: Membership, at: dt.datetime
) -> Waiver:
    """Let an LEA pass over a rule until a day, included. One that stands open for both ends now: this takes its place.

    Raises CannotBeWaived, AlreadyOver.
    """
    if rule_id not in rules() or not can_be_waived(rules()[rule_id]):
        raise CannotBeWaived
    if until < central_date(at):
        raise AlreadyOver
    Lea.objects.select_for_update(of=("self",)).get(pk=lea_id)  # two at once come one after the other
    for earlier in Waiver.objects.filter(lea=lea_id, rule=rule_id, ended_at__isnull=True):
        _end(earlier, by=by, at=at)
    return Waiver.objects.create(
        lea_id=lea_id, rule=rule_id, reason=reason, until=until, granted_by=by, granted_at=at
    )


@transaction.atomic
def end_waiver(waiver_id: int, *, by: Membership, at: dt.datetime) -> Waiver:
    """The rule holds for the LEA again. Ended twice, it keeps its first end."""
    waiver = Waiver.objects.select_for_update(of=("self",)).get(pk=waiver_id)
    if waiver.ended_at is None:
        _end(waiver, by=by, at=at)
    return waiver


def _end(waiver: Waiver, *, by: Membership, at: dt.datetime) -> None:
    waiver.ended_at, waiver.ended_by = at, by
    waiver.save(update_fields=["ended_at", "ended_by"])
