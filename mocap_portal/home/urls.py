"""Addresses of the roof: home, the public pages, health, language."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path
from django.views.i18n import set_language

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("how-it-works/part-time/", views.how_it_works, name="how_it_works"),
    path("health/live/", views.live, name="health_live"),
    path("health/ready/", views.ready, name="health_ready"),
    path("language/", login_not_required(set_language), name="set_language"),
]
