"""Addresses below demo/; mocap_portal/urls.py includes them in the demo only."""

from django.urls import path

from . import views

app_name = "demo"

urlpatterns = [
    path("people/", views.people, name="people"),
    path("people/<int:pk>/sign-in/", views.sign_in, name="sign_in"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", views.mail, name="mail"),
]
