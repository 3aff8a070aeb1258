"""The Django admin, for the state's technical staff: superusers only, signed in like everybody else."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _


class PortalAdminSite(AdminSite):
    """Has no sign-in form of its own: that one would know no second factor and no limit of tries."""

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_active and request.user.is_superuser

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise PermissionDenied(_("This page is for the technical staff of the state office."))
        return redirect_to_login(reverse("admin:index"))
