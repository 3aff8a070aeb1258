"""The portal's addresses with a plain home page, so that tests of accounts stand on accounts alone."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from mocap_portal.foundation.accounts.guards import for_roles
from mocap_portal.foundation.accounts.middleware import HatRequest
from mocap_portal.foundation.accounts.models import Role


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponse("home")


@login_not_required
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"public, hat: {request.hat}")  # type: ignore[attr-defined]


def anybody(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"page, hat: {request.hat}")  # type: ignore[attr-defined]


@for_roles(Role.COUNSELOR, Role.COORDINATOR)
def counselors(request: HatRequest) -> HttpResponse:
    return HttpResponse(f"{request.hat}")


urlpatterns = [
    path("", home, name="home"),
    path("public/", public, name="public"),
    path("anybody/", anybody, name="anybody"),
    path("counselors/", counselors, name="counselors"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("mocap_portal.urls")),
]
