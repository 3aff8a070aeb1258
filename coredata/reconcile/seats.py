"""Who sits in the room of a mismatch, which rooms a hat may enter, and what it reads there."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, F, Q, Subquery
from django.db.models.fields.json import KT

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, Organization

from .catalogue import CATALOGUE
from .models import TWO_LEAS, Mismatch, MismatchQuerySet, Remark, RemarkQuerySet, Side
from .standing import SHOWN_TO_DISTRICTS, SHOWN_TO_PROVIDERS, shown_to


@dataclass(frozen=True, slots=True)
class Seat:
    """A side of one room, and the organization that has it."""

    side: Side
    organization: Organization


def rooms_of(hat: Membership) -> MismatchQuerySet:
    """The mismatches whose rooms this hat may enter: those it may read about, and those that name its LEA as the other.

    Of the latter it may read the claim and what is said in the room, never the card.
    """
    if not hat.is_lea:
        return shown_to(hat)
    own_code = Lea.objects.filter(pk=hat.organization_id).values("state_district_id")
    return Mismatch.objects.alias(names=KT("facts__other")).filter(
        Q(lea=hat.organization_id, code__in=sorted(SHOWN_TO_DISTRICTS))
        | Q(code__in=TWO_LEAS, names=Subquery(own_code))
    )


def seats(mismatch: Mismatch) -> list[Seat]:
    """The parties of its room. `mismatch`: with the organizations of its LEA and provider."""
    kind, found = CATALOGUE[mismatch.code], []
    if mismatch.lea is not None and kind.district:
        found.append(Seat(Side.DISTRICT, mismatch.lea.organization))
    other = other_lea(mismatch)
    if other is not None:
        found.append(Seat(Side.OTHER, other.organization))
    if mismatch.provider is not None and kind.provider:
        found.append(Seat(Side.PROVIDER, mismatch.provider.organization))
    return found


def has_two_leas(mismatch: Mismatch) -> bool:
    """Such a conflict is the MOCAP office's to decide."""
    return mismatch.code in TWO_LEAS


def other_lea(mismatch: Mismatch) -> Lea | None:
    """The LEA that has the same student or course, too."""
    if not has_two_leas(mismatch):
        return None
    named = Lea.objects.filter(state_district_id=str(mismatch.facts.get("other") or ""))
    return named.exclude(pk=mismatch.lea_id).select_related("organization").first()


def seat_of(hat: Membership, mismatch: Mismatch, parties: list[Seat]) -> Side | None:
    """Where this hat sits; None for somebody who has no seat."""
    if hat.is_dese:
        return Side.OFFICE
    own = {Side.PROVIDER} if hat.is_provider else {Side.DISTRICT, Side.OTHER} if hat.is_lea else set()
    sides = [
        seat.side for seat in parties if seat.organization.pk == hat.organization_id and seat.side in own
    ]
    return sides[0] if sides else None


def twin(mismatch: Mismatch) -> Mismatch | None:
    """The same conflict as it stands on the other LEA's list, where it does."""
    if not has_two_leas(mismatch) or mismatch.lea is None or not mismatch.facts.get("other"):
        return None
    found: Mismatch | None = (
        Mismatch.objects.filter(
            school_year=mismatch.school_year_id,
            code=mismatch.code,
            mosis_id=mismatch.mosis_id,
            course_code=mismatch.course_code,
            lea__state_district_id=mismatch.facts["other"],
            facts__other=mismatch.lea.state_district_id,
        )
        .select_related("lea__organization", "provider__organization", "school_year")
        # The terms may differ: one has a year where the other has its halves.
        .order_by(ExpressionWrapper(Q(semester=mismatch.semester), BooleanField()).desc(), F("pk"))
        .first()
    )
    return found


def held_in(mismatch: Mismatch) -> Mismatch:
    """The mismatch whose room it is. Two LEAs that both have a conflict on their lists meet in one: the elder's."""
    other = twin(mismatch)
    return other if other is not None and other.pk < mismatch.pk else mismatch


def readable(hat: Membership, mismatch: Mismatch) -> RemarkQuerySet:
    """What this hat reads of what was said there: what is shared, and its own organization's."""
    return Remark.objects.visible_to(hat).filter(mismatch=mismatch)


def may_have_file(hat: Membership, remark: Remark, mismatch: Mismatch) -> bool:
    """Whether this hat may take the file of a remark. Of two LEAs neither gets more of the other's student than the
    claim: there a file is for its own organization and the MOCAP office.
    """
    if remark.organization_id == hat.organization_id:
        return True
    return remark.is_shared and (hat.is_dese or not has_two_leas(mismatch))


SEATED_PROVIDER = Q(provider__isnull=False, code__in=sorted(SHOWN_TO_PROVIDERS))
SEATED_DISTRICT = Q(lea__isnull=False, code__in=sorted(SHOWN_TO_DISTRICTS))
