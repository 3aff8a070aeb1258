from django.urls import path

from . import views

app_name = "providers"

urlpatterns = [
    path("", views.catalog, name="catalog"),
    path("<int:pk>/", views.course, name="course"),
    path("agreements/", views.agreements, name="agreements"),
    path("agreements/add/", views.record_agreement, name="record_agreement"),
    path("agreements/<int:pk>/end/", views.end_agreement, name="end_agreement"),
]
