"""Papers between an LEA and a provider: on file before any student's data flows."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Lea, Provider
from mocap_portal.foundation.shared.refusals import Refusal
from providers.models import Agreement, AgreementKind


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


class EndsLater(Refusal):
    sentence = _("The agreement already ends on that day or before. Record a new one to go on.")


@transaction.atomic
def record_agreement(
    *,
    kind: AgreementKind,
    lea: Lea,
    provider: Provider,
    valid_from: dt.date,
    valid_to: dt.date | None,
    forbids_sale: bool,
    forbids_advertising: bool,
    reference: str,
) -> Agreement:
    """Put an agreement on file. `reference`: where the signed paper is kept; `valid_to` None: until it is ended.

    Raises ClausesMissing (R-137), EndsBeforeItStarts, AgreementOverlaps.
    """
    if kind == AgreementKind.DATA and not (forbids_sale and forbids_advertising):
        raise ClausesMissing
    if valid_to and valid_to < valid_from:
        raise EndsBeforeItStarts
    agreement = Agreement(
        kind=kind,
        lea=lea,
        provider=provider,
        valid_from=valid_from,
        valid_to=valid_to,
        forbids_sale=forbids_sale,
        forbids_advertising=forbids_advertising,
        reference=reference,
    )
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:
        # The database alone knows whether another one was recorded a moment ago.
        if "one_agreement_of_a_kind_at_a_time" not in str(error):
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
