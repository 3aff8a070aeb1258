from django.urls import path, re_path

from .views import articles, cards, lists, rehearsal, rooms, rows, state

app_name = "reconcile"

urlpatterns = [
    path("", lists.of_district, name="of_district"),
    path("provider/", lists.of_provider, name="of_provider"),
    path("state/", state.state, name="state"),
    path("state/list/", lists.of_all, name="of_all"),
    path("student/", lists.student, name="student"),
    path("rehearsal/<int:year>/", rehearsal.rehearsal, name="rehearsal"),
    path("rehearsal/report/<int:pk>/", rehearsal.of_report, name="rehearsal_of_report"),
    path("rows/", rows.rows, name="rows"),
    path("rows/use/", rows.use_many, name="use_many"),
    path("rows/take-out/", rows.take_out, name="take_out"),
    path("rows/<int:pk>/undo/", rows.undo, name="undo_rows"),
    path("rows/<int:year>/<str:kind>.csv", rows.download, name="rows_csv"),
    path("rows/<int:year>/<str:kind>/trial/", rows.trial, name="trial_of_rows"),
    path("list.csv", lists.download, name="download"),
    path("codes/", articles.kinds, name="kinds"),
    re_path(r"^(?P<code>M-[0-9]{2})/$", articles.kind, name="kind"),
    path("answer/<str:kind>/", cards.answer_many, name="answer_many"),
    path("answers/<int:pk>/take-back/", cards.take_back, name="take_back"),
    path("answers/<int:pk>/take-back-together/", cards.take_back_together, name="take_back_together"),
    path("rooms/", rooms.rooms, name="rooms"),
    path("rooms/files/<int:pk>/", rooms.file, name="room_file"),
    path("<int:pk>/room/", rooms.room, name="room"),
    path("<int:pk>/room/agree/", rooms.agree, name="agree"),
    path("<int:pk>/room/contest/", rooms.contest, name="contest"),
    path("<int:pk>/room/note/", rooms.note, name="note"),
    path("<int:pk>/room/decide/", rooms.decide, name="decide"),
    path("<int:pk>/", cards.mismatch, name="mismatch"),
    path("<int:pk>/use-row/", rows.use, name="use_row"),
    path("<int:pk>/<str:kind>/", cards.answer, name="answer"),
]
