"""Addresses of concerns: those of everybody, then those of the office and of whom it asks."""

from . import office, public

app_name = "concerns"
urlpatterns = [*public.urlpatterns, *office.urlpatterns]
