"""Pages about the people of an organization and who is invited."""

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mocap_portal.foundation.shared.paging import sort_and_cut
from mocap_portal.foundation.shared.refusals import Refusal

from .. import actions
from ..forms import AdministratorForm, InvitationForm
from ..guards import for_roles
from ..middleware import HatRequest
from ..models import ADMIN_ROLES, MANAGED_ROLES, Invitation, Membership, Role
from ..tables import HatTable, InvitationTable

ROWS_PER_PAGE = 50


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


def back_to_list(hat: Membership, row: Membership | Invitation) -> HttpResponseRedirect:
    is_own = row.organization_id == hat.organization_id
    return redirect("accounts:people" if is_own else "accounts:administrators")
