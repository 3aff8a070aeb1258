"""Administrators invite people, take invitations back and remove hats."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from mocap_portal.foundation.accounts import actions
from mocap_portal.foundation.accounts.models import (
    ADMIN_ROLES,
    DESE_ROLES,
    FAMILY_ROLES,
    HOST_ROLES,
    LEA_ROLES,
    PROVIDER_ROLES,
    Invitation,
    Membership,
    Role,
)
from tests.factories.accounts import InvitationFactory, MembershipFactory, UserFactory
from tests.factories.directory import LeaFactory, OrganizationFactory, ProviderFactory
from tests.sign_in import sign_in

from .accounts_kit import NOW, _own_cache, invitation_days, log_in, sentences  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.foundation.accounts_urls")]

LATER = NOW + dt.timedelta(days=3)


@pytest.fixture
def lea_admin() -> Membership:
    return MembershipFactory.create(lea_admin=True)


@pytest.fixture
def provider_admin() -> Membership:
    return MembershipFactory.create(provider_admin=True)


@pytest.fixture
def dese_admin() -> Membership:
    return MembershipFactory.create(dese_admin=True)


def invite(by: Membership, role: str = Role.COUNSELOR, **changed: Any) -> Invitation:
    values = {"email": "new@example.org", "organization_id": by.organization_id, "at": NOW} | changed
    return actions.invite(role=role, by=by, **values)


# Who may invite whom ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_each_administrator_gives_the_roles_of_their_own_kind(role: Role, dese_admin: Membership) -> None:
    may_give = {
        MembershipFactory.create(lea_admin=True): LEA_ROLES | HOST_ROLES,
        MembershipFactory.create(provider_admin=True): PROVIDER_ROLES,
        dese_admin: DESE_ROLES,
    }
    for administrator, roles in may_give.items():
        if role in roles:
            invitation = invite(administrator, role)
            assert (invitation.role, invitation.organization) == (role, administrator.organization)
        else:
            with pytest.raises(actions.RoleNotYours):
                invite(administrator, role)


@pytest.mark.parametrize("role", sorted(set(Role) - ADMIN_ROLES - FAMILY_ROLES))
def test_nobody_else_invites(role: Role, dese_admin: Membership) -> None:
    hat = MembershipFactory.create(**{role: True})
    for wanted in Role:
        with pytest.raises(actions.RoleNotYours):
            invite(hat, wanted, organization_id=hat.organization_id)


def test_no_administrator_invites_into_another_organization(
    lea_admin: Membership, provider_admin: Membership
) -> None:
    for administrator in (lea_admin, provider_admin):
        for organization in (
            LeaFactory.create().organization,
            ProviderFactory.create().organization,
            OrganizationFactory.create(),
        ):
            for role in Role:
                with pytest.raises(actions.RoleNotYours):
                    invite(administrator, role, organization_id=organization.pk)
    assert not Invitation.objects.exists()


def test_a_body_that_is_both_has_an_administrator_of_each_kind() -> None:
    lea = LeaFactory.create()
    ProviderFactory.create(organization=lea.organization)
    lea_side = MembershipFactory.create(lea_admin=True, organization=lea.organization)
    provider_side = MembershipFactory.create(provider_admin=True, organization=lea.organization)

    assert invite(lea_side, Role.COUNSELOR).role == Role.COUNSELOR
    assert invite(provider_side, Role.PROVIDER_STAFF).role == Role.PROVIDER_STAFF
    with pytest.raises(actions.RoleNotYours):
        invite(lea_side, Role.PROVIDER_STAFF)
    assert not Membership.objects.manageable_by(lea_side).filter(pk=provider_side.pk).exists()


def test_the_state_office_invites_the_first_administrator_only(dese_admin: Membership) -> None:
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    invite(dese_admin, Role.LEA_ADMIN, organization_id=lea.pk)
    invite(dese_admin, Role.PROVIDER_ADMIN, organization_id=provider.pk)

    for role, organization_id in (
        (Role.COUNSELOR, lea.pk),
        (Role.PROVIDER_STAFF, provider.pk),
        (Role.LEA_ADMIN, provider.pk),
        (Role.PROVIDER_ADMIN, lea.pk),
        (Role.LEA_ADMIN, dese_admin.organization_id),
        (Role.DESE_ADMIN, lea.pk),
    ):
        with pytest.raises(actions.RoleNotYours):
            invite(dese_admin, role, organization_id=organization_id)
    there = MembershipFactory.create(lea_admin=True)
    with pytest.raises(actions.AdministratorExists):
        invite(dese_admin, Role.LEA_ADMIN, organization_id=there.organization_id)


# What an invitation is ----------------------------------------------------------------------------


def test_an_invitation_goes_out_by_mail_with_a_token_that_is_stored_as_a_hash(
    lea_admin: Membership, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(lea_admin, email="New@Example.org")

    invitation.refresh_from_db()
    assert (invitation.email, invitation.invited_by, invitation.invited_at, invitation.expires_at) == (
        "new@example.org",
        lea_admin,
        NOW,
        NOW + dt.timedelta(days=14),
    )
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert message.subject == "Your invitation to the MOCAP portal"
    body = str(message.body)
    token = body.partition("?token=")[2].partition("\n")[0]
    assert len(token) >= 43  # 32 random bytes
    assert actions.hash_token(token) == invitation.token_hash
    assert body == (
        "You are invited to the MOCAP portal, the state's site for online courses. "
        f"Your role: Counselor, {lea_admin.organization}.\n\nOpen this link to accept:\n\n"
        f"http://localhost:8000/people/invitation/?token={token}\n\n"
        "The link works once, until March 16, 2026 at 10:00 a.m. Central time.\n\n"
        "If you do not know why you got this mail, do nothing.\n"
    )


def test_the_days_of_an_invitation_are_the_legal_value_of_the_day(lea_admin: Membership) -> None:
    invitation_days(3)

    assert invite(lea_admin).expires_at == NOW + dt.timedelta(days=3)


def test_no_mail_when_the_transaction_fails(lea_admin: Membership) -> None:
    with pytest.raises(actions.RoleNotYours):
        invite(lea_admin, Role.DESE_ADMIN)
    assert mail.outbox == []


def test_one_open_invitation_of_a_kind(lea_admin: Membership) -> None:
    invite(lea_admin)
    with pytest.raises(actions.AlreadyInvited):
        invite(lea_admin, email="NEW@example.org", at=LATER)
    invite(lea_admin, Role.DATA_CLERK)

    assert Invitation.objects.count() == 2


def test_an_expired_invitation_is_closed_and_replaced(lea_admin: Membership) -> None:
    first = invite(lea_admin)
    again = NOW + dt.timedelta(days=14)
    second = invite(lea_admin, at=again)

    first.refresh_from_db()
    assert first.revoked_at == again
    assert list(Invitation.objects.open_at(again)) == [second]


def test_who_has_the_role_is_not_invited_to_it(lea_admin: Membership) -> None:
    counselor = MembershipFactory.create(counselor=True, organization=lea_admin.organization)
    with pytest.raises(actions.AlreadyHasRole):
        invite(lea_admin, email=counselor.user.email.upper())


# Pages: invite ------------------------------------------------------------------------------------


def test_an_administrator_invites_from_the_page(
    client: Client, lea_admin: Membership, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    sign_in(client, lea_admin)
    page = client.get(reverse("accounts:invite"))
    offered = [value for value, _label in page.context["form"].fields["role"].choices]
    assert offered == [role.value for role in Role if role in LEA_ROLES | HOST_ROLES]
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("accounts:invite"), {"email": "new@example.org", "role": "counselor"})

    assert response["Location"] == reverse("accounts:people")
    assert sentences(response) == ["The invitation is on its way."]
    assert [message.to for message in mail.outbox] == [["new@example.org"]]


def test_a_double_click_invites_once(client: Client, lea_admin: Membership) -> None:
    sign_in(client, lea_admin)
    values = {"email": "new@example.org", "role": "counselor"}
    client.post(reverse("accounts:invite"), values)
    second = client.post(reverse("accounts:invite"), values)

    assert second.context["form"].errors == {
        "__all__": [
            "This person already has an open invitation to this role. Send it again from the list instead."
        ]
    }
    assert Invitation.objects.count() == 1


def test_the_page_refuses_in_plain_words(client: Client, lea_admin: Membership) -> None:
    sign_in(client, lea_admin)
    counselor = MembershipFactory.create(counselor=True, organization=lea_admin.organization)
    address = reverse("accounts:invite")

    there = client.post(address, {"email": counselor.user.email, "role": "counselor"})
    assert there.context["form"].errors == {"__all__": ["This person already has this role."]}
    smuggled = client.post(address, {"email": "new@example.org", "role": "dese_admin"})
    assert smuggled.context["form"].errors == {
        "role": ["Select a valid choice. dese_admin is not one of the available choices."]
    }
    wrong = client.post(address, {"email": "nobody", "role": "counselor"})
    assert wrong.context["form"].errors == {"email": ["Enter a valid email address."]}
    assert not Invitation.objects.exists()


def test_the_state_office_invites_an_administrator_from_the_page(
    client: Client,
    dese_admin: Membership,
) -> None:
    sign_in(client, dese_admin)
    address = reverse("accounts:invite_administrator")
    lea, provider = LeaFactory.create(), ProviderFactory.create()
    page = client.get(address)
    offered = page.context["form"].fields["organization"].queryset
    assert offered.filter(pk__in=[lea.pk, provider.pk]).count() == 2
    assert not offered.filter(is_state_office=True).exists()
    values = {"organization": lea.pk, "role": "lea_admin", "email": "new@example.org"}
    assert client.post(address, values)["Location"] == reverse("accounts:administrators")
    invitation = Invitation.objects.get()
    assert (invitation.organization, invitation.role) == (lea.organization, "lea_admin")

    wrong = client.post(address, values | {"role": "provider_admin"})
    assert wrong.context["form"].errors == {
        "role": ["This organization does not have this kind of administrator."]
    }
    MembershipFactory.create(provider_admin=True, organization=provider.organization)
    second = client.post(address, values | {"organization": provider.pk, "role": "provider_admin"})
    assert second.context["form"].errors == {
        "__all__": ["This organization already has an administrator, who can invite more people."]
    }


# Pages: invitations that wait ---------------------------------------------------------------------


def test_send_again_gives_a_new_link_and_date(
    client: Client, lea_admin: Membership, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    invitation = invite(lea_admin)
    old_hash = invitation.token_hash
    sign_in(client, lea_admin)
    with time_machine.travel(LATER, tick=False), django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("accounts:resend_invitation", args=[invitation.pk]))

    assert response["Location"] == reverse("accounts:people")
    assert sentences(response) == ["The invitation is on its way. The link sent before no longer works."]
    invitation.refresh_from_db()
    assert invitation.expires_at == LATER + dt.timedelta(days=14)
    assert len(mail.outbox) == 1
    with pytest.raises(actions.InvitationUnknown):
        actions.find_invitation(old_hash, at=LATER)


def test_take_back(client: Client, lea_admin: Membership) -> None:
    invitation = invite(lea_admin)
    sign_in(client, lea_admin)
    with time_machine.travel(LATER, tick=False):
        response = client.post(reverse("accounts:revoke_invitation", args=[invitation.pk]))

    assert response["Location"] == reverse("accounts:people")
    assert sentences(response) == ["The invitation is taken back. Its link no longer works."]
    invitation.refresh_from_db()
    assert invitation.revoked_at == LATER


@pytest.mark.parametrize("action", ["accounts:resend_invitation", "accounts:revoke_invitation"])
@pytest.mark.parametrize("answered", [{"revoked_at": NOW}, {"accepted_at": NOW}])
def test_an_answered_invitation_stays_as_it_is(
    client: Client, lea_admin: Membership, action: str, answered: dict[str, dt.datetime]
) -> None:
    invitation = InvitationFactory.create(invited_by=lea_admin, **answered)
    sign_in(client, lea_admin)
    response = client.post(reverse(action, args=[invitation.pk]))

    assert sentences(response) == [
        "This invitation was accepted or taken back in the meantime. Reload the list to see it."
    ]
    unchanged = Invitation.objects.get()
    assert (unchanged.token_hash, unchanged.expires_at, unchanged.revoked_at) == (
        invitation.token_hash,
        invitation.expires_at,
        invitation.revoked_at,
    )
    assert mail.outbox == []


def test_strangers_rows_are_not_there(
    client: Client, lea_admin: Membership, provider_admin: Membership
) -> None:
    strangers_invitation = invite(MembershipFactory.create(lea_admin=True))
    strangers_hat = MembershipFactory.create(counselor=True)
    family_hat = MembershipFactory.create(parent=True)
    for hat in (lea_admin, provider_admin):
        sign_in(client, hat)
        for page in ("accounts:resend_invitation", "accounts:revoke_invitation"):
            assert client.post(reverse(page, args=[strangers_invitation.pk])).status_code == 404
        for row in (strangers_hat, family_hat):
            assert client.get(reverse("accounts:remove_hat", args=[row.pk])).status_code == 404
            assert client.post(reverse("accounts:remove_hat", args=[row.pk])).status_code == 404
    assert not Membership.objects.exclude(ended_at=None).exists()
    with pytest.raises(actions.RoleNotYours):
        actions.remove_hat(strangers_hat.pk, by=lea_admin, at=NOW)


@pytest.mark.parametrize("role", sorted(set(Role) - ADMIN_ROLES))
def test_the_pages_are_closed_to_other_roles(client: Client, role: str) -> None:
    sign_in(client, MembershipFactory.create(**{role: True}))

    for page in ("people", "invite", "administrators", "invite_administrator"):
        assert client.get(reverse(f"accounts:{page}")).status_code == 403
    for page in ("resend_invitation", "revoke_invitation", "remove_hat"):
        assert client.post(reverse(f"accounts:{page}", args=[1])).status_code == 403


def test_the_state_offices_pages_are_closed_to_other_administrators(
    client: Client, lea_admin: Membership, provider_admin: Membership
) -> None:
    for hat in (lea_admin, provider_admin):
        sign_in(client, hat)
        for page in ("administrators", "invite_administrator"):
            response = client.get(reverse(f"accounts:{page}"))
            assert response.status_code == 403
            assert "This page is for: DESE administrator." in response.content.decode()


# Pages: the lists ---------------------------------------------------------------------------------


def test_the_list_shows_the_own_people_and_their_invitations(client: Client, lea_admin: Membership) -> None:
    own = MembershipFactory.create(
        counselor=True, organization=lea_admin.organization, user=UserFactory.create(name="Own Counselor")
    )
    MembershipFactory.create(
        coordinator=True, organization=lea_admin.organization, ended=True, user__name="Gone Coordinator"
    )
    MembershipFactory.create(counselor=True, user__name="Strange Counselor")
    waiting = invite(lea_admin, email="waiting@example.org")
    invite(MembershipFactory.create(lea_admin=True), email="stranger@example.org")
    InvitationFactory.create(invited_by=lea_admin, email="expired@example.org")
    InvitationFactory.create(invited_by=lea_admin, email="taken.back@example.org", revoked_at=NOW)
    with time_machine.travel(LATER, tick=False):
        response = sign_in(client, lea_admin).get(reverse("accounts:people"))

    page = response.content.decode()
    assert {row.record for row in response.context["hat_table"].rows} == {own, lea_admin}
    assert [row.record.email for row in response.context["invitation_table"].rows] == [
        "expired@example.org",
        "waiting@example.org",
    ]
    assert page.count("Expired") == 1
    assert "Mar 16, 2026" in page
    assert reverse("accounts:remove_hat", args=[own.pk]) in page
    assert reverse("accounts:revoke_invitation", args=[waiting.pk]) in page
    for absent in ("Strange Counselor", "Gone Coordinator", "stranger@example.org", "taken.back@example.org"):
        assert absent not in page
    assert waiting.token_hash not in page


def test_the_state_office_sees_administrators_elsewhere_and_nobody_else(
    client: Client,
    dese_admin: Membership,
    lea_admin: Membership,
    provider_admin: Membership,
) -> None:
    MembershipFactory.create(counselor=True, organization=lea_admin.organization)
    reviewer = MembershipFactory.create(dese_reviewer=True, organization=dese_admin.organization)
    sign_in(client, dese_admin)

    elsewhere = client.get(reverse("accounts:administrators")).context["hat_table"]
    assert {row.record for row in elsewhere.rows} == {lea_admin, provider_admin}
    own = client.get(reverse("accounts:people")).context["hat_table"]
    assert {row.record for row in own.rows} == {dese_admin, reviewer}


@pytest.mark.parametrize("rows", [1, 60])
def test_the_lists_cost_the_same_for_one_row_and_for_many(
    client: Client, lea_admin: Membership, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    MembershipFactory.create_batch(rows, counselor=True, organization=lea_admin.organization)
    InvitationFactory.create_batch(rows, invited_by=lea_admin)
    sign_in(client, lea_admin)

    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("accounts:people"))


# session, person, hat; the hats of the menu; two lists with a count each
LIST_QUERIES = 7


def test_the_administrators_cost_the_same_for_many(
    client: Client,
    dese_admin: Membership,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    MembershipFactory.create_batch(60, lea_admin=True)
    for hat in Membership.objects.filter(role=Role.LEA_ADMIN)[:5]:
        InvitationFactory.create(invited_by=hat, role=Role.LEA_ADMIN)
    sign_in(client, dese_admin)

    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("accounts:administrators"))


# Removal ------------------------------------------------------------------------------------------


def test_a_removed_person_is_signed_out_everywhere_at_once(client: Client, lea_admin: Membership) -> None:
    parent = MembershipFactory.create(parent=True)
    hat = MembershipFactory.create(counselor=True, organization=lea_admin.organization, user=parent.user)
    laptop, phone, neighbor = Client(), Client(), Client()
    sign_in(laptop, hat)
    sign_in(phone, parent)
    sign_in(neighbor, MembershipFactory.create(counselor=True, organization=lea_admin.organization))
    assert [browser.get("/anybody/").status_code for browser in (laptop, phone, neighbor)] == [200] * 3
    sign_in(client, lea_admin)
    address = reverse("accounts:remove_hat", args=[hat.pk])

    page = client.get(address).content.decode()
    assert f"Remove the role of {hat.user}?" in page
    assert Membership.objects.active().filter(pk=hat.pk).exists()  # asking changes nothing
    with time_machine.travel(LATER, tick=False):
        response = client.post(address)

    assert response["Location"] == reverse("accounts:people")
    assert sentences(response) == ["The role is removed, and the person is signed out everywhere."]
    assert [browser.get("/anybody/").status_code for browser in (laptop, phone, neighbor)] == [302, 302, 200]
    hat.refresh_from_db()
    assert (hat.ended_at, hat.ended_by) == (LATER, lea_admin)
    parent.refresh_from_db()
    assert parent.ended_at is None
    log_in(phone, parent.user)
    assert phone.get("/anybody/").content.decode() == f"page, hat: {parent}"


def test_removing_twice_changes_nothing(client: Client, lea_admin: Membership) -> None:
    hat = MembershipFactory.create(counselor=True, organization=lea_admin.organization)
    sign_in(client, lea_admin)
    address = reverse("accounts:remove_hat", args=[hat.pk])
    client.post(address)
    hat.refresh_from_db()
    ended_at, stamp = hat.ended_at, hat.user.session_stamp
    assert client.get(address)["Location"] == reverse("accounts:people")
    assert client.post(address)["Location"] == reverse("accounts:people")

    again = Membership.objects.select_related("user").get(pk=hat.pk)
    assert (again.ended_at, again.user.session_stamp) == (ended_at, stamp)


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_the_last_administrator_stays(client: Client, role: str, dese_admin: Membership) -> None:
    hat = dese_admin if role == Role.DESE_ADMIN else MembershipFactory.create(**{role: True})
    sign_in(client, hat)
    response = client.post(reverse("accounts:remove_hat", args=[hat.pk]))

    assert sentences(response) == [str(actions.LastAdministrator.sentence)]
    hat.refresh_from_db()
    assert hat.ended_at is None
    assert client.get("/anybody/").status_code == 200


def test_an_administrator_who_is_not_the_last_may_go(client: Client, lea_admin: Membership) -> None:
    other = MembershipFactory.create(lea_admin=True, organization=lea_admin.organization)
    sign_in(client, lea_admin)
    client.post(reverse("accounts:remove_hat", args=[lea_admin.pk]))

    assert client.get("/anybody/").status_code == 302
    with pytest.raises(actions.LastAdministrator):
        actions.remove_hat(other.pk, by=other, at=LATER)


def test_who_was_just_removed_removes_nobody(lea_admin: Membership) -> None:
    other = MembershipFactory.create(lea_admin=True, organization=lea_admin.organization)
    actions.remove_hat(other.pk, by=lea_admin, at=LATER)
    with pytest.raises(actions.RoleNotYours):
        actions.remove_hat(lea_admin.pk, by=other, at=LATER)


def test_the_state_office_replaces_an_administrator_who_left(
    lea_admin: Membership,
    dese_admin: Membership,
) -> None:
    actions.remove_hat(lea_admin.pk, by=dese_admin, at=LATER)

    assert invite(dese_admin, Role.LEA_ADMIN, organization_id=lea_admin.organization_id).email


def test_inviting_again_undoes_a_removal(
    lea_admin: Membership, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    hat = MembershipFactory.create(counselor=True, organization=lea_admin.organization)
    actions.remove_hat(hat.pk, by=lea_admin, at=LATER)
    invitation = invite(lea_admin, email=hat.user.email, at=LATER)
    back = actions.accept_invitation(invitation.token_hash, user=hat.user, at=LATER)

    assert (back.pk != hat.pk, back.role, back.organization) == (True, hat.role, hat.organization)
