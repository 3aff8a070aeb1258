from django.urls import path

from . import views

app_name = "registration"
urlpatterns = [
    path("registration/", views.waiting, name="waiting"),
    path("registration/lines/<int:pk>/", views.line, name="line"),
    path("roster/", views.roster, name="roster"),
    path("roster/<int:pk>/", views.confirm, name="confirm"),
]
