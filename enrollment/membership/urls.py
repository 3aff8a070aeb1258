from django.urls import path

from . import views

app_name = "membership"
urlpatterns = [
    path("", views.reports, name="reports"),
    path("state/", views.queue, name="queue"),
    path("<int:pk>/", views.report, name="report"),
    path("<int:pk>/count/", views.count_again, name="count_again"),
    path("<int:pk>/accept/", views.accept, name="accept"),
    path("<int:pk>/return/", views.give_back, name="give_back"),
    path("<int:pk>/students.csv", views.report_csv, name="report_csv"),
    path("<int:pk>/students.xlsx", views.report_xlsx, name="report_xlsx"),
]
