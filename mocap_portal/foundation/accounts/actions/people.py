"""The only writers of people, hats and invitations."""

import datetime as dt
from functools import partial

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Lea, LegalKey, LegalValue, Organization, Provider
from mocap_portal.foundation.shared.calendar import central_date
from mocap_portal.foundation.shared.refusals import Refusal

from .. import notices, vault
from ..models import (
    ADMIN_ROLES,
    ADMIN_ROLES_ELSEWHERE,
    DESE_ROLES,
    FAMILY_ROLES,
    MANAGED_ROLES,
    PROVIDER_ROLES,
    Invitation,
    Membership,
    Role,
    User,
    new_stamp,
)
from .tokens import hash_token, new_token


class RoleNotYours(Refusal):
    sentence = _("You cannot give this role there.")


class AlreadyInvited(Refusal):
    sentence = _(
        "This person already has an open invitation to this role. Send it again from the list instead."
    )


class AlreadyHasRole(Refusal):
    sentence = _("This person already has this role.")


class AdministratorExists(Refusal):
    sentence = _("This organization already has an administrator, who can invite more people.")


class StateHasAdministrator(Refusal):
    sentence = _("The state office already has an administrator, who invites everybody else.")


class LastAdministrator(Refusal):
    sentence = _(
        "You are the only administrator here, so you cannot remove your own role. "
        "Invite another administrator first."
    )


class InvitationGone(Refusal):
    sentence = _("This invitation was accepted or taken back in the meantime. Reload the list to see it.")


class InvitationUnknown(Refusal):
    sentence = _("This link does not belong to any invitation. Open the newest mail that you got from us.")


class InvitationUsed(Refusal):
    sentence = _("This invitation was already accepted. Sign in with your e-mail address and password.")


class InvitationRevoked(Refusal):
    sentence = _("This invitation was taken back. Ask your administrator for a new one.")


class InvitationExpired(Refusal):
    sentence = _("This invitation is too old. Ask your administrator for a new one.")


class InvitationForAnother(Refusal):
    sentence = _(
        "This invitation is for a different e-mail address. Sign out, then open the link in your mail again."
    )


class PersonExists(Refusal):
    sentence = _("There is already an account with this e-mail address. Sign in to accept the invitation.")


# Families -----------------------------------------------------------------------------------------


@transaction.atomic
def register_family(user_id: int, *, name: str, language: str, role: str, at: dt.datetime) -> Membership:
    """What sign-up adds to a new account: the person's name and language, and the family hat they chose."""
    user = User.objects.select_for_update().get(pk=user_id)
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])
    return add_family_hat(user_id, role=role, at=at)


@transaction.atomic
def add_family_hat(user_id: int, *, role: str, at: dt.datetime) -> Membership:
    """A family hat for somebody who has an account; the one they have if it is worn already.

    Raises RoleNotYours for any role that is not a family's.
    """
    if role not in FAMILY_ROLES:
        raise RoleNotYours
    user = User.objects.select_for_update().get(pk=user_id)
    return _give(user, role=role, organization=None, at=at)


@transaction.atomic
def change_details(user_id: int, *, name: str, phone: str, language: str) -> None:
    """What people may change about themselves; the e-mail address has its own way, with a check by mail."""
    user = User.objects.select_for_update().get(pk=user_id)
    user.name, user.phone, user.language = name, phone, language
    user.save(update_fields=["name", "phone", "language"])


@transaction.atomic
def change_language(user_id: int, *, language: str) -> None:
    """The language of this person's mails from now on: a code of settings.LANGUAGES."""
    user = User.objects.select_for_update().get(pk=user_id)
    user.language = language
    user.save(update_fields=["language"])


