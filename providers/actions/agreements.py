"""Papers between an LEA and a provider, or two LEAs: on file before any student's data flows."""

import datetime as dt

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.papers.actions import store_document
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Agreement, AgreementKind

OVERLAPS = ("one_agreement_of_a_kind_at_a_time", "one_cooperative_of_two_leas_at_a_time")


class ClausesMissing(Refusal):
    sentence = _(
        "A data agreement must forbid the provider to sell student data and to use it for advertising. Ask the "
        "provider for an agreement with both clauses, then record it here."
    )


class EndsBeforeItStarts(Refusal):
    sentence = _("The last day is before the first day. Correct one of the two dates.")


class AgreementOverlaps(Refusal):
    sentence = _(
        "An agreement of this kind with this provider is on file for some of these days. End that one first, or choose "
        "other days."
    )


class WrongOtherSide(Refusal):
    sentence = _(
        "A cooperative agreement joins your district with another one; every other kind names a provider. Choose who "
        "signed."
    )


class PaperMissing(Refusal):
    sentence = _("Attach the signed paper, or say where it is kept.")


class AttestationMissing(Refusal):
    sentence = _(
        "For this kind somebody attests that the courses follow the Missouri Learning Standards and that certificated "
        "educators teach them (RSMo 162.1250). Enter that person's name and title."
    )


class EndsLater(Refusal):
    sentence = _("The agreement already ends on that day or before. Record a new one to go on.")


@transaction.atomic
def record_agreement(
    *,
    kind: AgreementKind,
    lea: Lea,
    provider: Provider | None = None,
    partner_lea: Lea | None = None,
    valid_from: dt.date,
    valid_to: dt.date | None,
    forbids_sale: bool = False,
    forbids_advertising: bool = False,
    reference: str = "",
    upload: File | None = None,  # type: ignore[type-arg]
    attested_name: str = "",
    attested_title: str = "",
    by: Membership | None = None,
    at: dt.datetime | None = None,
) -> Agreement:
    """Put an agreement on file. `valid_to` None: until it is ended.

    `upload`: the signed paper; `reference`: where it is kept; one of them. `attested_…`: who attests alignment and
    certification, for every kind but data agreements. `by` and `at` say who records it, when: needed for both.

    Raises WrongOtherSide, ClausesMissing (R-137), EndsBeforeItStarts, PaperMissing, AttestationMissing,
    AgreementOverlaps, and what papers.actions.store_document raises.
    """
    joins_leas = kind == AgreementKind.COOPERATIVE
    if (provider is None) != joins_leas or (partner_lea is None) == joins_leas or partner_lea == lea:
        raise WrongOtherSide
    if kind == AgreementKind.DATA and not (forbids_sale and forbids_advertising):
        raise ClausesMissing
    if valid_to and valid_to < valid_from:
        raise EndsBeforeItStarts
    if not (reference or upload):
        raise PaperMissing
    is_attested = kind != AgreementKind.DATA
    if is_attested and not (attested_name and attested_title and by and at):
        raise AttestationMissing
    agreement = Agreement(
        kind=kind,
        lea=lea,
        provider=provider,
        partner_lea=partner_lea,
        valid_from=valid_from,
        valid_to=valid_to,
        forbids_sale=forbids_sale,
        forbids_advertising=forbids_advertising,
        reference=reference,
    )
    if is_attested:
        agreement.attested_name, agreement.attested_title = attested_name, attested_title
        agreement.attested_by, agreement.attested_on = by, central_date(at) if at else None
    if upload and by and at:
        agreement.document = store_document(upload, by=by, at=at)
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:
        # The database alone knows whether another one was recorded a moment ago.
        if not any(name in str(error) for name in OVERLAPS):
            raise
        raise AgreementOverlaps from error
    return agreement


@transaction.atomic
def end_agreement(agreement_id: int, *, last_day: dt.date) -> Agreement:
    """Let an agreement end on a day, sooner than it would. Students registered by then stay on the roster.

    Raises EndsBeforeItStarts, EndsLater.
    """
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement_id)
    if last_day < agreement.valid_from:
        raise EndsBeforeItStarts
    if agreement.valid_to and agreement.valid_to <= last_day:
        raise EndsLater
    agreement.valid_to = last_day
    agreement.save(update_fields=["valid_to"])
    return agreement
