from django.urls import path

from .views import board, files, problems, rules, students, waivers, windows

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
    path("<int:pk>/", files.upload, name="upload"),
    path("<int:pk>/problems/<str:rule>/", problems.problems, name="problems"),
    path("<int:pk>/problems.csv", problems.problems_csv, name="problems_csv"),
    path("<int:pk>/problems.xlsx", problems.problems_xlsx, name="problems_xlsx"),
    path("<int:pk>/marked.csv", problems.marked, name="marked"),
    path("<int:pk>/certify/", files.certify, name="certify"),
    path("<int:pk>/changes.csv", files.changes_csv, name="changes_csv"),
    path("<int:pk>/withdraw/", files.withdraw, name="withdraw"),
]
