from django.urls import path

from .views import assessments, files, reports, students

app_name = "progress"
urlpatterns = [
    path("progress/", students.students, name="students"),
    path("progress/download/", students.download, name="download"),
    path("progress/file/", files.upload, name="upload"),
    path("progress/own/", reports.own, name="own"),
    path("progress/students/<int:pk>/", students.enrollment, name="enrollment"),
    path("progress/students/<int:pk>/<int:year>/<int:number>/", reports.write, name="write"),
    path("progress/courses/<int:pk>/", students.line, name="line"),
    path("progress/courses/<int:pk>/<int:year>/<int:number>/", reports.write_line, name="write_line"),
    path("progress/reports/<int:pk>/", reports.report, name="report"),
    path("progress/assessments/", assessments.assessments, name="assessments"),
    path("progress/assessments/taken/", assessments.took_part, name="took_part"),
    path("progress/assessments/plan/", assessments.plan, name="plan_assessment"),
    path("progress/assessments/<int:pk>/", assessments.assessment, name="assessment"),
]
