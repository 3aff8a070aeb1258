"""Pages about accounts: one's own, the people of an organization, and invitations."""

from collections.abc import Callable
from typing import cast

from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from . import actions, second_factor
from .forms import AdministratorForm, DetailsForm, FamilyRoleForm, InvitationForm, NewPersonForm
from .guards import for_roles
from .middleware import SESSION_KEY, HatRequest
from .models import ADMIN_ROLES, MANAGED_ROLES, Invitation, Membership, Role, User
from .tables import HatTable, InvitationTable

INVITATION_KEY = "invitation"  # in the session: the hash of the token that the link brought
ROWS_PER_PAGE = 50


# Oneself ------------------------------------------------------------------------------------------


@require_POST
def switch_hat(request: HttpRequest) -> HttpResponse:
    """Wears another of one's own hats from now on."""
    chosen = request.POST.get("hat", "")
    hat = next((hat for hat in own_hats(request).order_by("pk") if str(hat.pk) == chosen), None)
    if hat is None:
        raise Http404
    request.session[SESSION_KEY] = hat.pk
    return redirect("home")


def own_page(request: HttpRequest) -> HttpResponse:
    """Who I am here: details, hats, second factor."""
    user = cast("User", request.user)
    form = DetailsForm(
        request.POST or None, initial={"name": user.name, "phone": user.phone, "language": user.language}
    )
    if form.is_valid():
        actions.change_details(user.pk, **form.cleaned_data)
        messages.success(request, _("Your details are saved."))
        response = redirect("accounts:own_page")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
        return response
    context = {
        "form": form,
        "own_hats": own_hats(request).order_by("started_at", "pk"),
        "has_second_factor": second_factor.is_set(user),
    }
    return render(request, "accounts/own_page.html", context)


def add_family_hat(request: HttpRequest) -> HttpResponse:
    """Somebody who works here is a parent too."""
    form = FamilyRoleForm(request.POST or None)
    if form.is_valid():
        user = cast("User", request.user)
        hat = actions.add_family_hat(user.pk, role=form.cleaned_data["role"], at=timezone.now())
        request.session[SESSION_KEY] = hat.pk
        return redirect("home")
    return render(request, "accounts/add_family_hat.html", {"form": form})


class SetUpSecondFactor(ActivateTOTPView):
    """allauth's page, after which this session has shown the factor."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        second_factor.note_set_up(self.request, cast("User", self.request.user))
        return response


# People of an organization ------------------------------------------------------------------------


@for_roles(*ADMIN_ROLES)
def people(request: HatRequest) -> HttpResponse:
    """The people of the administrator's own organization, and who is invited."""
    return people_page(
        request,
        "accounts/people.html",
        where=Q(organization=request.hat.organization_id),
        hide=("organization",),
    )


@for_roles(Role.DESE_ADMIN)
def administrators(request: HatRequest) -> HttpResponse:
    """Who looks after the people of each district, charter and provider."""
    return people_page(
        request, "accounts/administrators.html", where=~Q(organization=request.hat.organization_id), hide=()
    )


def people_page(request: HatRequest, template: str, *, where: Q, hide: tuple[str, ...]) -> HttpResponse:
    hats = Membership.objects.manageable_by(request.hat).active().filter(where)
    invitations = Invitation.objects.manageable_by(request.hat).unanswered().filter(where)
    order = ("organization__name", "user__name", "pk")
    hat_table = HatTable(hats.select_related("user", "organization").order_by(*order), exclude=hide)
    invitation_table = InvitationTable(
        invitations.select_related("organization")
        .annotate(is_expired=Q(expires_at__lte=timezone.now()))
        .order_by("organization__name", "email", "pk"),
        exclude=hide,
        prefix="invitations-",
    )
    for table in (hat_table, invitation_table):
        sort_and_cut(table, request, per_page=ROWS_PER_PAGE)
    return render(request, template, {"hat_table": hat_table, "invitation_table": invitation_table})


