"""Pages about oneself: details, hats, second factor, the calendar of one's due days."""

from typing import cast

from allauth.mfa.totp.views import ActivateTOTPView
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from .. import actions, second_factor
from ..forms import DetailsForm, FamilyRoleForm
from ..guards import for_roles
from ..middleware import SESSION_KEY, HatRequest
from ..models import STAFF_ROLES, CalendarFeed, Membership, User


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


# The calendar of one's due days -------------------------------------------------------------------


@never_cache
@for_roles(*STAFF_ROLES)
def calendar(request: HatRequest) -> HttpResponse:
    """The feed of the hat worn now. A new address is shown once, in the answer to the button that makes it."""
    address = ""
    if request.method == "POST":
        token = actions.make_calendar_feed(request.hat.pk, at=timezone.now())
        # In the query, which no log of ours keeps.
        address = f"{settings.PORTAL_URL.rstrip('/')}{reverse('due_days')}?{urlencode({'token': token})}"
    feed = CalendarFeed.objects.open().filter(hat=request.hat).first()
    return render(request, "accounts/calendar.html", {"feed": feed, "address": address})


@require_POST
@for_roles(*STAFF_ROLES)
def revoke_calendar(request: HatRequest) -> HttpResponse:
    """The address stops working at once."""
    actions.revoke_calendar_feed(request.hat.pk, at=timezone.now())
    messages.success(request, _("The address no longer works."))
    return redirect("accounts:calendar")


def own_hats(request: HttpRequest) -> QuerySet[Membership]:
    user = cast("User", request.user)
    return Membership.objects.active().filter(user=user).select_related("organization")
