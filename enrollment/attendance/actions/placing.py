"""The resident district places a disenrolled student: options, the family's choice, enrollment (R-59)."""

import datetime as dt
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from django_fsm import TransitionNotAllowed

from enrollment.records.actions.moving import AlreadyThere, move_student
from enrollment.registration.actions import change_payer
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import Placement, PlacementState

WHY_MOVED = gettext_noop("Disenrolled from a full-time program and enrolled by the resident district (R-59)")


class NotYourPlacement(Refusal):
    sentence = _("This student does not live in your district, or is a child of your own.")


class OptionsSent(Refusal):
    sentence = _("The options were sent already. Reload the page to see them.")


class OptionsMissing(Refusal):
    sentence = _("The family has no options yet. Send them first.")


class ChoiceMissing(Refusal):
    sentence = _("The family's choice is not recorded yet. Record it first.")


class AlreadyPlaced(Refusal):
    sentence = _("The student is enrolled already. Reload the page to see it.")


class NotThatDay(Refusal):
    sentence = _("This day is before the student left the program, or still to come. Check the day.")


@transaction.atomic
def send_options(placement_id: int, *, by: Membership, at: dt.datetime, options: str) -> Placement:
    """A list of options to the family; the clock stops. Raises NotYourPlacement, OptionsSent."""
    placement = _locked(placement_id, by=by)
    try:
        placement.send_options(options, by=by, at=at)
    except TransitionNotAllowed as error:
        raise OptionsSent from error
    placement.save()
    clocks.stop(placement.clock_id, at=at)
    notices.tell_options(placement, at=at)
    return placement


@transaction.atomic
def record_choice(
    placement_id: int, *, by: Membership, at: dt.datetime, choice: str, chosen_on: dt.date
) -> Placement:
    """What the family chose; a later word of theirs replaces it until the student is enrolled.

    Raises NotYourPlacement, OptionsMissing, AlreadyPlaced, NotThatDay.
    """
    placement = _locked(placement_id, by=by)
    if placement.state == PlacementState.PLACED:
        raise AlreadyPlaced
    if placement.options_sent_at is None:
        raise OptionsMissing
    if not central_date(placement.options_sent_at) <= chosen_on <= central_date(at):
        raise NotThatDay
    placement.choice, placement.chosen_on, placement.chosen_by = choice, chosen_on, by
    placement.save()
    return placement


@transaction.atomic
def place(placement_id: int, *, by: Membership, at: dt.datetime, on: dt.date) -> Placement:
    """The student is enrolled, from this day on the resident district's again.

    Raises NotYourPlacement, OptionsMissing, ChoiceMissing, AlreadyPlaced, NotThatDay.
    """
    placement = _locked(placement_id, by=by)
    enrollment = placement.enrollment
    if placement.state == PlacementState.OPEN:
        raise OptionsMissing
    if placement.state == PlacementState.OPTIONS_SENT and not placement.choice:
        raise ChoiceMissing
    if enrollment.ended_on is None or not enrollment.ended_on <= on <= central_date(at):
        raise NotThatDay
    try:
        placement.place(on=on, by=by, at=at)
    except TransitionNotAllowed as error:
        raise AlreadyPlaced from error
    placement.save()
    with suppress(AlreadyThere):  # somebody moved the student before: that is what was wanted
        move_student(
            enrollment.student_id,
            to_school_id=enrollment.resident_school_id,
            on=on,
            why=WHY_MOVED,
            by=by,
            at=at,
        )
        change_payer(enrollment.student_id, to_lea_id=placement.lea_id, on=on, by=by, at=at)
    return placement


def _locked(placement_id: int, *, by: Membership) -> Placement:
    placements = Placement.objects.run_by(by).select_for_update(of=("self",))
    placement = (
        placements.select_related("enrollment__student", "lea__organization").filter(pk=placement_id).first()
    )
    if placement is None:
        raise NotYourPlacement
    return placement
