from django.urls import path

from .views import files, students

app_name = "attendance"
urlpatterns = [
    path("attendance/", students.students, name="students"),
    path("attendance/students/<int:pk>/", students.student, name="student"),
    path("attendance/students/<int:pk>/<str:date>/", students.day, name="day"),
    path("attendance/files/", files.files, name="files"),
    path("attendance/files/template/", files.template, name="template"),
    path("attendance/files/<int:pk>/", files.file, name="file"),
    path("attendance/files/<int:pk>/problems/", files.problems_csv, name="problems_csv"),
]
