"""Where the link of an invitation leads."""

from typing import cast

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions, second_factor
from ..forms import NewPersonForm
from ..middleware import SESSION_KEY
from ..models import Membership, User

INVITATION_KEY = "invitation"  # in the session: the hash of the token that the link brought


@never_cache
@require_GET
@login_not_required
def open_invitation(request: HttpRequest) -> HttpResponse:
    """Where the link in the mail leads: keeps the token's hash and takes the token out of the address."""
    request.session[INVITATION_KEY] = actions.hash_token(request.GET.get("token", ""))
    return redirect("accounts:accept_invitation")


@never_cache
@sensitive_post_parameters("password")
@login_not_required
def accept_invitation(request: HttpRequest) -> HttpResponse:
    """One button for who is signed in; name and password for who is new; the way to sign in for the rest."""
    token_hash = request.session.get(INVITATION_KEY, "")
    try:
        if request.user.is_authenticated:
            return accept_signed_in(request, token_hash)
        return accept_as_new_person(request, token_hash)
    except Refusal as refusal:
        return render(request, "accounts/invitation_refused.html", {"sentence": refusal.sentence})


def accept_signed_in(request: HttpRequest, token_hash: str) -> HttpResponse:
    user = cast("User", request.user)
    if request.method == "POST":
        hat = actions.accept_invitation(token_hash, user=user, at=timezone.now())
        return wear(request, hat)
    invitation = actions.find_invitation(token_hash, at=timezone.now())
    if invitation.email != user.email:
        raise actions.InvitationForAnother
    return render(request, "accounts/accept_invitation.html", {"invitation": invitation})


def accept_as_new_person(request: HttpRequest, token_hash: str) -> HttpResponse:
    invitation = actions.find_invitation(token_hash, at=timezone.now())
    if User.objects.filter(email=invitation.email).exists():
        return to_sign_in(request)
    form = NewPersonForm(request.POST or None, email=invitation.email)
    if form.is_valid():
        try:
            hat = actions.accept_as_new_person(
                token_hash, **form.cleaned_data, language=get_language(), at=timezone.now()
            )
        except actions.PersonExists:
            return to_sign_in(request)
        login(request, hat.user)
        second_factor.note_password(request, hat.user)
        return wear(request, hat)
    return render(request, "accounts/accept_as_new_person.html", {"form": form, "invitation": invitation})


def to_sign_in(request: HttpRequest) -> HttpResponse:
    messages.info(request, str(actions.PersonExists.sentence))
    query = urlencode({"next": reverse("accounts:accept_invitation")})
    return redirect(f"{reverse('account_login')}?{query}")


def wear(request: HttpRequest, hat: Membership) -> HttpResponse:
    request.session.pop(INVITATION_KEY, None)
    request.session[SESSION_KEY] = hat.pk
    return redirect("home")
