from django.urls import path

from .views import ada, engagement, files, letters, placements, students

app_name = "attendance"
urlpatterns = [
    path("attendance/", students.students, name="students"),
    path("attendance/students/<int:pk>/", students.student, name="student"),
    path("attendance/students/<int:pk>/<str:date>/", students.day, name="day"),
    path("attendance/files/", files.files, name="files"),
    path("attendance/files/template/", files.template, name="template"),
    path("attendance/files/<int:pk>/", files.file, name="file"),
    path("attendance/files/<int:pk>/problems/", files.problems_csv, name="problems_csv"),
    path("attendance/engagement/", engagement.engagement, name="engagement"),
    path("attendance/engagement/<int:pk>/", engagement.flag, name="flag"),
    path("attendance/engagement/<int:pk>/notify/", engagement.notify, name="notify"),
    path("attendance/engagement/<int:pk>/intervene/", engagement.intervene, name="intervene"),
    path("attendance/engagement/<int:pk>/disenroll/", engagement.disenroll, name="disenroll"),
    path("attendance/letters/<uuid:pk>/", letters.letter, name="letter"),
    path("attendance/letters/<uuid:pk>/pdf/", letters.letter_pdf, name="letter_pdf"),
    path("attendance/placements/", placements.placements, name="placements"),
    path("attendance/placements/<int:pk>/", placements.placement, name="placement"),
    path("attendance/placements/<int:pk>/options/", placements.options, name="options"),
    path("attendance/placements/<int:pk>/choice/", placements.choice, name="choice"),
    path("attendance/placements/<int:pk>/place/", placements.place, name="place"),
    path("attendance/average/", ada.programs, name="programs"),
    path("attendance/average/<int:pk>/", ada.figure, name="ada"),
    path("attendance/average/<int:pk>/students/", ada.shares_csv, name="shares_csv"),
    path("attendance/average/<int:pk>/excluded/", ada.excluded_csv, name="excluded_csv"),
]
