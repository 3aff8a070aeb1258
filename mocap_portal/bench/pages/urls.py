"""The addresses of a measurement: the portal's own, and beside them the bare pages. Only settings/bench.py names it."""

from django.urls import include, path

from .bare import bare

urlpatterns = [
    path("bare/<int:number>/", bare, name="bare"),
    path("", include("mocap_portal.urls")),
]
