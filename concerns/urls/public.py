from django.urls import path

from ..views import public

urlpatterns = [
    path("", public.start, name="start"),
    path("status/", public.status, name="status"),
]
