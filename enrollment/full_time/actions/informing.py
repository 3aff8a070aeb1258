"""The resident district informs a program. It approves and denies nothing (R-35)."""

import datetime as dt

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import refuse_own_child
from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.clocks import actions as clocks
from mocap_portal.foundation.papers import actions as papers
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices
from ..models import ApplicationState, ProgramApplication, ResidentInput


class NotAsked(Refusal):
    sentence = _("This application was taken back. The program needs no information about it.")


class NothingSaid(Refusal):
    sentence = _("Write what the program should know, or that there is nothing to add.")


@transaction.atomic
def inform(
    application_id: int,
    *,
    information: str,
    upload: File | None = None,  # type: ignore[type-arg]
    by: Membership,
    at: dt.datetime,
) -> ResidentInput:
    """What the resident district wants the program to know, once or more often. It is stamped late when the days are
    over, and told to the program either way (R-38). The same words of one person twice are one input.

    Raises NotAsked, NothingSaid, OwnChild, and what papers.store_document raises.
    """
    application = (
        ProgramApplication.objects.select_for_update(of=("self",))
        .select_related("input_clock", "program__host__organization", "resident_lea__organization")
        .get(pk=application_id)
    )
    if application.state in {ApplicationState.DRAFT, ApplicationState.CANCELLED}:
        raise NotAsked
    refuse_own_child(application.claim_id, by=by)
    words = information.strip()
    if not words:
        raise NothingSaid
    same = application.inputs.filter(by=by, information=words, document__isnull=True).first()
    if same is not None and upload is None:
        return same
    clock = application.input_clock
    assert clock is not None  # it was sent
    assert clock.due_on is not None  # these days never stand still
    given = ResidentInput.objects.create(
        application=application,
        at=at,
        by=by,
        is_late=central_date(at) > clock.due_on,
        information=words,
        document=papers.store_document(upload, by=by, at=at) if upload else None,
    )
    if clock.stopped_at is None:
        clocks.stop(clock.pk, at=at)
    notices.tell_informed(given)
    return given
