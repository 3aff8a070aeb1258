from django.urls import path

from ..views import reasons
from . import family, paper, review

app_name = "part_time"
urlpatterns = [
    *family.urlpatterns,
    *paper.urlpatterns,
    *review.urlpatterns,
    path("reasons/", reasons.reasons, name="reasons"),
]
