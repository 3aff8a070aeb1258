"""Keys that the portal makes of its secret key, a different one for each use."""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def portal_keys(use: str) -> MultiFernet:
    """One key for each secret key of the portal: the first encrypts, every one decrypts."""
    digests = (
        salted_hmac(use, "", secret=secret_key, algorithm="sha256").digest()
        for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
