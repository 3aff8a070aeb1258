"""People and hats in the Django admin: to look at. Whoever changes them uses the portal's pages, like everybody."""

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest

from .models import Invitation, Membership, User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[models.Model]  # a generic in the type stubs only
else:
    ModelAdmin = admin.ModelAdmin

# Secrets of second factors, addresses that only their owners may confirm, groups that nothing here asks.
admin.site.unregister([Authenticator, EmailAddress, Group])


class ReadOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ["email", "name", "is_active", "is_superuser", "last_login"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "phone", "language", "is_active", "is_superuser", "date_joined", "last_login"]
    ordering = ["email"]


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ["user", "role", "organization", "started_at", "ended_at"]
    list_select_related = ["user", "organization"]
    list_filter = ["role"]
    search_fields = ["user__email", "organization__name"]
    ordering = ["pk"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ["email", "role", "organization", "invited_at", "expires_at", "accepted_at", "revoked_at"]
    list_select_related = ["organization"]
    exclude = ["token_hash"]
    search_fields = ["email", "organization__name"]
    ordering = ["pk"]
