from django.urls import path

from .views import ada, files, students

app_name = "attendance"
urlpatterns = [
    path("attendance/", students.students, name="students"),
    path("attendance/students/<int:pk>/", students.student, name="student"),
    path("attendance/students/<int:pk>/<str:date>/", students.day, name="day"),
    path("attendance/files/", files.files, name="files"),
    path("attendance/files/template/", files.template, name="template"),
    path("attendance/files/<int:pk>/", files.file, name="file"),
    path("attendance/files/<int:pk>/problems/", files.problems_csv, name="problems_csv"),
    path("attendance/average/", ada.programs, name="programs"),
    path("attendance/average/<int:pk>/", ada.figure, name="ada"),
    path("attendance/average/<int:pk>/students/", ada.shares_csv, name="shares_csv"),
    path("attendance/average/<int:pk>/excluded/", ada.excluded_csv, name="excluded_csv"),
]
