"""Families register themselves; everybody signs in by e-mail; the mails and the limits on the way."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, STAFF_ROLES, Membership, User
from mocap_portal.settings.logs import shorten_address
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory

from .accounts_kit import NOW, PASSWORD_OF_NEW_PEOPLE, _own_cache, give_second_factor, log_in  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.foundation.accounts_urls")]

FOOTER = (
    "This mail comes from the MOCAP portal, the state's site for online courses. Please do not answer it."
)


def answers(**changed: str) -> dict[str, str]:
    return {
        "role": "parent",
        "name": "Ana Diaz",
        "email": "Ana@Example.org",
        "password1": PASSWORD_OF_NEW_PEOPLE,
    } | changed


def link_in(message: str) -> str:
    """The path of the one link in a mail."""
    (url,) = re.findall(r"http://testserver(\S+)", message)
    return str(url)


# Sign-up ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(FAMILY_ROLES))
def test_a_family_registers_and_confirms_its_address(client: Client, role: str) -> None:
    response = client.post(reverse("account_signup"), answers(role=role))

    assert response["Location"] == reverse("account_email_verification_sent")
    person = User.objects.get()
    assert (person.email, person.name, person.is_staff) == ("ana@example.org", "Ana Diaz", False)
    hat = Membership.objects.get()
    assert (hat.user, hat.role, hat.organization, hat.ended_at) == (person, role, None, None)

    (message,) = mail.outbox
    assert message.to == ["ana@example.org"]
    assert message.subject == "Please confirm your e-mail address"
    assert message.body == (
        "Somebody used this e-mail address for an account. If it was you, open this link to confirm the "
        f"address:\n\nhttp://testserver{link_in(str(message.body))}\n\n"
        f"If it was not you, do nothing. Without the link the address is not used.\n\n{FOOTER}"
    )
    signing_in = {"login": "ANA@example.org", "password": PASSWORD_OF_NEW_PEOPLE}
    assert client.post(reverse("account_login"), signing_in)["Location"] == reverse(
        "account_email_verification_sent"
    )
    client.post(link_in(str(message.body)))
    assert EmailAddress.objects.get().verified
    assert client.post(reverse("account_login"), signing_in)["Location"] == "/"
    assert client.get("/anybody/").content.decode() == f"page, hat: {hat}"


@pytest.mark.parametrize("role", [*sorted(STAFF_ROLES), "", "superuser"])
def test_no_other_role_comes_out_of_sign_up(client: Client, role: str) -> None:
    response = client.post(
        reverse("account_signup"),
        answers(role=role, organization="1", is_staff="on", is_superuser="on", memberships="1"),
    )

    assert list(response.context["form"].errors) == ["role"]
    assert not User.objects.exists()
    assert mail.outbox == []


def test_what_is_smuggled_beside_a_family_role_is_ignored(client: Client) -> None:
    client.post(
        reverse("account_signup"),
        answers(is_staff="on", is_superuser="on", organization="1", session_stamp="x", is_active=""),
    )

    person = User.objects.get()
    assert (person.is_staff, person.is_superuser, person.is_active) == (False, False, True)
    assert [hat.role for hat in Membership.objects.all()] == ["parent"]


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_the_action_behind_sign_up_gives_no_staff_hat(role: str) -> None:
    person = UserFactory.create(name="")
    with pytest.raises(actions.RoleNotYours):
        actions.register_family(person.pk, name="Ana", language="en", role=role, at=NOW)

    person.refresh_from_db()
    assert person.name == ""
    assert not Membership.objects.exists()


def test_a_short_password_is_refused_before_anything_is_written(client: Client) -> None:
    response = client.post(reverse("account_signup"), answers(password1="short"))

    assert response.context["form"].errors == {
        "password1": ["This password is too short. It must contain at least 12 characters."]
    }
    assert not User.objects.exists()


def test_sign_up_does_not_tell_who_has_an_account(client: Client) -> None:
    UserFactory.create(email="ana@example.org")
    known = client.post(reverse("account_signup"), answers())
    unknown = Client().post(reverse("account_signup"), answers(email="bo@example.org"))

    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"] == reverse("account_email_verification_sent")
    first, second = mail.outbox
    assert (first.to, first.subject) == (["ana@example.org"], "You already have an account")
    assert (second.to, second.subject) == (["bo@example.org"], "Please confirm your e-mail address")
    assert not Membership.objects.filter(user__email="ana@example.org").exists()


# Sign-in ------------------------------------------------------------------------------------------


def test_a_wrong_password_and_an_unknown_address_read_the_same(client: Client) -> None:
    person = UserFactory.create()
    address = reverse("account_login")
    wrong = client.post(address, {"login": person.email, "password": "wrong"})
    unknown = client.post(address, {"login": "nobody@example.org", "password": "wrong"})

    sentence = "The email address and/or password you specified are not correct."
    assert wrong.context["form"].errors == unknown.context["form"].errors == {"__all__": [sentence]}


def test_an_account_is_locked_for_a_while_after_five_wrong_tries(client: Client) -> None:
    person = MembershipFactory.create(parent=True).user
    address = reverse("account_login")
    with time_machine.travel(datetime(2026, 3, 2, 15, tzinfo=UTC), tick=False) as clock:
        for _try in range(5):
            client.post(address, {"login": person.email, "password": "wrong"})
        refused = client.post(address, {"login": person.email, "password": PASSWORD})
        assert refused.context["form"].errors == {
            "__all__": ["Too many failed login attempts. Try again later."]
        }
        clock.shift(301)
        assert log_in(client, person)["Location"] == "/"


def test_sign_ups_from_one_place_are_limited(client: Client) -> None:
    with time_machine.travel(datetime(2026, 3, 2, 15, tzinfo=UTC), tick=False):
        for number in range(20):
            client.post(reverse("account_signup"), answers(email=f"ana{number}@example.org"))
        refused = client.post(reverse("account_signup"), answers(email="one.more@example.org"))

    assert refused.status_code == 429
    assert "Too many tries" in refused.content.decode()
    assert not User.objects.filter(email="one.more@example.org").exists()


def test_wrong_codes_are_limited(client: Client) -> None:
    person = MembershipFactory.create(counselor=True).user
    code = give_second_factor(person)
    log_in(client, person)
    for _try in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    refused = client.post(reverse("mfa_authenticate"), {"code": code()})

    assert refused.context["form"].errors == {"code": ["Too many failed login attempts. Try again later."]}


def test_a_recovery_code_signs_in_once(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    give_second_factor(hat.user)
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    (code, *_others) = RecoveryCodes.activate(hat.user).get_unused_codes()
    log_in(client, hat.user)
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert client.get("/counselors/").status_code == 200

    again = Client()
    log_in(again, hat.user)
    assert again.post(reverse("mfa_authenticate"), {"code": code}).context["form"].errors == {
        "code": ["Incorrect code."]
    }
    assert Authenticator.objects.filter(user=hat.user).count() == 2


def test_the_session_ends_with_the_browser_or_after_eight_hours(client: Client) -> None:
    log_in(client, MembershipFactory.create(parent=True).user)

    assert client.session.get_expire_at_browser_close()
    assert client.cookies["sessionid"]["httponly"]


# A new password -----------------------------------------------------------------------------------


def test_a_forgotten_password_is_reset_by_mail_and_ends_other_sessions(client: Client) -> None:
    person = MembershipFactory.create(parent=True).user
    other_browser = Client()
    log_in(other_browser, person)
    mail.outbox.clear()
    client.post(reverse("account_reset_password"), {"email": person.email})

    (message,) = mail.outbox
    link = link_in(str(message.body))
    assert message.subject == "Choose a new password"
    assert message.body == (
        "Somebody asked for a new password for your account. If it was you, open this link:\n\n"
        f"http://testserver{link}\n\nIf it was not you, do nothing. Your password stays as it is.\n\n{FOOTER}"
    )
    page = client.get(link)
    new = {"password1": PASSWORD_OF_NEW_PEOPLE, "password2": PASSWORD_OF_NEW_PEOPLE}
    client.post(page["Location"], new)

    assert client.get("/anybody/")["Location"] == "/accounts/login/?next=/anybody/"  # not signed in by a link
    assert other_browser.get("/anybody/")["Location"] == "/accounts/login/?next=/anybody/"
    person.refresh_from_db()
    assert person.check_password(PASSWORD_OF_NEW_PEOPLE)


def test_reset_does_not_tell_who_has_an_account(client: Client) -> None:
    person = UserFactory.create()
    known = client.post(reverse("account_reset_password"), {"email": person.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})

    assert known["Location"] == unknown["Location"] == reverse("account_reset_password_done")
    assert mail.outbox[1].subject == "There is no account with this address"


def test_mails_about_a_change_name_nobody_and_no_machine(client: Client) -> None:
    person = MembershipFactory.create(parent=True).user
    log_in(client, person)
    mail.outbox.clear()
    client.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": PASSWORD_OF_NEW_PEOPLE, "password2": PASSWORD_OF_NEW_PEOPLE},
    )

    (message,) = mail.outbox
    assert message.to == [person.email]
    assert message.body == (
        "Something about your account changed:\n\nYour password has been changed.\n\n"
        "If this was not you, reset your password now and tell your administrator or the state office.\n\n"
        + FOOTER
    )


# Logs ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/accounts/confirm-email/Mg:1abc-XYZ/", "/accounts/confirm-email/…/"),
        ("/accounts/confirm-email/", "/accounts/confirm-email/"),
        ("/accounts/password/reset/key/1-abc123/", "/accounts/password/reset/key/…/"),
        ("/people/invitation/?token=secret", "/people/invitation/"),
    ],
)
def test_the_links_in_our_mails_are_not_in_the_log(address: str, logged: str) -> None:
    event = shorten_address(None, "info", {"request": f"GET {address}"})

    assert event["request"] == f"GET {logged}"
