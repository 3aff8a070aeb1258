"""Whoever holds a letter asks whether its facts still stand: with its number and code, without an account."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from mocap_portal.foundation.shared.calendar import central_date

from ..forms.public import VerifyForm
from ..verifying import Change, changes, find


@login_not_required
@never_cache
@sensitive_post_parameters("code")
def verify(request: HttpRequest) -> HttpResponse:
    """By POST, so that the code stands in no address. An unknown number and a wrong code get the same answer."""
    form = VerifyForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        if not ratelimit.consume(request, action="check_letter"):
            refused: HttpResponse = ratelimit.respond_429(request)
            return refused
        now = timezone.now()
        certification = find(form.cleaned_data["number"], form.cleaned_data["code"])
        context |= {"asked": True, "certification": certification, "checked_at": now}
        if certification is not None:
            words = change_words()
            context["changes"] = [words[change] for change in changes(certification, on=central_date(now))]
    return render(request, "certification/verify.html", context)


def change_words() -> dict[Change, str]:
    return {
        Change.LEFT: _("The student no longer attends."),
        Change.DATES: _("The first or last day of attendance was corrected."),
        Change.SCHEDULE: _("The schedule has changed."),
        Change.PROGRAM: _("What the letter says about the school or the program has changed."),
        Change.PERSON: _("The student's name or date of birth was corrected."),
    }
