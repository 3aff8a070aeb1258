"""The secret of a concern, which opens its page together with its number.

It follows from the key of the form that was sent, so the same form sent twice gives the same secret, and nothing else
has to remember it. The portal stores a keyed hash of it: a copy of the database opens nothing.
"""

from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
LENGTH = 12
GROUP = 4
MAKING = "mocap_portal.concerns.secret"
KEEPING = "mocap_portal.concerns.secret_hash"


def secret_of(form: UUID, *, stored: str = "") -> str:
    """The secret of the concern that came with this form: ABCD-EFGH-JKMN.

    `stored`: the hash that the concern keeps, if it was sent before. After a change of the portal's key the secret
    is still the one that was told; empty when that key is gone.
    """
    if not stored:
        return _secret(form, settings.SECRET_KEY)
    secrets = (_secret(form, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))
    return next((secret for secret in secrets if is_secret(secret, stored)), "")


def hash_secret(secret: str) -> str:
    """What is stored of a secret, by the newest of the portal's keys."""
    return _hash(secret, settings.SECRET_KEY)


def is_secret(secret: str, stored: str) -> bool:
    """Whether this is the secret whose hash is stored, by any of the portal's keys. A wrong one takes as long."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return sum(constant_time_compare(_hash(secret, key), stored) for key in keys) > 0


def _secret(form: UUID, key: str | bytes) -> str:
    number = int.from_bytes(salted_hmac(MAKING, form.hex, secret=key, algorithm="sha256").digest(), "big")
    signs = ""
    for _place in range(LENGTH):
        number, sign = divmod(number, len(SIGNS))
        signs += SIGNS[sign]
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _hash(secret: str, key: str | bytes) -> str:
    typed = "".join(sign for sign in secret.upper() if sign.isalnum())
    return salted_hmac(KEEPING, typed, secret=key, algorithm="sha256").hexdigest()
