"""What every answer tells the browser beside its content. Static files pass by: they are for everybody."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here uses them, so a script that ever slipped in could not either.
SWITCHED_OFF = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")


class PrivacyHeadersMiddleware:
    """Pages are kept nowhere, so that on a shared computer nobody reads them after their reader signed out.

    A view that says itself what may be kept of its answer keeps its word.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers["Permissions-Policy"] = ", ".join(f"{name}=()" for name in SWITCHED_OFF)
        return response
