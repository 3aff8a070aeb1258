from django.urls import path

from ..views import family, letters

urlpatterns = [
    path("programs/<int:pk>/apply/", family.apply, name="apply"),
    path("programs/<int:pk>/apply/school/", family.apply_school, name="apply_school"),
    path("programs/<int:pk>/apply/school/<int:school_pk>/", family.apply_child, name="apply_child"),
    path("programs/<int:pk>/apply/child/<int:claim_pk>/", family.apply_again, name="apply_again"),
    path("full-time/applications/", family.applications, name="applications"),
    path("full-time/applications/<int:pk>/", family.status, name="status"),
    path("full-time/applications/<int:pk>/answers/", family.answers, name="answers"),
    path("full-time/applications/<int:pk>/papers/", family.papers, name="papers"),
    path("full-time/papers/<int:pk>/remove/", family.remove_paper, name="remove_paper"),
    path("full-time/applications/<int:pk>/survey/", family.survey, name="survey"),
    path("full-time/applications/<int:pk>/sign/", family.sign, name="sign"),
    path("full-time/applications/<int:pk>/discard/", family.discard, name="discard"),
    path("full-time/applications/<int:pk>/cancel/", family.cancel, name="cancel"),
    path("full-time/applications/<int:pk>/policies-read/", family.policies_read, name="policies_read"),
    path("full-time/applications/<int:pk>/ask-again/", family.ask_review, name="ask_review"),
    path("full-time/letters/<uuid:pk>/", letters.letter, name="letter"),
    path("full-time/letters/<uuid:pk>.pdf", letters.letter_pdf, name="letter_pdf"),
]
