"""The Django admin: for superusers who have shown a second factor, and only to look at."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client

from mocap_portal.foundation.accounts.models import Invitation, Membership, User
from tests.factories.accounts import InvitationFactory, MembershipFactory, UserFactory
from tests.sign_in import sign_in

from .accounts_kit import _own_cache, give_second_factor, log_in  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.foundation.accounts_urls")]


def superuser() -> User:
    return UserFactory.create(superuser=True)


def test_visitors_sign_in_at_the_portals_own_page(client: Client) -> None:
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/")["Location"] == "/accounts/login/?next=/admin/"
    assert client.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


def test_a_superuser_needs_the_second_factor(client: Client) -> None:
    person = superuser()
    log_in(client, person)
    assert client.get("/admin/")["Location"] == "/accounts/2fa/totp/activate/"

    code = give_second_factor(person)
    again = Client()
    log_in(again, person)
    again.post("/accounts/2fa/authenticate/", {"code": code()})
    assert again.get("/admin/").status_code == 200


@pytest.mark.parametrize("is_staff", [True, False])
def test_nobody_else_comes_in(client: Client, is_staff: bool) -> None:
    hat = MembershipFactory.create(dese_admin=True, user__is_staff=is_staff)
    sign_in(client, hat)

    assert client.get("/admin/login/").status_code == 403
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/accounts/user/", follow=True).status_code == 403


def test_people_hats_and_invitations_can_only_be_looked_at(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True, user__superuser=True)
    sign_in(client, hat)
    invitation = InvitationFactory.create()

    for model, row in ((User, hat.user), (Membership, hat), (Invitation, invitation)):
        address = f"/admin/accounts/{model._meta.model_name}/"
        assert client.get(address).status_code == 200
        page = client.get(f"{address}{row.pk}/change/")
        assert page.status_code == 200
        assert 'name="_save"' not in page.content.decode()
        assert hat.user.password not in page.content.decode()
        assert invitation.token_hash not in page.content.decode()
        assert client.post(f"{address}{row.pk}/change/", {"name": "x"}).status_code == 403
        assert client.get(f"{address}add/").status_code == 403
        assert client.post(f"{address}{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_secrets_of_second_factors_are_not_there() -> None:
    assert not admin.site.is_registered(Authenticator)
