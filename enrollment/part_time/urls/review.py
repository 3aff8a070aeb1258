from django.urls import path

from ..views.review import advice, decision, inbox, page, team

urlpatterns = [
    path("review/", inbox.inbox, name="inbox"),
    path("review/hand-over/", inbox.hand_over, name="hand_over"),
    path("review/hand-over/undo/", inbox.undo_hand_over, name="undo_hand_over"),
    path("review/<int:pk>/", page.review, name="review"),
    path("review/<int:pk>/assign/", team.assign, name="assign"),
    path("review/<int:pk>/pause/", team.pause, name="pause"),
    path("review/<int:pk>/resume/", team.resume, name="resume"),
    path("review/lines/<int:pk>/decide/", decision.decide, name="decide"),
    path("review/lines/<int:pk>/advise/", advice.advise, name="advise"),
    path("review/decisions/<int:pk>/replace/", decision.supersede, name="supersede"),
]
