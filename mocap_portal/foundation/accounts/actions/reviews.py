"""The only writers of the yearly review of roles."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mocap_portal.foundation.shared.refusals import Refusal

from ..models import MANAGED_ROLES, AccessAnswer, AccessReview, Membership, Role
from .people import remove_hat


class NotYourReview(Refusal):
    sentence = _("Only an administrator of this organization answers for its roles.")


class ReviewFinished(Refusal):
    sentence = _("This review was finished before. Change roles on the page of your people.")


class OwnRole(Refusal):
    sentence = _("You cannot remove your own role here. Ask a colleague who is an administrator too.")


class ReviewIncomplete(Refusal):
    """Some hats have no answer."""

    def __init__(self, number: int) -> None:
        super().__init__(
            ngettext(
                "%(number)d role has no answer yet. Choose for it, then finish.",
                "%(number)d roles have no answer yet. Choose for each of them, then finish.",
                number,
            )
            % {"number": number}
        )


@transaction.atomic
def ask_reviews(year: int, *, begins_at: dt.datetime, at: dt.datetime, due_on: dt.date) -> None:
    """Ask every administrator whose organization had a role of theirs before `begins_at`. Twice asks nobody twice.

    An organization without an administrator is asked too: the state office sees that nobody can answer.
    """
    worn = Membership.objects.active().filter(organization__isnull=False, started_at__lt=begins_at)
    kinds = {
        (organization_id, KIND_OF[Role(role)])
        for organization_id, role in worn.values_list("organization", "role").distinct()
    }
    AccessReview.objects.bulk_create(
        [
            AccessReview(organization_id=organization_id, role=kind, year=year, asked_at=at, due_on=due_on)
            for organization_id, kind in sorted(kinds)
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def answer_review(review_id: int, *, keep: Mapping[int, bool], by: Membership, at: dt.datetime) -> None:
    """Store what stays and end what does not, at once. Hats are named by their key; others are left out.

    Raises NotYourReview, ReviewFinished, OwnRole; then nothing is changed.
    """
    review = _open(review_id, by=by)
    for hat in review.hats().active().filter(pk__in=keep).order_by("pk"):
        _answer(review, hat, keep=keep[hat.pk], by=by, at=at)


@transaction.atomic
def keep_the_rest(review_id: int, *, by: Membership, at: dt.datetime) -> None:
    """Every hat without an answer stays. Raises NotYourReview, ReviewFinished."""
    review = _open(review_id, by=by)
    _keep(review, review.unanswered().order_by("pk"), by=by, at=at)


@transaction.atomic
def finish_review(review_id: int, *, by: Membership, at: dt.datetime) -> AccessReview:
    """Every hat has its answer. Raises NotYourReview, ReviewFinished, ReviewIncomplete."""
    review = _open(review_id, by=by)
    if missing := review.unanswered().count():
        raise ReviewIncomplete(missing)
    review.finished_at, review.finished_by = at, by
    review.save(update_fields=["finished_at", "finished_by"])
    return review


KIND_OF = {role: Role(kind) for kind, roles in MANAGED_ROLES.items() for role in roles}


def _open(review_id: int, *, by: Membership) -> AccessReview:
    review = AccessReview.objects.asked_of(by).select_for_update(of=("self",)).filter(pk=review_id).first()
    if review is None or not Membership.objects.active().filter(pk=by.pk).exists():
        raise NotYourReview
    if review.finished_at is not None:
        raise ReviewFinished
    return review


def _answer(review: AccessReview, hat: Membership, *, keep: bool, by: Membership, at: dt.datetime) -> None:
    if hat.pk == by.pk and not keep:
        raise OwnRole
    AccessAnswer.objects.update_or_create(
        review=review, hat=hat, defaults={"keep": keep, "answered_at": at, "answered_by": by}
    )
    if not keep:
        remove_hat(hat.pk, by=by, at=at)


def _keep(review: AccessReview, hats: Iterable[Membership], *, by: Membership, at: dt.datetime) -> None:
    AccessAnswer.objects.bulk_create(
        AccessAnswer(review=review, hat=hat, keep=True, answered_at=at, answered_by=by) for hat in hats
    )
