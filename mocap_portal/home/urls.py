"""Addresses of the roof: home, the public pages, health, language."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("how-it-works/part-time/", views.how_it_works, name="how_it_works"),
    path("how-it-works/full-time/", views.how_full_time_works, name="how_full_time_works"),
    path("calendar/due-days.ics", views.due_days_feed, name="due_days"),
    path("due-day/", views.clock, name="clock"),
    path("health/live/", views.live, name="health_live"),
    path("health/ready/", views.ready, name="health_ready"),
    path("language/", views.choose_language, name="set_language"),
]
