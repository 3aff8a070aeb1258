"""Every address of the portal. tests/test_access.py knows each of them."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
