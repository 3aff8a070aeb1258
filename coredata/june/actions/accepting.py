"""All proposals of a part of the list are taken over at once, by somebody who has seen which; and undone."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.accounts.models import Membership
from mocap_portal.foundation.directory.models import Lea, SchoolYear
from mocap_portal.foundation.shared.refusals import Refusal

from ..expected import Proposal
from ..files import as_text
from ..models import Acceptance, TypedOutcome
from .filling import TYPING_ROLES, NotYourList, hold, opened, write


class NothingProposed(Refusal):
    sentence = _("Nothing is proposed for the rows that are still empty. Type their outcomes.")


class ChangedSince(Refusal):
    sentence = _("The list has changed since you looked at it. Nothing was taken over: look at it again.")


def fingerprint(proposals: Iterable[Proposal]) -> str:
    """Of what would be taken over, 64 hexadecimal digits: another set, outcome or version makes another one."""
    lines = (
        "\t".join([*one.key, one.grade, as_text(one.credits), str(one.version)])
        for one in sorted(proposals, key=lambda one: one.key)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@transaction.atomic
def accept_proposals(
    lea: Lea, year: SchoolYear, shown: str, *, seen: str, by: Membership, at: dt.datetime
) -> Acceptance:
    """Take over every proposal of this part of the list where nothing is typed yet.

    `seen`: the fingerprint of what was looked at. What was seen and taken over already is not taken over again. Raises
    NotYourList, NoOctober, JuneIsCertified, NothingProposed, ChangedSince.
    """
    draft, found = opened(lea, year, by=by, at=at)
    proposals = found.proposals(shown)
    if fingerprint(proposals) != seen:
        done = draft.acceptances.filter(fingerprint=seen, undone_at=None).order_by("-pk").first()
        if done is None:
            raise ChangedSince
        return done
    if not proposals:
        raise NothingProposed
    step = Acceptance.objects.create(draft=draft, count=len(proposals), fingerprint=seen, by=by, at=at)
    outcomes = [
        TypedOutcome(
            draft=draft,
            **one.key._asdict(),
            grade_earned=one.grade,
            credits_earned=as_text(one.credits),
            version=one.version + 1,
            acceptance=step,
            by=by,
            at=at,
        )
        for one in proposals
    ]
    write(outcomes, ["grade_earned", "credits_earned", "version", "acceptance", "by", "at"])
    return step


@transaction.atomic
def undo_acceptance(acceptance_id: int, *, by: Membership, at: dt.datetime) -> Acceptance:
    """Empty again what was taken over in this step, except where somebody has changed it since. Undone twice is once.

    Raises NotYourList, JuneIsCertified.
    """
    step = Acceptance.objects.select_related("draft").get(pk=acceptance_id)
    if by.role not in TYPING_ROLES or by.organization_id != step.draft.lea_id:
        raise NotYourList
    hold(step.draft)
    step.refresh_from_db()
    if step.undone_at is None:
        # What is taken over was empty before, so emptied it stands as it stood.
        step.restored = step.outcomes.update(
            grade_earned="", credits_earned="", version=F("version") + 1, acceptance=None, by=by, at=at
        )
        step.undone_by, step.undone_at = by, at
        step.save(update_fields=["restored", "undone_by", "undone_at"])
    return step
