"""Addresses below people/."""

from django.urls import path

from . import views

app_name = "accounts"

urlpatterns = [
    path("administrators/", views.administrators, name="administrators"),
    path("administrators/invite/", views.invite_administrator, name="invite_administrator"),
    path("invitation/", views.open_invitation, name="open_invitation"),
    path("invitation/accept/", views.accept_invitation, name="accept_invitation"),
    path("me/", views.own_page, name="own_page"),
    path("me/family/", views.add_family_hat, name="add_family_hat"),
    path("me/hat/", views.switch_hat, name="switch_hat"),
    path("staff/", views.people, name="people"),
    path("staff/invite/", views.invite, name="invite"),
    path("staff/hats/<int:pk>/remove/", views.remove_hat, name="remove_hat"),
    path("staff/invitations/<int:pk>/resend/", views.resend_invitation, name="resend_invitation"),
    path("staff/invitations/<int:pk>/revoke/", views.revoke_invitation, name="revoke_invitation"),
]
