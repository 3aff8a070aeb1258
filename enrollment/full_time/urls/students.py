from django.urls import path

from ..views import students

urlpatterns = [
    path("full-time/students/", students.students, name="enrollments"),
    path("full-time/students/<int:pk>/", students.student, name="enrollment"),
    path("full-time/students/<int:pk>/schedule/", students.schedule, name="schedule"),
    path("full-time/students/<int:pk>/enter/", students.enter, name="enter"),
    path("full-time/students/<int:pk>/sports-notice/", students.sports_notice, name="sports_notice"),
]
