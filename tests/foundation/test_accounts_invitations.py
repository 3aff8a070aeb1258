"""What happens after somebody opens the link in an invitation."""

import datetime as dt
import logging
import threading
from collections.abc import Iterator

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.translation import get_language
from pytest_django import DjangoCaptureOnCommitCallbacks

from mocap_portal.foundation.accounts import actions, notices
from mocap_portal.foundation.accounts.models import Invitation, Membership, Role, User
from tests.factories.accounts import PASSWORD, InvitationFactory, MembershipFactory, UserFactory
from tests.sign_in import sign_in

from .accounts_kit import NOW, PASSWORD_OF_NEW_PEOPLE, _own_cache, code_now  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.foundation.accounts_urls")]

TOKEN = "the-token-in-the-mail"
ACCEPT = "/people/invitation/accept/"
NEW_PERSON = {"name": "Nora New", "password": PASSWORD_OF_NEW_PEOPLE}


@pytest.fixture(autouse=True)
def _on_the_second_of_march() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def invited(**values: object) -> Invitation:
    return InvitationFactory.create(
        **{
            "email": "nora@example.org",
            "token_hash": actions.hash_token(TOKEN),
            "invited_at": NOW - dt.timedelta(days=1),
            "expires_at": NOW + dt.timedelta(days=13),
        }
        | values
    )


def open_link(client: Client, token: str = TOKEN) -> None:
    response = client.get(reverse("accounts:open_invitation"), {"token": token})
    assert response["Location"] == ACCEPT


def refusal(client: Client) -> str:
    """The sentence on the page that says why the link does not work."""
    response = client.get(ACCEPT)
    assert response.status_code == 200
    assert response.templates[0].name == "accounts/invitation_refused.html"
    sentence = str(response.context["sentence"])
    assert sentence in response.content.decode()
    return sentence


# A new person -------------------------------------------------------------------------------------


def test_a_new_person_accepts_sets_the_factor_up_and_works(client: Client) -> None:
    invitation = invited()
    open_link(client)
    page = client.get(ACCEPT).content.decode()
    assert "You will sign in as nora@example.org." in page
    response = client.post(ACCEPT, NEW_PERSON)

    assert response["Location"] == "/"
    person = User.objects.get(email="nora@example.org")
    assert (person.name, person.check_password(PASSWORD_OF_NEW_PEOPLE)) == ("Nora New", True)
    address = EmailAddress.objects.get(user=person)
    assert (address.email, address.verified, address.primary) == ("nora@example.org", True, True)
    hat = Membership.objects.get(user=person)
    assert (hat.role, hat.organization, hat.started_at) == (Role.COUNSELOR, invitation.organization, NOW)
    invitation.refresh_from_db()
    assert (invitation.accepted_at, invitation.accepted_by) == (NOW, person)

    assert client.get("/counselors/")["Location"] == reverse("mfa_activate_totp")
    set_up = client.get(reverse("mfa_activate_totp"))  # the password was just chosen: it is not asked again
    client.post(reverse("mfa_activate_totp"), {"code": code_now(set_up.context["form"].secret)})
    assert client.get("/counselors/").content.decode() == str(hat)


def test_the_password_is_checked_and_the_invitation_stays_open(client: Client) -> None:
    invited()
    open_link(client)
    short = client.post(ACCEPT, {"name": "", "password": "short"})
    alike = client.post(ACCEPT, {"name": "Nora New", "password": "nora@example.org"})

    assert short.context["form"].errors == {
        "name": ["This field is required."],
        "password": ["This password is too short. It must contain at least 12 characters."],
    }
    assert alike.context["form"].errors == {"password": ["The password is too similar to the e-mail."]}
    assert not User.objects.filter(email="nora@example.org").exists()
    assert client.post(ACCEPT, NEW_PERSON)["Location"] == "/"


def test_the_form_cannot_choose_address_or_role(client: Client) -> None:
    invited()
    open_link(client)
    client.post(
        ACCEPT,
        NEW_PERSON | {"email": "boss@example.org", "role": "dese_admin", "is_superuser": "on"},
    )

    hat = Membership.objects.get(user__name="Nora New")
    assert (hat.user.email, hat.role, hat.user.is_superuser) == ("nora@example.org", "counselor", False)


def test_who_has_an_account_signs_in_first(client: Client) -> None:
    invitation = invited()
    person = UserFactory.create(email="nora@example.org")
    open_link(client)

    for response in (client.get(ACCEPT), client.post(ACCEPT, NEW_PERSON)):
        assert response["Location"] == "/accounts/login/?next=%2Fpeople%2Finvitation%2Faccept%2F"
    assert not Membership.objects.filter(user=person).exists()

    response = client.post("/accounts/login/", {"login": person.email, "password": PASSWORD, "next": ACCEPT})
    assert response["Location"] == ACCEPT
    assert client.post(ACCEPT)["Location"] == "/"
    assert Membership.objects.get(user=person).organization == invitation.organization


def test_an_account_made_in_the_meantime_is_not_taken_over() -> None:
    invited()
    UserFactory.create(email="nora@example.org", name="Nora")
    with pytest.raises(actions.PersonExists):
        actions.accept_as_new_person(actions.hash_token(TOKEN), **NEW_PERSON, language="en", at=NOW)

    assert User.objects.get(email="nora@example.org").check_password(PASSWORD)


# Somebody who is signed in ------------------------------------------------------------------------


def test_a_parent_who_is_signed_in_accepts_with_one_click(client: Client) -> None:
    invitation = invited()
    parent = MembershipFactory.create(parent=True, user__email="nora@example.org")
    sign_in(client, parent)
    open_link(client)
    page = client.get(ACCEPT).content.decode()
    assert f"Your new role: Counselor, {invitation.organization}." in page
    assert not Membership.objects.filter(user=parent.user, role=Role.COUNSELOR).exists()
    assert client.post(ACCEPT)["Location"] == "/"

    hat = Membership.objects.get(user=parent.user, role=Role.COUNSELOR)
    assert client.get("/anybody/").content.decode() == f"page, hat: {hat}"


