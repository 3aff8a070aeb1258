from django.urls import path

from ..views import resident

urlpatterns = [
    path("full-time/residents/", resident.inbox, name="resident_inbox"),
    path("full-time/residents/<int:pk>/", resident.application, name="resident_application"),
    path("full-time/students/<int:pk>/exit/", resident.exit_page, name="exit"),
]
