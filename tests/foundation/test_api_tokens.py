"""Tokens for programs: shown once, kept as a hash, gone with the role that made them."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.models import ApiToken, Membership
from tests.factories.accounts import ApiTokenFactory, MembershipFactory
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 5, 18, tzinfo=dt.UTC)


@pytest.fixture
def admin() -> Membership:
    hat: Membership = MembershipFactory.create(provider_admin=True)
    return hat


@pytest.fixture
def client(admin: Membership) -> Client:
    return sign_in(Client(), admin)


def page(client: Client) -> str:
    response = client.get(reverse("accounts:api_tokens"))
    assert response.status_code == 200
    return response.content.decode()


def make(client: Client, name: str = "Nightly export", days: int = 90) -> str:
    response = client.post(reverse("accounts:api_tokens"), {"name": name, "days": days})
    assert response.status_code == 200
    return response.content.decode()


def secret_in(text: str) -> str:
    (secret,) = re.findall(r"mocap_[\w-]{43}", text)
    return str(secret)


def works(secret: str, *, at: dt.datetime = NOW) -> bool:
    return actions.find_api_token(secret, at=at) is not None


def test_a_secret_is_shown_once_and_only_its_hash_is_kept(client: Client, admin: Membership) -> None:
    response = client.post(reverse("accounts:api_tokens"), {"name": "Nightly export", "days": 90})
    secret = secret_in(response.content.decode())
    assert "no-store" in response["Cache-Control"]
    assert secret not in page(client) and "Nightly export" in page(client)
    token = ApiToken.objects.get()
    assert (token.hat, token.expires_at - token.made_at) == (admin, dt.timedelta(days=90))
    assert token.token_hash == actions.hash_token(secret)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t::text FROM accounts_apitoken t UNION ALL SELECT e::text FROM accounts_apitokenevent e"
        )
        kept = [row[0] for row in cursor.fetchall()]
    assert len(kept) == 2 and not [row for row in kept if secret in row]
    found = actions.find_api_token(secret, at=timezone.now())
    assert found == token


def test_a_form_sent_twice_makes_one_token(client: Client) -> None:
    make(client)
    text = make(client)
    assert "You have a token of this name." in text
    assert ApiToken.objects.count() == 1


def test_a_revoked_token_opens_nothing_and_stays_listed(client: Client, admin: Membership) -> None:
    secret = secret_in(make(client))
    token = ApiToken.objects.get()
    address = reverse("accounts:revoke_api_token", args=[token.pk])
    assert "Revoke the token “Nightly export”?" in client.get(address).content.decode()
    assert "The token is revoked." in client.post(address, follow=True).content.decode()
    token.refresh_from_db()
    first = (token.revoked_at, token.revoked_by)
    assert first[1] == admin
    client.post(address)
    token.refresh_from_db()
    assert (token.revoked_at, token.revoked_by) == first
    assert client.get(address).status_code == 302
    assert not works(secret, at=timezone.now())
    text = page(client)
    assert "Nightly export" in text and "Revoked" in text
    make(client)  # its name is free again
    assert ApiToken.objects.count() == 2


def test_a_colleague_may_revoke_it_and_another_provider_does_not_know_of_it(
    client: Client, admin: Membership
) -> None:
    token = ApiTokenFactory.create(hat=admin)
    stranger = sign_in(Client(), MembershipFactory.create(provider_admin=True))
    address = reverse("accounts:revoke_api_token", args=[token.pk])
    assert stranger.post(address).status_code == 404
    assert token.name not in page(stranger)
    colleague = MembershipFactory.create(provider_admin=True, organization=admin.organization)
    assert token.name in page(sign_in(Client(), colleague))
    sign_in(Client(), colleague).post(address)
    token.refresh_from_db()
    assert token.revoked_by == colleague


def test_the_state_office_sees_that_tokens_exist_and_makes_none() -> None:
    token = ApiTokenFactory.create(hat__user__name="Ada Admin")
    office = sign_in(Client(), MembershipFactory.create(dese_reviewer=True))
    text = page(office)
    assert token.name in text and "Ada Admin" in text and str(token.hat.organization) in text
    assert "Make the token" not in text
    make(office)
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("ending", ["role", "person", "expiry", "revoked"])
def test_a_token_dies_with_what_it_rests_on(ending: str) -> None:
    token = ApiTokenFactory.create(secret="mocap_a", expires_at=NOW + dt.timedelta(seconds=1))
    assert works("mocap_a")
    if ending == "role":
        token.hat.ended_at = NOW
        token.hat.save()
    elif ending == "person":
        token.hat.user.is_active = False
        token.hat.user.save()
    elif ending == "revoked":
        actions.revoke_api_token(token.pk, by=token.hat, at=NOW)
    assert not works("mocap_a", at=NOW + dt.timedelta(seconds=ending == "expiry"))


def test_a_token_of_a_role_that_is_no_provider_s_opens_nothing() -> None:
    ApiTokenFactory.create(secret="mocap_a", hat=MembershipFactory.create(data_clerk=True))
    assert not works("mocap_a")


def test_what_a_page_says_of_a_token_whose_maker_left(client: Client, admin: Membership) -> None:
    left = MembershipFactory.create(provider_admin=True, organization=admin.organization, ended=True)
    ApiTokenFactory.create(hat=left)
    assert "Off: its maker has no role any more" in page(client)


def test_the_last_use_is_noted_every_five_minutes() -> None:
    token = ApiTokenFactory.create()
    for minutes, noted in [(0, 0), (4, 0), (5, 5)]:
        actions.note_use(token, at=NOW + dt.timedelta(minutes=minutes))
        token.refresh_from_db()
        assert token.last_used_at == NOW + dt.timedelta(minutes=noted)


def test_the_list_takes_as_many_queries_whatever_there_is(
    client: Client, admin: Membership, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ApiTokenFactory.create(hat=admin)
    page(client)
    with django_assert_max_num_queries(30) as few:
        page(client)
    ApiTokenFactory.create_batch(6, hat=admin)
    with django_assert_max_num_queries(30) as many:
        page(client)
    assert len(few) == len(many)
