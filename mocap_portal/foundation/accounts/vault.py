"""Secrets of second factors as the database keeps them: encrypted, so that a copy of it opens no account."""

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import MultiFernet

from mocap_portal.foundation.shared.secrets import portal_keys


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
    return portal_keys("mocap_portal.accounts.second_factor")
