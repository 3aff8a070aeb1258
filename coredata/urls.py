from django.urls import path

from .views import files, problems

app_name = "coredata"

urlpatterns = [
    path("", files.files, name="files"),
    path("<int:pk>/", files.upload, name="upload"),
    path("<int:pk>/problems/<str:rule>/", problems.problems, name="problems"),
    path("<int:pk>/problems.csv", problems.problems_csv, name="problems_csv"),
    path("<int:pk>/problems.xlsx", problems.problems_xlsx, name="problems_xlsx"),
    path("<int:pk>/marked.csv", problems.marked, name="marked"),
    path("<int:pk>/certify/", files.certify, name="certify"),
    path("<int:pk>/changes.csv", files.changes_csv, name="changes_csv"),
    path("<int:pk>/withdraw/", files.withdraw, name="withdraw"),
]
