"""People and their hats.

A `User` is a person. A `Membership` is a hat: this person, in this role, for this organization, until it ends.
Every page sees one hat at a time; what a hat may see and do follows from its role and organization alone.
"""

import datetime as dt
from typing import Any, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _

from mocap_portal.foundation.directory.models import Organization
from mocap_portal.foundation.shared.history import tracked


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())


def new_stamp() -> str:
    return get_random_string(32)


@tracked(exclude=["password", "session_stamp", "last_login"])
class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by an e-mail address."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(max_length=5, default="en")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    session_stamp = models.CharField(max_length=32, default=new_stamp, editable=False)

    objects = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_email_is_lower_case", condition=Q(email=Lower("email")))
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_session_auth_hash(self) -> str:
        """A new `session_stamp` ends every session of this person at its next request."""
        return salted_hmac(
            "mocap_portal.accounts.session", self.password + self.session_stamp, algorithm="sha256"
        ).hexdigest()


class Role(models.TextChoices):
    PARENT = "parent", _("Parent or guardian")
    ADULT_STUDENT = "adult_student", _("Student of 18 or over")
    STUDENT_ON_OWN = "student_on_own", _("Student on their own")
    COUNSELOR = "counselor", _("Counselor")
    SPECIAL_EDUCATION = "special_education", _("Special-education team")
    DECIDER = "decider", _("Principal or designee")
    COORDINATOR = "coordinator", _("MOCAP coordinator")
    DATA_CLERK = "data_clerk", _("Data clerk")
    LEA_ADMIN = "lea_admin", _("District administrator")
    PROVIDER_STAFF = "provider_staff", _("Provider staff")
    PROVIDER_ADMIN = "provider_admin", _("Provider administrator")
    HOST_STAFF = "host_staff", _("Host program staff")
    DESE_REVIEWER = "dese_reviewer", _("DESE reviewer")
    DESE_ADMIN = "dese_admin", _("DESE administrator")


FAMILY_ROLES = frozenset({Role.PARENT, Role.ADULT_STUDENT, Role.STUDENT_ON_OWN})
LEA_ROLES = frozenset(
    {
        Role.COUNSELOR,
        Role.SPECIAL_EDUCATION,
        Role.DECIDER,
        Role.COORDINATOR,
        Role.DATA_CLERK,
        Role.LEA_ADMIN,
    }
)
PROVIDER_ROLES = frozenset({Role.PROVIDER_STAFF, Role.PROVIDER_ADMIN})
HOST_ROLES = frozenset({Role.HOST_STAFF})
DESE_ROLES = frozenset({Role.DESE_REVIEWER, Role.DESE_ADMIN})
STAFF_ROLES = LEA_ROLES | PROVIDER_ROLES | HOST_ROLES | DESE_ROLES
ADMIN_ROLES = frozenset({Role.LEA_ADMIN, Role.PROVIDER_ADMIN, Role.DESE_ADMIN})

# Whose hats an administrator gives and removes in their own organization. A body that is a district and a
# provider has an administrator of each kind.
MANAGED_ROLES: dict[str, frozenset[Role]] = {
    Role.LEA_ADMIN: LEA_ROLES | HOST_ROLES,
    Role.PROVIDER_ADMIN: PROVIDER_ROLES,
    Role.DESE_ADMIN: DESE_ROLES,
}
# The state office gives these in every organization: the first of each comes from it.
ADMIN_ROLES_ELSEWHERE = frozenset({Role.LEA_ADMIN, Role.PROVIDER_ADMIN})


def managed_by(hat: "Membership") -> Q:
    """Which rows with a role and an organization an administrator looks after; none for any other hat."""
    return managed_in(hat.role, hat.organization_id)


def managed_in(role: str, organization_id: int | None) -> Q:
    """The same for all administrators of this kind in an organization."""
    own = Q(organization=organization_id, role__in=MANAGED_ROLES.get(role, frozenset()))
    return own | Q(role__in=ADMIN_ROLES_ELSEWHERE) if role == Role.DESE_ADMIN else own


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> Self:
        return self.filter(ended_at__isnull=True, user__is_active=True)

    def in_organization(self, organization_id: int, *roles: Role) -> Self:
        """Active hats of these roles (any role when none is given) in an organization."""
        hats = self.active().filter(organization=organization_id)
        return hats.filter(role__in=roles) if roles else hats

    def people(self) -> list[User]:
        """Who wears these hats, each person once, by key."""
        return sorted({hat.user for hat in self.select_related("user")}, key=lambda user: user.pk)

    def manageable_by(self, hat: "Membership") -> Self:
        """The hats, ended ones too, that this administrator gives and removes."""
        return self.filter(managed_by(hat))


@tracked()
class Membership(models.Model):
    """A hat: one person in one role, for one organization (none for families)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organization"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="one_active_hat_of_a_kind",
            ),
            models.CheckConstraint(
                name="family_hats_have_no_organization",
                condition=Q(role__in=sorted(FAMILY_ROLES), organization__isnull=True)
                | (~Q(role__in=sorted(FAMILY_ROLES)) & Q(organization__isnull=False)),
            ),
            models.CheckConstraint(
                name="hat_ends_after_it_starts",
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.get_role_display()}, {self.organization}"
            if self.organization
            else self.get_role_display()
        )

    @property
    def is_family(self) -> bool:
        return self.role in FAMILY_ROLES

    @property
    def is_staff(self) -> bool:
        return self.role in STAFF_ROLES

    @property
    def is_lea(self) -> bool:
        return self.role in LEA_ROLES

    @property
    def is_provider(self) -> bool:
        return self.role in PROVIDER_ROLES

    @property
    def is_dese(self) -> bool:
        return self.role in DESE_ROLES


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_at(self, moment: dt.datetime) -> Self:
        """Invitations that may still be accepted."""
        return self.unanswered().filter(expires_at__gt=moment)

    def unanswered(self) -> Self:
        """Neither accepted nor taken back; they may have expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def manageable_by(self, hat: Membership) -> Self:
        """The invitations, answered ones too, that this administrator looks after."""
        return self.filter(managed_by(hat))


@tracked(exclude=["token_hash"])
class Invitation(models.Model):
    """A staff hat offered by mail. Only a hash of the token is stored."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitations_are_for_staff", condition=~Q(role__in=sorted(FAMILY_ROLES))
            ),
            models.CheckConstraint(
                name="invitation_expires_after_it_is_sent", condition=Q(expires_at__gt=F("invited_at"))
            ),
            models.UniqueConstraint(
                fields=["email", "role", "organization"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_of_a_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"