def test_a_second_click_gives_the_same_hat() -> None:
    invited()
    person = UserFactory.create(email="nora@example.org")
    first = actions.accept_invitation(actions.hash_token(TOKEN), user=person, at=NOW)
    second = actions.accept_invitation(actions.hash_token(TOKEN), user=person, at=NOW)

    assert first == second
    assert Membership.objects.filter(user=person).count() == 1


def test_a_removed_hat_does_not_come_back_by_the_old_link() -> None:
    invitation = invited()
    person = UserFactory.create(email="nora@example.org")
    hat = actions.accept_invitation(actions.hash_token(TOKEN), user=person, at=NOW)
    actions.remove_hat(hat.pk, by=invitation.invited_by, at=NOW)
    with pytest.raises(actions.InvitationUsed):
        actions.accept_invitation(actions.hash_token(TOKEN), user=person, at=NOW)


def test_another_person_cannot_accept(client: Client) -> None:
    invited()
    stranger = MembershipFactory.create(parent=True)
    sign_in(client, stranger)
    open_link(client)

    sentence = (
        "This invitation is for a different e-mail address. Sign out, then open the link in your mail again."
    )
    assert refusal(client) == sentence
    assert client.post(ACCEPT).context["sentence"] == sentence
    assert list(Membership.objects.filter(user=stranger.user)) == [stranger]
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_two_clicks_at_once_give_one_person_and_one_hat(is_new: bool) -> None:
    invited()
    person = None if is_new else UserFactory.create(email="nora@example.org")
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def click() -> None:
        start.wait()
        try:
            if person is None:
                actions.accept_as_new_person(actions.hash_token(TOKEN), **NEW_PERSON, language="en", at=NOW)
            else:
                actions.accept_invitation(actions.hash_token(TOKEN), user=person, at=NOW)
            outcomes.append("accepted")
        except actions.InvitationUsed:
            outcomes.append("used")
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()

    assert sorted(outcomes) == (["accepted", "used"] if is_new else ["accepted", "accepted"])
    assert Membership.objects.filter(user__email="nora@example.org").count() == 1


# Links that do not work ---------------------------------------------------------------------------


@pytest.mark.parametrize("is_signed_in", [True, False])
@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"expires_at": NOW},
            "This invitation is too old. Ask your administrator for a new one.",
        ),
        (
            {"revoked_at": NOW},
            "This invitation was taken back. Ask your administrator for a new one.",
        ),
        (
            {"accepted_at": NOW},
            "This invitation was already accepted. Sign in with your e-mail address and password.",
        ),
        (
            {"token_hash": "0" * 64},
            "This link does not belong to any invitation. Open the newest mail that you got from us.",
        ),
    ],
)
def test_each_refusal_has_its_sentence(
    client: Client, is_signed_in: bool, values: dict[str, object], sentence: str
) -> None:
    invited(**values)
    if is_signed_in:
        sign_in(client, MembershipFactory.create(parent=True, user__email="nora@example.org"))
    people = User.objects.count()
    open_link(client)

    assert refusal(client) == sentence
    assert str(client.post(ACCEPT, NEW_PERSON).context["sentence"]) == sentence
    assert User.objects.count() == people
    assert not Membership.objects.filter(role=Role.COUNSELOR).exists()


def test_the_accept_page_without_a_link_says_so(client: Client) -> None:
    assert refusal(client).startswith("This link does not belong to any invitation.")


def test_the_second_use_of_a_link_by_its_owner(client: Client) -> None:
    invited()
    open_link(client)
    client.post(ACCEPT, NEW_PERSON)
    elsewhere = Client()
    open_link(elsewhere)

    assert refusal(elsewhere).startswith("This invitation was already accepted.")


# The token ----------------------------------------------------------------------------------------


def test_the_token_is_in_the_mail_and_nowhere_else(
    client: Client,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    caplog.set_level(logging.DEBUG)
    administrator = MembershipFactory.create(lea_admin=True)
    assert administrator.organization_id is not None
    with django_capture_on_commit_callbacks(execute=True):
        actions.invite(
            email="nora@example.org",
            role=Role.COUNSELOR,
            organization_id=administrator.organization_id,
            by=administrator,
            at=NOW,
        )
    token = str(mail.outbox[0].body).partition("?token=")[2].partition("\n")[0]
    open_link(client, token)
    page = client.get(ACCEPT)
    client.post(ACCEPT, NEW_PERSON)
    assert Client().get(reverse("accounts:open_invitation"), {"token": token + "x"}).status_code == 302

    assert token not in caplog.text
    assert token not in page.content.decode()
    assert token not in str(dict(client.session))
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM accounts_invitation i")
        assert token not in str(cursor.fetchall())
        cursor.execute("SELECT row_to_json(e)::text FROM accounts_invitationevent e")
        assert "token" not in str(cursor.fetchall())


def test_the_page_of_a_link_is_not_kept_by_browsers(client: Client) -> None:
    response = client.get(reverse("accounts:open_invitation"), {"token": TOKEN})

    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


def test_the_mail_is_in_the_language_of_a_person_we_know(monkeypatch: pytest.MonkeyPatch) -> None:
    UserFactory.create(email="nora@example.org", language="es")
    languages: list[str | None] = []

    def text(*_args: object) -> str:
        languages.append(get_language())
        return "text"

    monkeypatch.setattr(notices, "render_to_string", text)
    notices.send_invitation(invited().pk, token=TOKEN)

    assert languages == ["es"]
