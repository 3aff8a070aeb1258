"""A counselor advises about a line: consultation, which decides nothing and whose absence holds up nothing (R-20)."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from enrollment.records.actions import refuse_own_child
from mocap_portal.foundation.accounts.models import Membership, Role
from mocap_portal.foundation.shared.refusals import Refusal

from ..history import add_step
from ..models import Advice, Recommendation, StepKind
from . import timing
from .deciding import lock_line, refuse_decided


class MayNotAdvise(Refusal):
    sentence = _("Counselors of the district advise about its requests. Wear that role to advise.")


class NoWords(Refusal):
    sentence = _("Say in words what your advice rests on. The person who decides reads it.")


@transaction.atomic
def recommend(line_id: int, *, by: Membership, at: dt.datetime, advice: Advice, words: str) -> Recommendation:
    """Keeps what this counselor advises; of each counselor the newest counts. The same sent twice is kept once.

    The first one ends the counselors' days, where they have any.
    Raises AlreadyDecided, MayNotAdvise, OwnChild, NoWords.
    """
    line = lock_line(line_id)
    if by.organization_id != line.request.lea_id or by.role != Role.COUNSELOR:
        raise MayNotAdvise
    refuse_own_child(line.request.claim_id, by=by)
    refuse_decided(line)
    if not words.strip():
        raise NoWords
    newest = line.recommendations.filter(by=by, course=line.course).order_by("-at", "-pk").first()
    if newest and (newest.advice, newest.words) == (advice, words.strip()):
        return newest
    given = Recommendation.objects.create(
        line=line, course=line.course, by=by, at=at, advice=advice, words=words.strip()
    )
    add_step(line.request, StepKind.RECOMMENDED, at=at, by=by, line=line)
    timing.stop_review(line.request, at=at)
    return given
