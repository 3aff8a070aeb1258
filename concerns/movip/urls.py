from django.urls import path

from .views import answering, office, public

app_name = "movip"
urlpatterns = [
    # Everybody
    path("", public.ask, name="ask"),
    path("sent/", public.receipt, name="receipt"),
    path("status/", public.status, name="status"),
    path("status/leave/", public.leave, name="leave"),
    path("status/paper/", public.add_paper, name="add_paper"),
    path("status/transcript/", public.save, name="save"),
    path("status/letter/", public.letter, name="letter"),
    path("verify/", public.verify, name="verify"),
    # The state office
    path("requests/", office.requests, name="requests"),
    path("requests/<int:pk>/", office.one, name="request"),
    path("requests/<int:pk>/assign/", office.assign, name="assign"),
    path("requests/<int:pk>/check/", office.check, name="check"),
    path("requests/<int:pk>/check/take-back/", office.uncheck, name="uncheck"),
    path("requests/<int:pk>/proof/", office.ask_proof, name="ask_proof"),
    path("requests/<int:pk>/search/", answering.search, name="search"),
    path("requests/<int:pk>/searches/<int:look_pk>/", answering.found, name="found"),
    path("requests/<int:pk>/look/", answering.look, name="look"),
    path("requests/<int:pk>/issue/", answering.issue, name="issue"),
    path("requests/<int:pk>/not-found/", answering.miss, name="miss"),
    path("requests/<int:pk>/send-on/", answering.send_on, name="send_on"),
    path("requests/<int:pk>/left/", office.hand_out, name="hand_out"),
    path("requests/<int:pk>/recall/", office.recall, name="recall"),
    path("requests/<int:pk>/close/", office.close, name="close"),
    path("requests/<int:pk>/open-again/", office.reopen, name="reopen"),
    path("papers/<uuid:pk>/", office.paper, name="paper"),
    path("answers/<int:pk>/", office.answer, name="answer"),
    path("answers/<int:pk>/pdf/", office.answer_pdf, name="answer_pdf"),
]
