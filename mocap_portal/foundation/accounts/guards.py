"""Which hats open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from .middleware import HatRequest
from .models import Role

P = ParamSpec("P")


def for_roles(
    *roles: Role,
) -> Callable[
    [Callable[Concatenate[HatRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Opens a page to hats of these roles; anybody else signed in gets 403 with a sentence that names them.

    Visitors never come here: LoginRequiredMiddleware sends them to sign in. A page for everybody carries
    Django's `login_not_required` instead.

    >>> @for_roles(*LEA_ROLES)
    ... def inbox(request: HatRequest) -> HttpResponse: ...
    """

    def decorate(
        page: Callable[Concatenate[HatRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(page)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            hat = request.hat  # type: ignore[attr-defined]
            if hat is None:
                raise PermissionDenied(
                    _("You have no role in the portal now. Ask your administrator for an invitation.")
                )
            if hat.role not in roles:
                names = ", ".join(str(role.label) for role in Role if role in roles)
                raise PermissionDenied(_("This page is for: %(roles)s.") % {"roles": names})
            return page(cast("HatRequest", request), *args, **kwargs)

        return guarded

    return decorate
