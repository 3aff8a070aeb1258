from django.urls import path

from ..views import review

urlpatterns = [
    path("review/", review.inbox, name="inbox"),
    path("review/<int:pk>/", review.review, name="review"),
    path("review/<int:pk>/assign/", review.assign, name="assign"),
    path("review/<int:pk>/pause/", review.pause, name="pause"),
    path("review/<int:pk>/resume/", review.resume, name="resume"),
    path("review/lines/<int:pk>/decide/", review.decide, name="decide"),
]
