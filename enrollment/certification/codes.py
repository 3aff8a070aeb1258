"""The code on a printed letter. The portal keeps a keyed hash of it: a copy of the database checks no letter."""

import secrets

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that looks like another
LENGTH = 12
GROUP = 4
USE = "mocap_portal.certification.code"


def new_code() -> str:
    """As it is printed: ABCD-EFGH-JKMN."""
    signs = "".join(secrets.choice(SIGNS) for _place in range(LENGTH))
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def hash_code(number: str, code: str) -> str:
    """What is stored of the code of the letter with this number, by the newest of the portal's keys."""
    return _hash(number, code, settings.SECRET_KEY)


def hashes_of(number: str, code: str) -> list[str]:
    """What can be stored of this code, by each of the portal's keys, the newest first."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return [_hash(number, code, key) for key in keys]


def is_code(number: str, code: str, stored: str) -> bool:
    """Whether this is the code whose hash is stored, by any of the portal's keys."""
    return any(constant_time_compare(one, stored) for one in hashes_of(number, code))


def _hash(number: str, code: str, key: str | bytes) -> str:
    typed = "".join(sign for sign in code.upper() if sign.isalnum())
    return salted_hmac(USE, f"{number}:{typed}", secret=key, algorithm="sha256").hexdigest()
