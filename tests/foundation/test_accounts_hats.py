"""Hats: which one is worn, what it opens, and that a staff hat stays shut without a second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.middleware import ENTER_A_CODE, SET_UP_AN_APP
from mocap_portal.foundation.accounts.models import FAMILY_ROLES, STAFF_ROLES, Membership, Role, User
from tests.factories.accounts import PASSWORD, MembershipFactory, UserFactory
from tests.sign_in import sign_in

from .accounts_kit import NOW, _own_cache, code_now, give_second_factor, log_in, sentences  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.foundation.accounts_urls")]


# The second factor --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_a_staff_hat_is_shut_until_a_second_factor_is_set(client: Client, role: str) -> None:
    hat = MembershipFactory.create(**{role: True})
    assert log_in(client, hat.user)["Location"] == "/"

    for address in (
        "/",
        "/anybody/",
        "/counselors/",
        "/people/staff/",
        "/people/me/",
        "/accounts/password/change/",
    ):
        response = client.get(address)
        assert response.status_code == 302, address
        assert response["Location"] == "/accounts/2fa/totp/activate/", address
    assert sentences(response)[-1] == str(SET_UP_AN_APP)
    assert client.post("/people/staff/invite/", {"email": "a@example.org", "role": role}).status_code == 302


@pytest.mark.parametrize("role", sorted(FAMILY_ROLES))
def test_families_need_no_second_factor(client: Client, role: str) -> None:
    hat = MembershipFactory.create(**{role: True})
    log_in(client, hat.user)

    assert client.get("/anybody/").content.decode() == f"page, hat: {hat}"


def test_public_pages_stay_open_but_see_no_hat(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    log_in(client, hat.user)

    assert client.get("/public/").content == b"public, hat: None"


def test_setting_the_factor_up_opens_the_hat_in_the_same_session(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    log_in(client, hat.user)

    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked.status_code == 302  # allauth asks for the password once more
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    client.post(asked["Location"], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    code = code_now(page.context["form"].secret)
    done = client.post("/accounts/2fa/totp/activate/", {"code": code})

    assert done["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get("/counselors/").content.decode() == str(hat)


def test_a_wrong_code_opens_nothing(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    log_in(client, hat.user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})

    assert page.status_code == 200
    assert page.context["form"].errors == {"code": ["Incorrect code."]}
    assert client.get("/counselors/").status_code == 302


def test_sign_in_with_a_code_opens_the_hat(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    code = give_second_factor(hat.user)

    assert log_in(client, hat.user)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/counselors/")["Location"].startswith("/accounts/login/")
    client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert client.get("/counselors/").content.decode() == str(hat)


def test_a_session_that_did_not_show_the_factor_is_asked_for_a_code(client: Client) -> None:
    """The factor was set up in another browser after this one had signed in."""
    hat = MembershipFactory.create(counselor=True)
    log_in(client, hat.user)
    code = give_second_factor(hat.user)

    asked = client.get("/counselors/")
    assert asked["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fcounselors%2F"
    assert sentences(asked)[-1] == str(ENTER_A_CODE)
    assert client.get(reverse("mfa_view_recovery_codes"))["Location"].startswith(
        "/accounts/2fa/reauthenticate/"
    )
    done = client.post(asked["Location"], {"code": code()})

    assert done["Location"] == "/counselors/"
    assert client.get("/counselors/").status_code == 200


def test_a_removed_factor_shuts_the_hat_again(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    code = give_second_factor(hat.user)
    log_in(client, hat.user)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    Authenticator.objects.filter(user=hat.user).delete()

    assert client.get("/counselors/")["Location"] == "/accounts/2fa/totp/activate/"


def test_the_demos_one_click_counts_in_the_demo_only(client: Client, settings: Settings) -> None:
    sign_in(client, MembershipFactory.create(counselor=True))
    assert client.get("/counselors/").status_code == 200

    settings.DEMO = False
    assert client.get("/counselors/")["Location"] == "/accounts/2fa/totp/activate/"


def test_without_the_factor_one_can_leave_and_wear_the_family_hat(client: Client) -> None:
    parent = MembershipFactory.create(parent=True)
    MembershipFactory.create(counselor=True, user=parent.user, started_at=NOW)
    log_in(client, parent.user)
    assert client.get("/anybody/").status_code == 302

    assert client.post(reverse("accounts:switch_hat"), {"hat": parent.pk})["Location"] == "/"
    assert client.get("/anybody/").content.decode() == f"page, hat: {parent}"
    assert client.post(reverse("account_logout"))["Location"] == "/"


# What a hat opens ---------------------------------------------------------------------------------


def test_visitors_are_sent_to_sign_in(client: Client) -> None:
    assert client.get("/counselors/")["Location"] == "/accounts/login/?next=/counselors/"


def test_another_role_reads_which_roles_open_the_page(client: Client) -> None:
    sign_in(client, MembershipFactory.create(parent=True))
    response = client.get("/counselors/")

    assert response.status_code == 403
    assert "This page is for: Counselor, MOCAP coordinator." in response.content.decode()


def test_a_person_without_a_hat_reads_what_to_do(client: Client) -> None:
    sign_in(client, MembershipFactory.create(counselor=True, ended=True))
    response = client.get("/counselors/")

    assert response.status_code == 403
    sentence = "You have no role in the portal now. Ask your administrator for an invitation."
    assert sentence in response.content.decode()


# Which hat is worn --------------------------------------------------------------------------------


def test_the_newest_hat_is_worn_first(client: Client) -> None:
    older = MembershipFactory.create(counselor=True)
    newer = MembershipFactory.create(coordinator=True, user=older.user, started_at=NOW)
    sign_in(client, older)
    session = client.session
    del session["hat"]
    session.save()

    assert client.get("/anybody/").content.decode() == f"page, hat: {newer}"


def test_one_switches_between_own_hats(client: Client) -> None:
    first = MembershipFactory.create(counselor=True)
    second = MembershipFactory.create(coordinator=True, user=first.user)
    sign_in(client, first)

    assert client.post(reverse("accounts:switch_hat"), {"hat": second.pk})["Location"] == "/"
    assert client.get("/anybody/").content.decode() == f"page, hat: {second}"


def test_only_own_active_hats_can_be_worn(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    ended = MembershipFactory.create(coordinator=True, user=hat.user, ended=True)
    strangers = MembershipFactory.create(coordinator=True)
    sign_in(client, hat)

    for wanted in (ended.pk, strangers.pk, 0, "", "x", "9" * 30):
        assert client.post(reverse("accounts:switch_hat"), {"hat": wanted}).status_code == 404, wanted
    assert client.get(reverse("accounts:switch_hat")).status_code == 405
    assert client.get("/anybody/").content.decode() == f"page, hat: {hat}"


def test_hats_and_the_factor_are_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    hat = MembershipFactory.create(counselor=True)
    code = give_second_factor(hat.user)
    log_in(client, hat.user)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    client.post(reverse("accounts:switch_hat"), {"hat": hat.pk})

    with django_assert_num_queries(3):  # session, person, hats with the second factor
        client.get("/counselors/")


# One's own page -----------------------------------------------------------------------------------


def test_people_change_their_details(client: Client) -> None:
    hat = MembershipFactory.create(parent=True)
    sign_in(client, hat)
    response = client.post(
        reverse("accounts:own_page"), {"name": "Ana Diaz", "phone": "573-555-0123", "language": "es"}
    )

    assert response["Location"] == reverse("accounts:own_page")
    assert response.cookies["django_language"].value == "es"
    person = User.objects.get(pk=hat.user_id)
    assert (person.name, person.phone, person.language) == ("Ana Diaz", "573-555-0123", "es")


def test_the_own_page_says_what_one_is(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    MembershipFactory.create(parent=True, user=hat.user)
    MembershipFactory.create(parent=True)
    give_second_factor(hat.user)
    page = sign_in(client, hat).get(reverse("accounts:own_page")).content.decode()

    assert f"{hat}, since" in page
    assert "Parent or guardian, since" in page
    assert f"You sign in as {hat.user.email}." in page
    assert "An authenticator app is set up" in page


def test_wrong_details_change_nothing(client: Client) -> None:
    hat = MembershipFactory.create(parent=True)
    sign_in(client, hat)
    response = client.post(reverse("accounts:own_page"), {"name": "", "phone": "", "language": "fr"})

    assert response.context["form"].errors == {
        "name": ["This field is required."],
        "language": ["Select a valid choice. fr is not one of the available choices."],
    }
    assert User.objects.get(pk=hat.user_id).name == hat.user.name


def test_staff_may_be_parents_too(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True)
    sign_in(client, hat)
    for _click in range(2):
        assert client.post(reverse("accounts:add_family_hat"), {"role": "parent"})["Location"] == "/"

    parent = Membership.objects.get(user=hat.user, role=Role.PARENT)
    assert client.get("/anybody/").content.decode() == f"page, hat: {parent}"


@pytest.mark.parametrize("role", sorted(STAFF_ROLES))
def test_nobody_gives_themselves_a_staff_hat(client: Client, role: str) -> None:
    hat = MembershipFactory.create(parent=True)
    sign_in(client, hat)
    response = client.post(reverse("accounts:add_family_hat"), {"role": role, "organization": 1})

    assert list(response.context["form"].errors) == ["role"]
    with pytest.raises(actions.RoleNotYours):
        actions.add_family_hat(hat.user_id, role=role, at=NOW)
    assert Membership.objects.get() == hat


def test_an_inactive_person_wears_no_hat(client: Client) -> None:
    hat = MembershipFactory.create(counselor=True, user=UserFactory.create(is_active=False))
    sign_in(client, hat)

    assert client.get("/anybody/")["Location"].startswith("/accounts/login/")
