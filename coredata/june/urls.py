from django.urls import path

from . import views

app_name = "june"

urlpatterns = [
    path("", views.own, name="own"),
    path("<int:lea_id>/<int:year>/", views.june, name="june"),
    path("<int:lea_id>/<int:year>/june.csv", views.june_csv, name="june_csv"),
    path("trial/<int:pk>/", views.trial, name="trial"),
    path("trial/<int:pk>/differences.csv", views.trial_csv, name="trial_csv"),
]
