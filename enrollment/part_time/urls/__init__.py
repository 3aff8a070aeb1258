from django.urls import path

from ..views import reasons
from . import family, review

app_name = "part_time"
urlpatterns = [
    *family.urlpatterns,
    *review.urlpatterns,
    path("reasons/", reasons.reasons, name="reasons"),
]
