"""What DESE does when a provider does not comply: notice and time to cure, then suspension or revocation (R-92)."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Provider
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import CorrectiveAction, Sanction, SanctionKind


class NoTimeToCure(Refusal):
    sentence = _("The day to cure must lie after today: the provider needs time to put things right.")


class NoticeMissing(Refusal):
    sentence = _(
        "The provider was not told what is wrong. Give notice with a day to cure first, or mark this as urgent."
    )


class StillTimeToCure(Refusal):
    sentence = _("The provider's time to cure is not over yet. Wait until then, or mark this as urgent.")


class ReasonMissing(Refusal):
    sentence = _("Write why. The provider reads it.")


class AlreadyRevoked(Refusal):
    sentence = _("The authorization is revoked already. Nothing was changed.")


class AlreadySuspended(Refusal):
    sentence = _("The provider is suspended already. Lift the suspension, or revoke the authorization.")


class NotSuspended(Refusal):
    sentence = _("The provider is not suspended. Nothing was changed.")


class AlreadySettled(Refusal):
    sentence = _("This notice was settled already. Nothing was changed.")


@transaction.atomic
def give_notice(
    provider_id: int, *, problem: str, cure_by: dt.date, by: Membership, on: dt.date
) -> CorrectiveAction:
    """Tell a provider what is wrong and until when to put it right. Raises ReasonMissing, NoTimeToCure."""
    if not problem.strip():
        raise ReasonMissing
    if cure_by <= on:
        raise NoTimeToCure
    return CorrectiveAction.objects.create(
        provider_id=provider_id, problem=problem, noticed_on=on, cure_by=cure_by, noticed_by=by
    )


@transaction.atomic
def clear(action_id: int, *, by: Membership, on: dt.date) -> CorrectiveAction:
    """The provider has put things right. Raises AlreadySettled."""
    action = CorrectiveAction.objects.select_for_update(of=("self",)).get(pk=action_id)
    if action.cleared_on or action.sanctions.exists():
        raise AlreadySettled
    action.cleared_on, action.cleared_by = on, by
    action.save(update_fields=["cleared_on", "cleared_by"])
    return action


@transaction.atomic
def suspend(provider_id: int, *, reason: str, is_urgent: bool, by: Membership, on: dt.date) -> Sanction:
    """From this day on, until it is lifted, the provider's courses cannot be chosen (R-93). Lines that run stay.

    Raises ReasonMissing, AlreadyRevoked, AlreadySuspended, NoticeMissing, StillTimeToCure.
    """
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    if not reason.strip():
        raise ReasonMissing
    held = _held(provider, on=on)
    if held and held.kind == SanctionKind.REVOCATION:
        raise AlreadyRevoked
    if held and held.valid_to is None:
        raise AlreadySuspended
    notice = _notice(provider, is_urgent=is_urgent, on=on)
    if held:
        _give_way(held, on=on)  # it was lifted today
    return _impose(SanctionKind.SUSPENSION, provider, notice, reason, is_urgent=is_urgent, by=by, on=on)


@transaction.atomic
def revoke(provider_id: int, *, reason: str, is_urgent: bool, by: Membership, on: dt.date) -> Sanction:
    """End the authorization with this day; it takes a new one to come back. A suspension gives way to it.

    Raises ReasonMissing, AlreadyRevoked, NoticeMissing, StillTimeToCure.
    """
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    if not reason.strip():
        raise ReasonMissing
    held = _held(provider, on=on)
    if held and held.kind == SanctionKind.REVOCATION:
        return _revoke_still(held, provider, on=on)
    # The notice before a suspension is the notice before what follows from it.
    before = held.corrective_action if held and held.valid_to is None else None
    notice = before or _notice(provider, is_urgent=is_urgent, on=on)
    if held:
        _give_way(held, on=on)
    provider.authorizations.filter(valid_from__gt=on).delete()
    provider.authorizations.filter(valid_from__lte=on, valid_to__gt=on).update(valid_to=on)
    return _impose(SanctionKind.REVOCATION, provider, notice, reason, is_urgent=is_urgent, by=by, on=on)


@transaction.atomic
def lift(provider_id: int, *, by: Membership, on: dt.date) -> Sanction:
    """This is the last day of the suspension: the courses are back tomorrow. Raises NotSuspended."""
    provider = Provider.objects.select_for_update(of=("self",)).get(pk=provider_id)
    suspension = _held(provider, on=on)
    if suspension is None or suspension.kind != SanctionKind.SUSPENSION or suspension.valid_to is not None:
        raise NotSuspended
    suspension.valid_to, suspension.lifted_by = on, by
    suspension.save(update_fields=["valid_to", "lifted_by"])
    return suspension


def _held(provider: Provider, *, on: dt.date) -> Sanction | None:
    """The sanction that has no end yet, or ends on this day or later; one at most begins after another."""
    sanctions = Sanction.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), provider=provider)
    return sanctions.select_related("corrective_action").order_by("-valid_from").first()


def _give_way(suspension: Sanction, *, on: dt.date) -> None:
    """The suspension holds until the day before this one."""
    if suspension.valid_from < on:
        suspension.valid_to = on - dt.timedelta(days=1)
        suspension.save(update_fields=["valid_to"])
    else:
        suspension.delete()  # of the same day: the history keeps it


def _revoke_still(revocation: Sanction, provider: Provider, *, on: dt.date) -> Sanction:
    """A new authorization that was to end the revocation is taken back. Raises AlreadyRevoked where there is none."""
    if revocation.valid_to is None:
        raise AlreadyRevoked
    provider.authorizations.filter(valid_from__gt=on).delete()
    revocation.valid_to = None
    revocation.save(update_fields=["valid_to"])
    return revocation


def _notice(provider: Provider, *, is_urgent: bool, on: dt.date) -> CorrectiveAction | None:
    """The notice whose time is over, held until it is settled; None where the matter is urgent and there is none."""
    notices = CorrectiveAction.objects.unsettled().filter(provider=provider).order_by("cure_by", "pk")
    over = notices.filter(cure_by__lt=on).select_for_update(of=("self",)).first()
    if over or is_urgent:
        return over
    raise StillTimeToCure if notices.exists() else NoticeMissing


def _impose(
    kind: SanctionKind,
    provider: Provider,
    notice: CorrectiveAction | None,
    reason: str,
    *,
    is_urgent: bool,
    by: Membership,
    on: dt.date,
) -> Sanction:
    return Sanction.objects.create(
        provider=provider,
        kind=kind,
        corrective_action=notice,
        is_urgent=is_urgent,
        reason=reason,
        valid_from=on,
        imposed_by=by,
    )
