from django.urls import path

from ..views import family

urlpatterns = [
    path("children/", family.children, name="children"),
    path("children/<int:student_pk>/disclosures/", family.disclosures, name="disclosures"),
]
