from django.urls import path, re_path

from .views import articles, cards, lists, rehearsal, rooms, state

app_name = "reconcile"

urlpatterns = [
    path("", lists.of_district, name="of_district"),
    path("provider/", lists.of_provider, name="of_provider"),
    path("state/", state.state, name="state"),
    path("state/list/", lists.of_all, name="of_all"),
    path("student/", lists.student, name="student"),
    path("rehearsal/<int:year>/", rehearsal.rehearsal, name="rehearsal"),
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
    path("<int:pk>/<str:kind>/", cards.answer, name="answer"),
]