# Invitations --------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, email: str, role: str, organization_id: int, by: Membership, at: dt.datetime) -> Invitation:
    """Offers a staff hat by mail.

    Raises RoleNotYours, AdministratorExists (the state office gives only the first one elsewhere),
    AlreadyHasRole, AlreadyInvited. An invitation that expired unanswered is closed and replaced.
    """
    organization = Organization.objects.select_for_update().get(pk=organization_id)
    email = email.lower()
    _refuse_role(role, organization=organization, by=by)
    hats = Membership.objects.in_organization(organization.pk, Role(role))
    if hats.filter(user__email=email).exists():
        raise AlreadyHasRole
    if organization.pk != by.organization_id and hats.exists():
        raise AdministratorExists
    earlier = Invitation.objects.unanswered().filter(email=email, role=role, organization=organization)
    if earlier.open_at(at).exists():
        raise AlreadyInvited
    earlier.update(revoked_at=at)
    token = new_token()
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        organization=organization,
        token_hash=hash_token(token),
        invited_by=by,
        invited_at=at,
        expires_at=_expiry(at),
    )
    transaction.on_commit(partial(notices.send_invitation, invitation.pk, token=token))
    return invitation


@transaction.atomic
def resend_invitation(invitation_id: int, *, by: Membership, at: dt.datetime) -> Invitation:
    """Sends a new link with a new date; the link sent before stops working. Raises InvitationGone."""
    invitation = _unanswered(invitation_id, by=by)
    token = new_token()
    invitation.token_hash = hash_token(token)
    invitation.invited_by, invitation.invited_at, invitation.expires_at = by, at, _expiry(at)
    invitation.save()
    transaction.on_commit(partial(notices.send_invitation, invitation.pk, token=token))
    return invitation


@transaction.atomic
def revoke_invitation(invitation_id: int, *, by: Membership, at: dt.datetime) -> None:
    """Takes an invitation back. Raises InvitationGone."""
    invitation = _unanswered(invitation_id, by=by)
    invitation.revoked_at = at
    invitation.save(update_fields=["revoked_at"])


def find_invitation(token_hash: str, *, at: dt.datetime) -> Invitation:
    """The open invitation behind a link. Raises InvitationUnknown, -Used, -Revoked, -Expired."""
    return _open_invitation(Invitation.objects.filter(token_hash=token_hash).first(), at=at)


@transaction.atomic
def accept_invitation(token_hash: str, *, user: User, at: dt.datetime) -> Membership:
    """Gives the hat to somebody who is signed in; a second click gives the same hat again.

    Raises InvitationForAnother and what `find_invitation` raises.
    """
    invitation = _locked_invitation(token_hash)
    if invitation is not None and invitation.email != user.email:
        raise InvitationForAnother
    if invitation is not None and invitation.accepted_by_id == user.pk:
        hat = Membership.objects.active().filter(
            user=user, role=invitation.role, organization=invitation.organization_id
        )
        if given := hat.first():
            return given
    return _accept(_open_invitation(invitation, at=at), user=user, at=at)


@transaction.atomic
def accept_as_new_person(
    token_hash: str, *, name: str, password: str, language: str, at: dt.datetime
) -> Membership:
    """Opens an account with the address that got the mail, and gives it the hat.

    Raises PersonExists and what `find_invitation` raises.
    """
    invitation = _open_invitation(_locked_invitation(token_hash), at=at)
    if User.objects.filter(email=invitation.email).exists():
        raise PersonExists
    user = User.objects.create_user(invitation.email, password, name=name, language=language)
    # Whoever holds the token read the mail: the address needs no second check.
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return _accept(invitation, user=user, at=at)


# The first of all ---------------------------------------------------------------------------------


@transaction.atomic
def appoint_first_administrator(*, email: str, name: str, at: dt.datetime) -> Membership:
    """The state office's first administrator, whom nobody could invite. Raises StateHasAdministrator.

    A new account has no password: the person sets one through the page for forgotten passwords, which proves that
    the address is theirs, and then the second factor.
    """
    state_office = Organization.objects.select_for_update().get(is_state_office=True)
    if Membership.objects.in_organization(state_office.pk, Role.DESE_ADMIN).exists():
        raise StateHasAdministrator
    user = User.objects.filter(email=email.lower()).first()
    if user is None:
        user = User.objects.create_user(email, name=name)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return Membership.objects.create(
        user=user, role=Role.DESE_ADMIN, organization=state_office, started_at=at
    )


# Removal ------------------------------------------------------------------------------------------


