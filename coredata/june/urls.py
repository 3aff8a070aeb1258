from django.urls import path

from .views import filling, lists, trials

app_name = "june"

urlpatterns = [
    path("", lists.own, name="own"),
    path("<int:lea_id>/<int:year>/", lists.june, name="june"),
    path("<int:lea_id>/<int:year>/june.csv", lists.june_csv, name="june_csv"),
    path("<int:lea_id>/<int:year>/save/", filling.save, name="save"),
    path("<int:lea_id>/<int:year>/proposals/", filling.accept, name="accept"),
    path("proposals/<int:pk>/undo/", filling.undo, name="undo"),
    path("trial/<int:pk>/", trials.trial, name="trial"),
    path("trial/<int:pk>/differences.csv", trials.trial_csv, name="trial_csv"),
]
