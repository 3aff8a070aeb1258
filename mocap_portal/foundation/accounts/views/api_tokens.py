"""Tokens with which a provider's own programs reach the API: made, looked at, revoked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms import ApiTokenForm
from ..guards import for_roles
from ..middleware import HatRequest
from ..models import DESE_ROLES, ApiToken, Role
from ..tables import ApiTokenTable

ROWS_PER_PAGE = 25


@never_cache
@for_roles(Role.PROVIDER_ADMIN, *DESE_ROLES)
def api_tokens(request: HatRequest) -> HttpResponse:
    """The tokens there are, revoked ones too; the state office only looks. A new secret is shown once, in the answer
    to the button that makes it."""
    may_make, secret, now = request.hat.is_provider, "", timezone.now()
    form = ApiTokenForm(request.POST if may_make and request.method == "POST" else None)
    if form.is_valid():
        try:
            _token, secret = actions.make_api_token(**form.cleaned_data, by=request.hat, at=now)
        except Refusal as refusal:
            form.add_error("name", str(refusal.sentence))
        else:
            form = ApiTokenForm()
    tokens = ApiToken.objects.visible_to(request.hat).select_related("hat__user", "hat__organization")
    hidden = ("organization",) if may_make else ()
    table = ApiTokenTable(tokens.order_by("-made_at", "-pk"), exclude=hidden)
    sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    context = {"form": form, "table": table, "secret": secret, "may_make": may_make, "now": now}
    return render(request, "accounts/api_tokens.html", context)


@for_roles(Role.PROVIDER_ADMIN)
def revoke_api_token(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then revokes a token, a colleague's too."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.hat), pk=pk)
    if request.method == "POST":
        actions.revoke_api_token(pk, by=request.hat, at=timezone.now())
        messages.success(request, _("The token is revoked. Nothing opens with it any more."))
        return redirect("accounts:api_tokens")
    if token.revoked_at is not None:
        return redirect("accounts:api_tokens")
    return render(request, "accounts/revoke_api_token.html", {"token": token})