@transaction.atomic
def remove_hat(membership_id: int, *, by: Membership, at: dt.datetime) -> None:
    """Ends a hat and every session of its person at once; twice changes nothing. The way back is an invitation.

    Raises RoleNotYours for a hat that `by` does not look after, LastAdministrator for one's own last one.
    """
    # Two administrators who remove each other, or themselves, at once must not both succeed.
    organization = Organization.objects.select_for_update(of=("self",)).get(memberships=by)
    if not Membership.objects.active().filter(pk=by.pk).exists():
        raise RoleNotYours
    hat = Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)
    if hat.ended_at is not None:
        return
    if not Membership.objects.manageable_by(by).filter(pk=hat.pk).exists():
        raise RoleNotYours
    if hat.user_id == by.user_id and hat.role in ADMIN_ROLES:
        others = Membership.objects.in_organization(organization.pk, Role(hat.role)).exclude(pk=hat.pk)
        if not others.exists():
            raise LastAdministrator
    hat.ended_at, hat.ended_by = at, by
    hat.save(update_fields=["ended_at", "ended_by"])
    User.objects.filter(pk=hat.user_id).update(session_stamp=new_stamp())


# Keys ---------------------------------------------------------------------------------------------


@transaction.atomic
def reencrypt_second_factors() -> int:
    """Encrypts every secret of a second factor with the newest key; after that the older keys may go.

    Returns how many. Raises InvalidToken, and changes nothing, when a key that is still needed is gone already.
    """
    secret_of = {Authenticator.Type.TOTP: "secret", Authenticator.Type.RECOVERY_CODES: "seed"}
    rows = Authenticator.objects.select_for_update().filter(type__in=secret_of).order_by("pk")
    for row in rows:
        name = secret_of[row.type]
        row.data[name] = vault.rotate(row.data[name])
        row.save(update_fields=["data"])
    return len(rows)


# Parts --------------------------------------------------------------------------------------------


def _refuse_role(role: str, *, organization: Organization, by: Membership) -> None:
    is_own = organization.pk == by.organization_id
    is_first_elsewhere = by.role == Role.DESE_ADMIN and role in ADMIN_ROLES_ELSEWHERE
    if not (is_own and role in MANAGED_ROLES.get(by.role, frozenset())) and not is_first_elsewhere:
        raise RoleNotYours
    if role in DESE_ROLES:
        is_possible = organization.is_state_office
    elif role in PROVIDER_ROLES:
        is_possible = Provider.objects.filter(organization=organization).exists()
    else:
        is_possible = Lea.objects.filter(organization=organization).exists()
    if not is_possible:
        raise RoleNotYours


def _expiry(at: dt.datetime) -> dt.datetime:
    return at + dt.timedelta(days=LegalValue.objects.whole(LegalKey.INVITATION_DAYS, on=central_date(at)))


def _unanswered(invitation_id: int, *, by: Membership) -> Invitation:
    invitations = Invitation.objects.manageable_by(by).unanswered().filter(pk=invitation_id)
    invitation = invitations.select_for_update(of=("self",)).first()
    if invitation is None:
        raise InvitationGone
    return invitation


def _locked_invitation(token_hash: str) -> Invitation | None:
    return Invitation.objects.select_for_update(of=("self",)).filter(token_hash=token_hash).first()


def _open_invitation(invitation: Invitation | None, *, at: dt.datetime) -> Invitation:
    if invitation is None:
        raise InvitationUnknown
    if invitation.accepted_at is not None:
        raise InvitationUsed
    if invitation.revoked_at is not None:
        raise InvitationRevoked
    if invitation.expires_at <= at:
        raise InvitationExpired
    return invitation


def _accept(invitation: Invitation, *, user: User, at: dt.datetime) -> Membership:
    invitation.accepted_at, invitation.accepted_by = at, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return _give(user, role=invitation.role, organization=invitation.organization, at=at)


def _give(user: User, *, role: str, organization: Organization | None, at: dt.datetime) -> Membership:
    """The active hat of this kind, made when there is none."""
    hats = Membership.objects.filter(user=user, role=role, organization=organization, ended_at__isnull=True)
    return hats.first() or Membership.objects.create(
        user=user, role=role, organization=organization, started_at=at
    )