@for_roles(*ADMIN_ROLES)
def invite(request: HatRequest) -> HttpResponse:
    """Invites somebody to the administrator's own organization."""
    organization_id = cast("int", request.hat.organization_id)
    form = InvitationForm(request.POST or None, roles=MANAGED_ROLES[request.hat.role])
    if form.is_valid():
        try:
            actions.invite(
                **form.cleaned_data, organization_id=organization_id, by=request.hat, at=timezone.now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:people")
    return render(request, "accounts/invite.html", {"form": form, "back": reverse("accounts:people")})


@for_roles(Role.DESE_ADMIN)
def invite_administrator(request: HatRequest) -> HttpResponse:
    """Invites the first administrator of a district, charter or provider."""
    form = AdministratorForm(request.POST or None)
    if form.is_valid():
        try:
            actions.invite(
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                organization_id=form.cleaned_data["organization"].pk,
                by=request.hat,
                at=timezone.now(),
            )
        except actions.RoleNotYours:
            form.add_error("role", _("This organization does not have this kind of administrator."))
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:administrators")
    return render(request, "accounts/invite.html", {"form": form, "back": reverse("accounts:administrators")})


@require_POST
@for_roles(*ADMIN_ROLES)
def resend_invitation(request: HatRequest, pk: int) -> HttpResponse:
    """A new link to the same address."""
    done = _("The invitation is on its way. The link sent before no longer works.")
    return change_invitation(request, pk, actions.resend_invitation, done=done)


@require_POST
@for_roles(*ADMIN_ROLES)
def revoke_invitation(request: HatRequest, pk: int) -> HttpResponse:
    """Takes an invitation back; inviting again undoes it."""
    done = _("The invitation is taken back. Its link no longer works.")
    return change_invitation(request, pk, actions.revoke_invitation, done=done)


def change_invitation(
    request: HatRequest, pk: int, change: Callable[..., object], *, done: str
) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.manageable_by(request.hat), pk=pk)
    try:
        change(pk, by=request.hat, at=timezone.now())
    except actions.InvitationGone as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, done)
    return back_to_list(request.hat, invitation)


@for_roles(*ADMIN_ROLES)
def remove_hat(request: HatRequest, pk: int) -> HttpResponse:
    """Asks, then ends somebody's hat and sessions."""
    membership = get_object_or_404(
        Membership.objects.manageable_by(request.hat).select_related("user", "organization"), pk=pk
    )
    if request.method == "POST":
        try:
            actions.remove_hat(pk, by=request.hat, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal.sentence))
        else:
            messages.success(request, _("The role is removed, and the person is signed out everywhere."))
        return back_to_list(request.hat, membership)
    if membership.ended_at is not None:
        return back_to_list(request.hat, membership)
    back = back_to_list(request.hat, membership).url
    return render(request, "accounts/remove_hat.html", {"membership": membership, "back": back})


# Invited people -----------------------------------------------------------------------------------


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


# Parts --------------------------------------------------------------------------------------------


def own_hats(request: HttpRequest) -> QuerySet[Membership]:
    user = cast("User", request.user)
    return Membership.objects.active().filter(user=user).select_related("organization")


def back_to_list(hat: Membership, row: Membership | Invitation) -> HttpResponseRedirect:
    is_own = row.organization_id == hat.organization_id
    return redirect("accounts:people" if is_own else "accounts:administrators")


def to_sign_in(request: HttpRequest) -> HttpResponse:
    messages.info(request, str(actions.PersonExists.sentence))
    query = urlencode({"next": reverse("accounts:accept_invitation")})
    return redirect(f"{reverse('account_login')}?{query}")


def wear(request: HttpRequest, hat: Membership) -> HttpResponse:
    request.session.pop(INVITATION_KEY, None)
    request.session[SESSION_KEY] = hat.pk
    return redirect("home")
