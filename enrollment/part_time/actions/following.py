"""What the registration tells a line: it was sent, it was confirmed."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django_fsm import TransitionNotAllowed

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.clocks.models import Clock
from mocap_portal.foundation.shared.refusals import Refusal

from ..models import CourseLine, Step, StepKind


class NotApproved(Refusal):
    sentence = _("Only an approved course can be registered.")


class NotRegistered(Refusal):
    sentence = _("Only a registered course can be confirmed.")


def mark_registered(line: CourseLine, *, by: Membership, at: dt.datetime, confirmation_clock: Clock) -> None:
    """The provider was told and its clock runs. `line` is locked by the caller's transaction.

    Raises NotApproved (R-28).
    """
    try:
        line.register(confirmation_clock=confirmation_clock)
    except TransitionNotAllowed as error:
        raise NotApproved from error
    line.save()
    if line.registration_clock_id is not None:
        clocks.stop(line.registration_clock_id, at=at)
    Step.objects.create(request_id=line.request_id, line=line, kind=StepKind.REGISTERED, at=at, by=by)


def mark_confirmed(
    line: CourseLine,
    *,
    by: Membership,
    at: dt.datetime,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    section: str,
    teacher_name: str,
) -> None:
    """The provider has the student in a section from `starts_on`. Raises NotRegistered."""
    try:
        line.confirm(starts_on=starts_on, ends_on=ends_on, section=section, teacher_name=teacher_name)
    except TransitionNotAllowed as error:
        raise NotRegistered from error
    line.save()
    Step.objects.create(request_id=line.request_id, line=line, kind=StepKind.CONFIRMED, at=at, by=by)
