from django.urls import path

from ..views import public

urlpatterns = [
    path("programs/", public.programs, name="programs"),
    path("programs/<int:pk>/", public.program, name="program"),
]
