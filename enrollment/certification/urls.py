from django.urls import path

from .views import cessation, family, letter, official, paper, public

app_name = "certification"
urlpatterns = [
    path("attendance-letters/", family.letters, name="letters"),
    path("attendance-letters/ask/<int:student_pk>/", family.ask, name="ask"),
    path("attendance-letters/agree/<int:student_pk>/", family.consent, name="consent"),
    path("attendance-letters/consents/<int:pk>/withdraw/", family.withdraw_consent, name="withdraw_consent"),
    path("attendance-letters/verify/", public.verify, name="verify"),
    path("attendance-letters/requests/", official.requests, name="requests"),
    path("attendance-letters/paper/<int:enrollment_pk>/", paper.record, name="record_paper"),
    path("attendance-letters/cessations/", cessation.cessations, name="cessations"),
    path("attendance-letters/cessations/<int:pk>/", cessation.cessation, name="cessation"),
    path("attendance-letters/hours/<int:pk>/forget/", official.forget_hours, name="forget_hours"),
    path("attendance-letters/<int:pk>/", letter.letter, name="letter"),
    path("attendance-letters/<int:pk>/pdf/", letter.letter_pdf, name="letter_pdf"),
    path("attendance-letters/<int:pk>/take-back/", family.take_back, name="take_back"),
    path("attendance-letters/<int:pk>/ask-again/", family.ask_again, name="ask_again"),
    path("attendance-letters/<int:pk>/paper/", paper.scan, name="paper_scan"),
    path("attendance-letters/<int:pk>/issue/", official.issue, name="issue"),
    path("attendance-letters/<int:pk>/hours/", official.state_hours, name="state_hours"),
]
