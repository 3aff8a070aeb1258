"""What a copy of the database tells about second factors: nothing. And how the key is changed."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from cryptography.fernet import InvalidToken
from django.core.management import call_command
from pytest_django import Settings

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.models import User
from tests.factories.accounts import UserFactory

from .accounts_kit import _own_cache, code_now  # noqa: F401  # each test counts its own tries

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def opens(user: User) -> bool:
    """Whether the code that the person's app shows now is accepted."""
    row = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return bool(auth.TOTP(row).validate_code(code_now(SECRET)))


@pytest.fixture
def person() -> User:
    user = UserFactory.create()
    auth.TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def test_the_database_does_not_hold_the_secret(person: User) -> None:
    rows = {row.type: row for row in Authenticator.objects.filter(user=person)}
    app, codes = rows[Authenticator.Type.TOTP], rows[Authenticator.Type.RECOVERY_CODES]

    assert SECRET not in str(app.data)
    assert app.data["secret"].startswith("gAAAA")  # a Fernet token
    assert codes.data["seed"].startswith("gAAAA")
    assert opens(person)


def test_a_changed_key_reads_what_the_old_one_wrote(
    person: User, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = RecoveryCodes(Authenticator.objects.get(user=person, type="recovery_codes")).get_unused_codes()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key"
    settings.SECRET_KEY_FALLBACKS = [old]
    call_command("reencrypt_second_factors")
    settings.SECRET_KEY_FALLBACKS = []

    assert capsys.readouterr().out == "2 secrets are encrypted anew.\n"
    assert opens(person)
    row = Authenticator.objects.get(user=person, type="recovery_codes")
    assert RecoveryCodes(row).get_unused_codes() == codes


def test_nothing_changes_when_the_old_key_is_gone_too_soon(person: User, settings: Settings) -> None:
    before = list(Authenticator.objects.order_by("pk").values_list("data", flat=True))
    settings.SECRET_KEY = "a new key"

    with pytest.raises(InvalidToken):
        actions.reencrypt_second_factors()
    assert list(Authenticator.objects.order_by("pk").values_list("data", flat=True)) == before
