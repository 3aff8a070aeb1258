"""The state office's first administrator, whom nobody could invite."""

import datetime as dt

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.models import Membership, Role, User
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = dt.datetime(2026, 11, 2, 18, tzinfo=dt.UTC)


def test_the_first_administrator_belongs_to_the_state_office_and_has_no_password_yet() -> None:
    hat = actions.appoint_first_administrator(email="Grace@dese.example", name="Grace Tolliver", at=AT)
    assert (hat.role, hat.organization.is_state_office, hat.started_at) == (Role.DESE_ADMIN, True, AT)
    assert (hat.user.email, hat.user.has_usable_password()) == ("grace@dese.example", False)


def test_somebody_with_an_account_keeps_it() -> None:
    user = UserFactory.create()
    hat = actions.appoint_first_administrator(email=user.email.upper(), name="Other", at=AT)
    assert hat.user == user
    assert User.objects.get().name == user.name


def test_there_is_a_first_one_only_once() -> None:
    MembershipFactory.create(dese_admin=True)
    with pytest.raises(actions.StateHasAdministrator):
        actions.appoint_first_administrator(email="second@dese.example", name="Second", at=AT)
    assert Membership.objects.filter(role=Role.DESE_ADMIN).count() == 1
    assert User.objects.count() == 1


def test_the_command_says_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("appoint_first_administrator", "grace@dese.example", "Grace Tolliver")
    assert capsys.readouterr().out == (
        "Grace Tolliver now sets a password through “Forgot your password?”, then a second factor.\n"
    )
    assert Membership.objects.get().user.email == "grace@dese.example"


@pytest.mark.parametrize(
    ("email", "code", "sentence"),
    [
        ("grace", 64, "grace is not an e-mail address.\n"),
        (
            "second@dese.example",
            1,
            "The state office already has an administrator, who invites everybody else.\n",
        ),
    ],
)
def test_the_command_refuses_in_a_sentence(
    capsys: pytest.CaptureFixture[str], email: str, code: int, sentence: str
) -> None:
    MembershipFactory.create(dese_admin=True)
    with pytest.raises(SystemExit) as end:
        call_command("appoint_first_administrator", email, "Somebody")
    assert end.value.code == code
    assert capsys.readouterr().err == sentence


def test_the_first_administrator_gets_a_mail_to_set_a_password(client: Client) -> None:
    actions.appoint_first_administrator(email="grace@dese.example", name="Grace Tolliver", at=AT)
    client.post(reverse("account_reset_password"), {"email": "grace@dese.example"})
    (message,) = mail.outbox
    assert message.to == ["grace@dese.example"]
    assert "/accounts/password/reset/key/" in message.body
