from django.urls import path

from .views import board, changes, files, problems, rules, students, waivers, windows
from .views.reports import deciding, sending
from .views.reports import students as reported

app_name = "coredata"

urlpatterns = [
    path("", files.files, name="files"),
    path("state/", board.board, name="board"),
    path("state/board.csv", board.board_csv, name="board_csv"),
    path("state/remind/", board.remind, name="remind"),
    path("state/windows/", windows.windows, name="windows"),
    path("state/windows/<int:pk>/", windows.window, name="window"),
    path("state/waive/<str:rule>/", waivers.waive, name="waive"),
    path("state/waivers/", waivers.waivers, name="waivers"),
    path("state/waivers/<int:pk>/end/", waivers.end_waiver, name="end_waiver"),
    path("student/", students.student, name="student"),
    path("rules/", rules.rules, name="rules"),
    path("rules/<str:rule>/", rules.rule, name="rule"),
    path("which-code/", rules.which_code, name="which_code"),
    path("reports/", sending.reports, name="reports"),
    path("reports/template.csv", sending.template_csv, name="report_template"),
    path("reports/queue/", deciding.queue, name="report_queue"),
    path("reports/students/", reported.students, name="reported_students"),
    path("reports/students/<int:pk>/", reported.enrollment, name="reported_enrollment"),
    path("reports/<int:pk>/", sending.report, name="report"),
    path("reports/<int:pk>/problems/<str:rule>/", sending.problems, name="report_problems"),
    path("reports/<int:pk>/problems.csv", sending.problems_csv, name="report_problems_csv"),
    path("reports/<int:pk>/submit/", sending.submit, name="submit_report"),
    path("reports/<int:pk>/accept/", deciding.accept, name="accept_report"),
    path("reports/<int:pk>/return/", deciding.give_back, name="return_report"),
    path("reports/<int:pk>/retract/", deciding.retract, name="retract_report"),
    path("<int:pk>/", files.upload, name="upload"),
    path("<int:pk>/problems/<str:rule>/", problems.problems, name="problems"),
    path("<int:pk>/problems.csv", problems.problems_csv, name="problems_csv"),
    path("<int:pk>/problems.xlsx", problems.problems_xlsx, name="problems_xlsx"),
    path("<int:pk>/marked.csv", problems.marked, name="marked"),
    path("<int:pk>/certify/", files.certify, name="certify"),
    path("<int:pk>/changes/", changes.changes, name="changes"),
    path("<int:pk>/changes.csv", changes.changes_csv, name="changes_csv"),
    path("<int:pk>/withdraw/", files.withdraw, name="withdraw"),
]
