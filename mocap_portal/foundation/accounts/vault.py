"""Secrets of second factors as the database keeps them: encrypted, so that a copy of it opens no account."""

from base64 import urlsafe_b64encode

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class SecondFactorAdapter(DefaultMFAAdapter):
    """What allauth calls before it stores such a secret, and after it has read one."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises InvalidToken for what none of our keys has encrypted."""
        return _keys().decrypt(encrypted_text).decode()


def rotate(encrypted_text: str) -> str:
    """The same secret, encrypted with the newest key. Raises InvalidToken."""
    return _keys().rotate(encrypted_text).decode()


def _keys() -> MultiFernet:
    """One key for each secret key of the portal: the first encrypts, every one decrypts."""
    digests = (
        salted_hmac("mocap_portal.accounts.second_factor", "", secret=secret_key, algorithm="sha256").digest()
        for secret_key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])
