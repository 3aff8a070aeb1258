from django.urls import path

from . import views

app_name = "coredata"

urlpatterns = [
    path("", views.files, name="files"),
    path("<int:pk>/", views.upload, name="upload"),
    path("<int:pk>/problems/<str:rule>/", views.problems, name="problems"),
    path("<int:pk>/problems.csv", views.problems_csv, name="problems_csv"),
    path("<int:pk>/certify/", views.certify, name="certify"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
