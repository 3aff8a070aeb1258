"""Addresses below people/."""

from django.urls import path

from .views import api_tokens, invited, own, people, reviews

app_name = "accounts"

urlpatterns = [
    path("administrators/", people.administrators, name="administrators"),
    path("administrators/invite/", people.invite_administrator, name="invite_administrator"),
    path("invitation/", invited.open_invitation, name="open_invitation"),
    path("invitation/accept/", invited.accept_invitation, name="accept_invitation"),
    path("me/", own.own_page, name="own_page"),
    path("me/calendar/", own.calendar, name="calendar"),
    path("me/calendar/revoke/", own.revoke_calendar, name="revoke_calendar"),
    path("me/family/", own.add_family_hat, name="add_family_hat"),
    path("me/hat/", own.switch_hat, name="switch_hat"),
    path("review/", reviews.review, name="review"),
    path("review/answers/", reviews.reviews, name="reviews"),
    path("tokens/", api_tokens.api_tokens, name="api_tokens"),
    path("tokens/<int:pk>/revoke/", api_tokens.revoke_api_token, name="revoke_api_token"),
    path("staff/", people.people, name="people"),
    path("staff/invite/", people.invite, name="invite"),
    path("staff/hats/<int:pk>/remove/", people.remove_hat, name="remove_hat"),
    path("staff/invitations/<int:pk>/resend/", people.resend_invitation, name="resend_invitation"),
    path("staff/invitations/<int:pk>/revoke/", people.revoke_invitation, name="revoke_invitation"),
]
