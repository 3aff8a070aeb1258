"""The page each hat lands on, the public pages, and what the machines ask about health."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.i18n import set_language

from mocap_portal.foundation.accounts import actions as accounts
from mocap_portal.foundation.accounts.models import CalendarFeed, Membership
from mocap_portal.foundation.clocks.why import days_of
from mocap_portal.foundation.shared.calendar import central_date

from . import due_days, guide, health, waiting
from .forms import ClockForm, usual_days


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the hat worn now; for visitors, what MOCAP is."""
    if not request.user.is_authenticated:
        return render(request, "home/landing.html")
    hat: Membership | None = request.hat  # type: ignore[attr-defined]
    if hat is None:
        return render(request, "home/no_hat.html")
    today = central_date(timezone.now())
    return render(request, "home/waiting.html", {"blocks": waiting.blocks(hat, today=today), "today": today})


@login_not_required
@require_safe
def how_it_works(request: HttpRequest) -> HttpResponse:
    """The way of a part-time request, in words, with the days that the law gives today."""
    return render(request, "home/how_it_works.html", {"guide": guide.part_time(central_date(timezone.now()))})


@login_not_required
@require_safe
def how_full_time_works(request: HttpRequest) -> HttpResponse:
    """The way of a student into a full-time program and out of it, in words, with the numbers that hold today."""
    context = {"guide": guide.full_time(central_date(timezone.now()))}
    return render(request, "home/how_full_time_works.html", context)


@login_not_required
@require_safe
def clock(request: HttpRequest) -> HttpResponse:
    """Counts business days and shows each of them: the question stands in the address."""
    today = central_date(timezone.now())
    form = ClockForm(request.GET or None, today=today, initial={"start": today, "days": usual_days(today)})
    due = form.due if form.is_valid() else None
    context = {"form": form, "due": due, "days": days_of(due) if due else []}
    return render(request, "home/clock.html", context)


@login_not_required
def choose_language(request: HttpRequest) -> HttpResponse:
    """Django's switch for the pages of this browser; whoever is signed in gets mails in that language too."""
    language = request.POST.get("language")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        accounts.change_language(request.user.pk, language=language)
    return set_language(request)


@login_not_required
@never_cache
@require_safe
def due_days_feed(request: HttpRequest) -> HttpResponse:
    """The due days of the hat whose token this is, for a calendar program: no session, no sign-in."""
    token_hash = accounts.hash_token(request.GET.get("token", ""))
    feed = CalendarFeed.objects.readable().filter(token_hash=token_hash).select_related("hat__user").first()
    if feed is None:
        raise Http404
    now = timezone.now()
    accounts.note_fetch(feed, at=now)
    content = due_days.calendar(feed.hat, today=central_date(now))
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="due-days.ics"'},
    )


# Health: asked by what runs the portal, without signing in. No answer names a person or a secret. -----


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether everything the portal stands on works: {"ok", "checks": {name: {"ok", "why"}}}, with 200 or 503."""
    checks = health.checks(at=timezone.now())
    ok = all(check.ok for check in checks.values())
    answer = {
        "ok": ok,
        "checks": {name: {"ok": check.ok, "why": check.why} for name, check in checks.items()},
    }
    return JsonResponse(answer, status=200 if ok else 503)
