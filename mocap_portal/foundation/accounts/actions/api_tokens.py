"""The only writers of tokens for a provider's own programs."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.shared.refusals import Refusal

from ..models import ApiToken, Membership
from .tokens import hash_token, new_token

# So that whoever finds one in a file, and every program that looks for lost secrets, knows what it is.
PREFIX = "mocap_"
NOTED_EVERY = dt.timedelta(minutes=5)  # when a token was last used is kept no more exactly than this


class NameInUse(Refusal):
    sentence = _("You have a token of this name. Choose another name, or revoke that token first.")


@transaction.atomic
def make_api_token(*, name: str, days: int, by: Membership, at: dt.datetime) -> tuple[ApiToken, str]:
    """A token that acts as this hat for so many days, and its secret, which is shown once. Raises NameInUse."""
    hat = Membership.objects.select_for_update(of=("self",)).get(pk=by.pk)
    if ApiToken.objects.open().filter(hat=hat, name=name).exists():
        raise NameInUse
    secret = PREFIX + new_token()
    token = ApiToken.objects.create(
        hat=hat,
        name=name,
        token_hash=hash_token(secret),
        made_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    return token, secret


@transaction.atomic
def revoke_api_token(token_id: int, *, by: Membership, at: dt.datetime) -> None:
    """The token opens nothing any more. Twice changes nothing."""
    token = ApiToken.objects.select_for_update(of=("self",)).get(pk=token_id)
    if token.revoked_at is None:
        token.revoked_at, token.revoked_by = at, by
        token.save(update_fields=["revoked_at", "revoked_by"])


def find_api_token(secret: str, *, at: dt.datetime) -> ApiToken | None:
    """The token of this secret, with its hat; None when there is none or it opens nothing any more."""
    usable = ApiToken.objects.usable(at=at).select_related("hat__user", "hat__organization")
    return usable.filter(token_hash=hash_token(secret)).first()


def note_use(token: ApiToken, *, at: dt.datetime) -> None:
    """A program has used the token now."""
    if token.last_used_at is None or at - token.last_used_at >= NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
