from django.urls import path

from . import views

app_name = "patterns"

urlpatterns = [
    path("", views.notes, name="notes"),
    path("<int:pk>/", views.note, name="note"),
    path("<int:pk>/seen/", views.see, name="see"),
    path("<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("<int:pk>/bring-back/", views.bring_back, name="bring_back"),
    path("notes.csv", views.notes_csv, name="notes_csv"),
    path("trends/", views.trends, name="trends"),
    path("trends/trends.csv", views.trends_csv, name="trends_csv"),
]
