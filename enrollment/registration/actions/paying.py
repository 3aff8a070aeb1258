"""A student moves to another LEA while a course goes on: the new LEA pays from that day (R-72)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from enrollment.part_time.models import LineState
from enrollment.records.actions import log_disclosure, refuse_own_child
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import REGISTERING_ROLES, PayerChange, RosterLine

# A course that is with its provider and not settled yet.
GOING_ON = frozenset({LineState.REGISTERED, LineState.CONFIRMED, LineState.ACTIVE, LineState.FINISHED})
WHAT_OF_A_MOVE = gettext_noop("That the student moved to another district, and whom to ask there")
WHY_OF_A_MOVE = gettext_noop("The course goes on; the new district pays (R-72)")


class NotYourPayment(Refusal):
    sentence = _(
        "Only staff of the district that pays from now on can do this, and nobody for a child of their own."
    )


class AlreadyArranged(Refusal):
    sentence = _("This payment was arranged before. Nothing was done twice.")


@transaction.atomic
def change_payer(
    student_id: int, *, to_lea_id: int, on: dt.date, by: Membership, at: dt.datetime
) -> list[PayerChange]:
    """Every course of the student that goes on stays as it is; from `on` the new LEA pays and looks after it.

    The caller holds the lock of the student and has moved it. A second time there is nothing left to change.
    """
    lea = Lea.objects.select_related("organization").get(pk=to_lea_id)
    roster_lines = (
        RosterLine.objects.select_for_update(of=("self",))
        .filter(line__request__claim__student=student_id, line__state__in=GOING_ON)
        .exclude(lea=lea)
        .select_related(
            "line__request__claim__student", "line__request__lea__organization", "provider__organization"
        )
        .order_by("pk")
    )
    changes = []
    for roster_line in roster_lines:
        change = PayerChange.objects.create(
            line=roster_line.line, from_lea_id=roster_line.lea_id, to_lea=lea, pays_from=on, at=at, by=by
        )
        roster_line.lea = lea
        if lea.contact_name and lea.contact_email:
            roster_line.contact_name = lea.contact_name
            roster_line.contact_email = lea.contact_email
            roster_line.contact_phone = lea.contact_phone
        roster_line.save()
        student = roster_line.line.request.claim.student
        assert student is not None  # it was registered
        log_disclosure(
            student=student,
            recipient=roster_line.provider.organization,
            by=by,
            at=at,
            what=WHAT_OF_A_MOVE,
            why=WHY_OF_A_MOVE,
        )
        notices.tell_payer_changed(change, roster_line, at=at)
        changes.append(change)
    return changes


@transaction.atomic
def arrange_payment(change_id: int, *, by: Membership, at: dt.datetime) -> PayerChange:
    """The new LEA has arranged with the provider that it pays. Raises NotYourPayment, OwnChild, AlreadyArranged."""
    change = (
        PayerChange.objects.select_for_update(of=("self",)).select_related("line__request").get(pk=change_id)
    )
    if by.role not in REGISTERING_ROLES or by.organization_id != change.to_lea_id:
        raise NotYourPayment
    refuse_own_child(change.line.request.claim_id, by=by)
    if change.arranged_at is not None:
        raise AlreadyArranged
    change.arranged_at, change.arranged_by = at, by
    change.save()
    return change
